import { roundTo } from '../formats/arrays';
import { limits } from '../formats/limits';
import { FORMATS, type FormatId } from '../formats/table';

/**
 * How a group of numbers becomes the scale of a float format: `absmax` over the format's largest
 * number; `mse`: of the scales from a fifth of that up to it, the one with the least squared error;
 * `power-of-two`: the least one that lets nothing saturate; `none`: 1, and what is too large saturates.
 */
export const FLOAT_SCALE_RULES = {
  absmax: true,
  mse: true,
  'power-of-two': true,
  none: true,
} as const;

export type FloatScaleRule = keyof typeof FLOAT_SCALE_RULES;

/** Floats as wide as this hold what weights are without a scale. */
const WIDE_BITS = 16;

/** The rule where none is given. */
export function usualFloatRule(format: FormatId): FloatScaleRule {
  return FORMATS[format].bits >= WIDE_BITS ? 'none' : 'absmax';
}

const STEPS = 100;
const LEAST = 20;

/** The scale of finite numbers, a float32; 1 where they are zero or too small for one. */
export function floatScale(values: Float32Array, format: FormatId, rule: FloatScaleRule): number {
  if (rule === 'none') return 1;
  const absmax = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const full = Math.fround(absmax / limits(format).max);
  if (!(full > 0)) return 1;
  if (rule === 'power-of-two') return 2 ** Math.ceil(Math.log2(full));
  return rule === 'mse' ? leastSquares(values, format, full) : full;
}

function leastSquares(values: Float32Array, format: FormatId, full: number): number {
  let best = full;
  let least = Infinity;
  for (let step = STEPS; step >= LEAST; step--) {
    const scale = Math.fround((full * step) / STEPS);
    if (scale === 0) break;
    const rounded = roundTo(
      format,
      values.map((x) => x / scale),
      { saturate: true },
    );
    const error = values.reduce((sum, x, i) => sum + (x - (rounded[i] ?? 0) * scale) ** 2, 0);
    if (error < least) [best, least] = [scale, error];
  }
  return best;
}
