import { exponentOf } from './exponent-of';
import type { FloatFormat, FormatOrName, IntegerFormat, TableFormat } from './format';
import { limits } from './limits';
import { randomKey, uniform, type RandomKey } from './random';
import { roundingRule, type Between, type Rounding } from './rounding';
import { asFormat } from './table';

export interface RoundOptions {
  /** Default `nearest-even`. */
  readonly rounding?: Rounding;
  /**
   * True: what is too large, infinities included, becomes the largest finite value of its sign.
   * False (default): as IEEE 754 says; a format without infinities gives NaN instead.
   * Formats that have neither (integers, FP6, FP4, tables) always saturate.
   */
  readonly saturate?: boolean;
  /**
   * Of integer formats: what is too large keeps its low bits, as casts in C, NumPy and ONNX do,
   * instead of becoming the largest value. Infinities become 0. Default false.
   */
  readonly wrap?: boolean;
  /** Of `stochastic`; default 0. The same seed gives the same result, element by element. */
  readonly seed?: number | RandomKey;
}

/** Rounds one number; `index` is its place in the stream of random numbers of `stochastic`. */
export type Rounder = (value: number, index?: number) => number;

/**
 * Rounds one number to a value that `format` has, as IEEE 754 section 4.3 does: round the
 * significand as if the exponent were unbounded, then look whether the result overflows.
 * Exact for every double. NaN becomes 0 in formats that have none.
 * @throws HalfnoteError `unknown-format`, `unknown-rounding`.
 */
export function round(format: FormatOrName, value: number, options: RoundOptions = {}): number {
  return rounder(format, options)(value);
}

/** Binds format and options: the function that rounds one number. */
export function rounder(formatOrName: FormatOrName, options: RoundOptions = {}): Rounder {
  const format = asFormat(formatOrName);
  const away = chooser(options);
  switch (format.kind) {
    case 'float':
      return floatRounder(format, options, away);
    case 'table':
      return tableRounder(format, away);
    case 'integer':
      return integerRounder(format, options, away);
  }
}

/** 1 for the neighbor away from zero, 0 for the other. */
type Chooser = (fraction: number, negative: boolean, odd: boolean, index: number) => 0 | 1;

function chooser({ rounding = 'nearest-even', seed = 0 }: RoundOptions): Chooser {
  const { away } = roundingRule(rounding);
  const key = typeof seed === 'number' ? randomKey(seed) : seed;
  return (fraction, negative, odd, index) => {
    if (fraction === 0) return 0;
    const between: Between = { fraction, negative, odd, random: () => uniform(key, index) };
    return away(between) ? 1 : 0;
  };
}

function integerRounder(
  format: IntegerFormat,
  { wrap = false }: RoundOptions,
  away: Chooser,
): Rounder {
  const { min, max } = limits(format);
  const codes = 2 ** format.bits;
  const toWhole = (x: number, index: number): number => {
    const whole = Math.floor(Math.abs(x));
    const magnitude = whole + away(Math.abs(x) - whole, x < 0, whole % 2 === 1, index);
    return x < 0 && magnitude !== 0 ? -magnitude : magnitude;
  };
  if (!wrap) {
    return (value, index = 0) =>
      toWhole(Number.isNaN(value) ? 0 : Math.min(max, Math.max(min, value)), index);
  }
  return (value, index = 0) => {
    if (!Number.isFinite(value)) return 0;
    const whole = toWhole(value, index);
    return whole - codes * Math.floor((whole - min) / codes);
  };
}

function floatRounder(
  format: FloatFormat,
  { rounding = 'nearest-even', saturate = false }: RoundOptions,
  away: Chooser,
): Rounder {
  const { max, min, minNormalExponent } = limits(format);
  const { staysFinite } = roundingRule(rounding);
  const stored = format.precision - 1;
  const saturates = saturate || format.nan === 'none';
  const overflow = format.infinities ? Infinity : NaN;
  const zero = (value: number): number =>
    format.nan === 'negative-zero' ? 0 : value < 0 || Object.is(value, -0) ? -0 : 0;
  return (value, index = 0) => {
    if (Number.isNaN(value)) return format.nan === 'none' ? 0 : NaN;
    // Only E8M0 has no sign; it has no zero either.
    if (!format.signed && value <= 0) return saturate ? min : NaN;
    if (value === 0) return zero(value);
    const negative = value < 0;
    const limit = negative ? -max : max;
    if (!Number.isFinite(value)) return saturates ? limit : value * overflow;
    const exponent = Math.max(exponentOf(value), minNormalExponent);
    const spacing = 2 ** (exponent - stored);
    const quotient = Math.abs(value) / spacing;
    const whole = Math.floor(quotient);
    const odd = whole % 2 === 1;
    const magnitude = (whole + away(quotient - whole, negative, odd, index)) * spacing;
    if (magnitude > max) {
      return saturates || staysFinite(negative) ? limit : Math.sign(value) * overflow;
    }
    if (magnitude === 0) return format.subnormals ? zero(value) : min;
    return negative ? -magnitude : magnitude;
  };
}

function tableRounder({ values, ties }: TableFormat, away: Chooser): Rounder {
  const first = values[0] ?? 0;
  const last = values.at(-1) ?? 0;
  return (value, index = 0) => {
    const x = Number.isNaN(value) ? 0 : Math.min(last, Math.max(first, value));
    const above = values.findIndex((candidate) => candidate >= x);
    const high = values[above] ?? last;
    if (high === x) return high;
    const low = values[above - 1] ?? first;
    const negative = x < 0;
    const fraction = (negative ? high - x : x - low) / (high - low);
    const upward =
      // A tie is a matter of the table: neither of its codes is special for being even.
      fraction === 0.5 && away(0.5, negative, true, index) !== away(0.5, negative, false, index)
        ? ties === 'up'
        : (away(fraction, negative, (negative ? above : above - 1) % 2 === 1, index) === 1) !==
          negative;
    return upward ? high : low;
  };
}
