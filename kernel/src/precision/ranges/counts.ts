import { FIRST_EXPONENT, type Log2Histogram } from './histogram';

/** How many values of a tensor, or of several, have which magnitude; without empty bins at the ends. */
export interface Counts {
  readonly zero: number;
  readonly inf: number;
  readonly nan: number;
  /** `bins[i]` counts values with floor(log2|x|) = firstExponent + i; 0 where there are none. */
  readonly firstExponent: number;
  readonly bins: readonly number[];
}

export const NO_COUNTS: Counts = { zero: 0, inf: 0, nan: 0, firstExponent: 0, bins: [] };

export function countsOf({ zero, inf, nan, bins }: Log2Histogram): Counts {
  const first = bins.findIndex((count) => count > 0);
  if (first < 0) return { ...NO_COUNTS, zero, inf, nan };
  const last = bins.findLastIndex((count) => count > 0);
  return {
    ...{ zero, inf, nan },
    firstExponent: FIRST_EXPONENT + first,
    bins: [...bins.subarray(first, last + 1)],
  };
}

export function sumOf(a: Counts, b: Counts): Counts {
  const [zero, inf, nan] = [a.zero + b.zero, a.inf + b.inf, a.nan + b.nan];
  if (a.bins.length === 0) return { ...b, zero, inf, nan };
  if (b.bins.length === 0) return { ...a, zero, inf, nan };
  const firstExponent = Math.min(a.firstExponent, b.firstExponent);
  const end = Math.max(a.firstExponent + a.bins.length, b.firstExponent + b.bins.length);
  const bins = Array.from({ length: end - firstExponent }, (_, index) => {
    const exponent = firstExponent + index;
    return (a.bins[exponent - a.firstExponent] ?? 0) + (b.bins[exponent - b.firstExponent] ?? 0);
  });
  return { zero, inf, nan, firstExponent, bins };
}

/** The same values times 2^octaves. */
export function moved(counts: Counts, octaves: number): Counts {
  if (counts.bins.length === 0) return counts;
  return { ...counts, firstExponent: counts.firstExponent + octaves };
}
