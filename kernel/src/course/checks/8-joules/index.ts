import { BOUNDARIES } from './8-boundaries';
import { INTERVALS } from './8-intervals';
import { LIVE } from './8-live';
import { READINGS } from './8-readings';

/** The functions of assignment 8, by id. */
export const JOULES = {
  ...READINGS,
  ...LIVE,
  ...BOUNDARIES,
  ...INTERVALS,
} as const;
