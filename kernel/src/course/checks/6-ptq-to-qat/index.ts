import { QAT } from './qat';
import { ROUNDED_WEIGHTS } from './rounded-weights';
import { STRAIGHT_THROUGH } from './straight-through';

/** The functions of assignment 6, by id. */
export const PTQ_TO_QAT = {
  ...ROUNDED_WEIGHTS,
  ...STRAIGHT_THROUGH,
  ...QAT,
} as const;
