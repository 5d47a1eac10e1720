import { CROSS_ENTROPY } from './lost-numbers/cross-entropy';
import { DOT } from './lost-numbers/dot';
import { FATE } from './lost-numbers/fate';
import { SOFTMAX } from './lost-numbers/softmax';
import { PAIRWISE_SUM, STALLS_AT, SUM_IN } from './lost-numbers/sums';
import { VARIANCE } from './lost-numbers/variance';

/** The functions of assignment 2, by id. */
export const LOST_NUMBERS = {
  fate: FATE,
  'sum-in': SUM_IN,
  'stalls-at': STALLS_AT,
  'pairwise-sum': PAIRWISE_SUM,
  dot: DOT,
  softmax: SOFTMAX,
  'cross-entropy': CROSS_ENTROPY,
  variance: VARIANCE,
} as const;
