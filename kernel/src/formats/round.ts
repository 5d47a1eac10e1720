import { limits, type FormatOrName } from './format';
import { asFormat } from './table';

export type Rounding = 'nearest-even' | 'toward-zero' | 'up' | 'down';

export interface RoundOptions {
  /** Default `nearest-even`. */
  readonly rounding?: Rounding;
  /**
   * True: what is too large, infinities included, becomes the largest finite value of its sign.
   * False (default): as IEEE 754 says; a format without infinities gives NaN instead.
   * Integer formats always saturate.
   */
  readonly saturate?: boolean;
}

/**
 * Rounds one number to the nearest value that `format` has, as IEEE 754 section 4.3 does: round the
 * significand as if the exponent were unbounded, then look whether the result overflows.
 * Exact for every double. Integer formats have no NaN: NaN becomes 0.
 */
export function round(format: FormatOrName, value: number, options: RoundOptions = {}): number {
  return rounder(format, options)(value);
}

/** A new array with each element rounded to `format`. */
export function roundTo(
  format: FormatOrName,
  values: Float32Array,
  options: RoundOptions = {},
): Float32Array {
  const one = rounder(format, options);
  const rounded = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) rounded[i] = one(values[i] ?? 0);
  return rounded;
}

/** Binds format and options: the function that rounds one number. */
export function rounder(
  format: FormatOrName,
  { rounding = 'nearest-even', saturate = false }: RoundOptions = {},
): (value: number) => number {
  const toInteger = INTEGER_ROUNDING[rounding];
  const known = asFormat(format);
  const { max, min, minNormalExponent } = limits(known);
  if (known.kind === 'integer') {
    return (value) =>
      Number.isNaN(value) ? 0 : toInteger(Math.min(max, Math.max(min, value))) + 0;
  }
  const stored = known.precision - 1;
  const overflow = known.infinities ? Infinity : NaN;
  return (value) => {
    if (value === 0 || Number.isNaN(value)) return value;
    if (!Number.isFinite(value)) return saturate ? Math.sign(value) * max : value * overflow;
    const spacing = 2 ** (Math.max(exponentOf(value), minNormalExponent) - stored);
    const rounded = toInteger(value / spacing) * spacing;
    if (rounded <= max && rounded >= min) return rounded === 0 ? 0 * value : rounded;
    const stays = saturate || staysFinite(rounding, value);
    return Math.sign(value) * (stays ? max : overflow);
  };
}

/** Directed rounding toward zero or against the sign never leaves the finite values. */
function staysFinite(rounding: Rounding, value: number): boolean {
  if (rounding === 'toward-zero') return true;
  return rounding === 'up' ? value < 0 : rounding === 'down' && value > 0;
}

/** Adding 1.5 * 2^52 leaves no fraction bits, so the addition itself rounds half to even. */
const SHIFT = 1.5 * 2 ** 52;

/** Each is exact for |q| < 2^51; significands here have at most 24 bits. */
const INTEGER_ROUNDING: Readonly<Record<Rounding, (q: number) => number>> = {
  'nearest-even': (q) => q + SHIFT - SHIFT,
  'toward-zero': Math.trunc,
  up: Math.ceil,
  down: Math.floor,
};

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Index of the word with the exponent: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** floor(log2(|value|)) of a finite double other than 0; doubles below 2^-1022 give -1023. */
export function exponentOf(value: number): number {
  double[0] = value;
  return (((words[HIGH] ?? 0) >>> 20) & 0x7ff) - 1023;
}
