import { QAT } from './6-qat';
import { ROUNDED_WEIGHTS } from './6-rounded-weights';
import { STRAIGHT_THROUGH } from './6-straight-through';

/** The functions of assignment 6, by id. */
export const PTQ_TO_QAT = {
  ...ROUNDED_WEIGHTS,
  ...STRAIGHT_THROUGH,
  ...QAT,
} as const;
