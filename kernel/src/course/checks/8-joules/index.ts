import { BOUNDARIES } from './boundaries';
import { INTERVALS } from './intervals';
import { LIVE } from './live';
import { READINGS } from './readings';

/** The functions of assignment 8, by id. */
export const JOULES = {
  ...READINGS,
  ...LIVE,
  ...BOUNDARIES,
  ...INTERVALS,
} as const;
