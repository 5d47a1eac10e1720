import { roundTicks } from '../display/ticks';
import { spanDecades } from '../payloads/training/curves';

export interface ValueAxis {
  readonly isLogarithmic: boolean;
  /** Where a value stands. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

const MOST_TICKS = 4;
/** A curve that moves less than this part of its height is level: what is below is noise of fp32. */
const STILL = 1e-5;

/**
 * An axis that holds values with some air, logarithmic where they lie decades apart; one of a single value
 * has room above and below.
 *
 * @param bottom where the lowest stands, `top` where the highest does
 */
export function valueAxis(values: readonly number[], bottom: number, top: number): ValueAxis {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (values.length === 0) return linear(0, 1, bottom, top);
  if (spanDecades(values)) return logarithmic(low, high, bottom, top);
  const air =
    high > low ? Math.max((high - low) * 0.05, Math.abs(high) * STILL) : Math.abs(high) / 2 || 1;
  return linear(low >= 0 ? Math.max(0, low - air) : low - air, high + air, bottom, top);
}

function linear(low: number, high: number, bottom: number, top: number): ValueAxis {
  return {
    isLogarithmic: false,
    at: (value) => bottom + ((value - low) / (high - low)) * (top - bottom),
    ticks: roundTicks(low, high, MOST_TICKS),
  };
}

function logarithmic(low: number, high: number, bottom: number, top: number): ValueAxis {
  const [from, to] = [Math.log10(low) - 0.05, Math.log10(high) + 0.05];
  const exponents = roundTicks(from, to, MOST_TICKS).filter(Number.isInteger);
  return {
    isLogarithmic: true,
    at: (value) => bottom + ((Math.log10(value) - from) / (to - from)) * (top - bottom),
    ticks: exponents.map((exponent) => 10 ** exponent),
  };
}
