import { FIXED_POINT } from './5-fixed-point';
import { INTEGER_PRODUCT } from './5-integer-product';
import { RANGES } from './5-ranges';
import { SYMMETRIC } from './5-symmetric';

/** The functions of assignment 5, by id. */
export const LINEAR_QUANTIZATION = {
  ...SYMMETRIC,
  ...RANGES,
  ...INTEGER_PRODUCT,
  ...FIXED_POINT,
} as const;
