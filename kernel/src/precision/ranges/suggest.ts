import { limits } from '../../formats/format';
import { FORMATS } from '../../formats/table';
import { powerOfTwo } from '../../mime/exponents';
import type { RangeLayer } from '../../mime/payloads';
import { percent } from '../../mime/units';

export interface LossScaleSuggestion {
  readonly scale: number;
  readonly reason: string;
}

/** Powers of two kept free between the 99.9th percentile and the largest fp16 value. */
const HEADROOM = 2;
const MOST = 24;

/**
 * The largest power of two, between 1 and 2^24, that leaves the largest recorded gradient an octave,
 * and the 99.9th percentile of magnitudes two octaves, below the largest fp16 value.
 */
export function suggestLossScale(layers: readonly RangeLayer[]): LossScaleSuggestion {
  if (layers.length === 0) {
    return { scale: 1, reason: 'Nothing recorded yet: %gradients on, then train.' };
  }
  const counts = totalByExponent(layers.filter(({ kind }) => kind === 'gradient'));
  const exponents = [...counts.keys()].sort((a, b) => a - b);
  const largest = exponents.at(-1);
  if (largest === undefined)
    return { scale: 1, reason: 'No gradient other than zero was recorded.' };
  const typical = percentile(counts, exponents, 0.999);
  const { maxExponent, minSubnormalExponent } = limits(FORMATS.fp16);
  const wanted = Math.min(maxExponent - HEADROOM - typical, maxExponent - 1 - largest);
  const exponent = Math.min(MOST, Math.max(0, wanted));
  const lost = (shift: number): string => {
    // A value in the octave below the smallest subnormal still rounds up to it.
    const limit = minSubnormalExponent - 1 - shift;
    return percent(share(counts, (e) => e < limit));
  };
  return {
    scale: 2 ** exponent,
    reason:
      `99.9 % of the recorded gradients are below ${powerOfTwo(typical + 1)}, the largest below ` +
      `${powerOfTwo(largest + 1)}. Times ${powerOfTwo(exponent)} all are below ` +
      `${powerOfTwo(largest + 1 + exponent)}, within fp16's 65504. Unscaled, ${lost(0)} would ` +
      `underflow in fp16; so scaled, ${lost(exponent)}` +
      (wanted > MOST ? `. More than ${powerOfTwo(MOST)} gains nothing.` : '.'),
  };
}

function totalByExponent(layers: readonly RangeLayer[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { bins, firstExponent } of layers) {
    bins.forEach((count, index) => {
      const exponent = firstExponent + index;
      if (count > 0) counts.set(exponent, (counts.get(exponent) ?? 0) + count);
    });
  }
  return counts;
}

function percentile(
  counts: ReadonlyMap<number, number>,
  exponents: readonly number[],
  fraction: number,
): number {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const exponent of exponents) {
    seen += counts.get(exponent) ?? 0;
    if (seen >= fraction * total) return exponent;
  }
  return exponents.at(-1) ?? 0;
}

function share(counts: ReadonlyMap<number, number>, isIn: (exponent: number) => boolean): number {
  let [inside, total] = [0, 0];
  for (const [exponent, count] of counts) {
    total += count;
    if (isIn(exponent)) inside += count;
  }
  return total === 0 ? 0 : inside / total;
}
