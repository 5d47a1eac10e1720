import { FIXED_POINT } from './fixed-point';
import { INTEGER_PRODUCT } from './integer-product';
import { RANGES } from './ranges';
import { SYMMETRIC } from './symmetric';

/** The functions of assignment 5, by id. */
export const LINEAR_QUANTIZATION = {
  ...SYMMETRIC,
  ...RANGES,
  ...INTEGER_PRODUCT,
  ...FIXED_POINT,
} as const;
