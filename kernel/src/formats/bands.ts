import { limits } from './limits';
import { BAND_FORMATS } from './names';
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
const WIDEST_FIRST: readonly FormatId[] = BAND_FORMATS.toSorted((a, b) => octaves(b) - octaves(a));

/** The range of each format as exponents of two, for the gradient view. */
export function formatBands(ids: readonly FormatId[] = WIDEST_FIRST): FormatBand[] {
  return ids.map((id) => {
    const format = FORMATS[id];
    const { minSubnormalExponent, minNormalExponent, maxExponent } = limits(format);
    return { id, label: format.label, minSubnormalExponent, minNormalExponent, maxExponent };
  });
}

function octaves(id: FormatId): number {
  const { maxExponent, minSubnormalExponent } = limits(FORMATS[id]);
  return maxExponent - minSubnormalExponent;
}
