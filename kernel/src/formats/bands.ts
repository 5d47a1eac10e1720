import { limits } from './limits';
import { FORMATS, type FormatId } from './table';

/** The range of a format, on the axis of exponents of two. */
export interface FormatBand {
  readonly id: string;
  readonly label: string;
  /** Of the smallest subnormal. */
  readonly minSubnormalExponent: number;
  /** Of the smallest normal. */
  readonly minNormalExponent: number;
  /** Of the largest finite value. */
  readonly maxExponent: number;
}

/** The formats a gradient view compares with, widest range first. */
const BAND_FORMATS: readonly FormatId[] = ['fp32', 'tf32', 'bf16', 'fp16', 'e5m2', 'e4m3'];

/** The range of each format as exponents of two, for the gradient view. */
export function formatBands(ids: readonly FormatId[] = BAND_FORMATS): FormatBand[] {
  return ids.map((id) => {
    const format = FORMATS[id];
    const { minSubnormalExponent, minNormalExponent, maxExponent } = limits(format);
    return { id, label: format.label, minSubnormalExponent, minNormalExponent, maxExponent };
  });
}
