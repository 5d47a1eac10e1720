import { decode, encode } from '../../../formats/codec';
import type { Layout } from './layout';

/** Wrong functions that students of assignment 1 write, and what they build on. */

export const reversedDigits = (n: number): string => Array.from(n.toString(2)).reverse().join('');

const digitsOf = (x: number, count: number): string =>
  Array.from({ length: count }, (_, i) => Math.floor(x * 2 ** (i + 1)) % 2).join('');

export const withPoint = (x: number, count: number): string => `0.${digitsOf(x, count)}`;

export const endsAtZero = (x: number, count: number): string =>
  digitsOf(x, count).replace(/0+$/, '');

export const roundedDigits = (x: number, count: number): string =>
  Math.round(x * 2 ** count)
    .toString(2)
    .padStart(count, '0');

/** Right: the nearest whole number, of two the even one. */
export function halfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest === 0.5) return down % 2 === 0 ? down : down + 1;
  return rest < 0.5 ? down : down + 1;
}

export const halfUp = (x: number): number => Math.round(x);

export const halfAway = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

/** A decoder of FP16 with one thing wrong. */
function fp16Decoder(
  wrong: Partial<
    Record<'bias' | 'subnormalExponent', number> & {
      hiddenOne: boolean;
      sign: boolean;
      specials: boolean;
    }
  >,
): (code: number) => number {
  const { bias = 15, subnormalExponent = 1 - bias, hiddenOne = false } = wrong;
  const { sign = true, specials = true } = wrong;
  return (code) => {
    const isNegative = sign && code >= 0x8000;
    const field = (code >> 10) & 31;
    const fraction = (code & 1023) / 1024;
    const magnitude =
      field === 31 && specials
        ? fraction === 0
          ? Infinity
          : NaN
        : field === 0
          ? ((hiddenOne ? 1 : 0) + fraction) * 2 ** (hiddenOne ? -bias : subnormalExponent)
          : (1 + fraction) * 2 ** (field - bias);
    return isNegative ? -magnitude : magnitude;
  };
}

export const biasOffByOne = fp16Decoder({ bias: 16 });
export const signIgnored = fp16Decoder({ sign: false });
export const hiddenOneAlways = fp16Decoder({ hiddenOne: true });
export const subnormalsTooSmall = fp16Decoder({ subnormalExponent: -15 });
export const noSpecials = fp16Decoder({ specials: false });

export const ieeeE4m3 = (code: number): number => {
  const field = (code >> 3) & 15;
  if (field < 15) return decode('e4m3', code);
  if ((code & 7) !== 0) return NaN;
  return code >= 128 ? -Infinity : Infinity;
};

export const e4m3WithoutNan = (code: number): number =>
  (code & 127) === 127 ? (code >= 128 ? -480 : 480) : decode('e4m3', code);

interface Rounding {
  readonly whole?: (steps: number) => number;
  readonly subnormals?: 'finer' | 'flushed';
  readonly overflow?: 'saturated' | 'early' | 'none';
}

/** A rounder to a layout with one thing wrong. */
function rounderWith({
  whole = halfEven,
  subnormals,
  overflow,
}: Rounding): (x: number, layout: Layout) => number {
  return (x, { exponentBits, significandBits }) => {
    if (x === 0 || !Number.isFinite(x)) return x;
    const bias = 2 ** (exponentBits - 1) - 1;
    const max = (2 - 2 ** -significandBits) * 2 ** bias;
    if (overflow === 'early' && Math.abs(x) > max) return Math.sign(x) * Infinity;
    const own = Math.floor(Math.log2(Math.abs(x)));
    if (subnormals === 'flushed' && own < 1 - bias) return Math.sign(x) * 0;
    const exponent = subnormals === 'finer' ? own : Math.max(own, 1 - bias);
    const step = 2 ** (exponent - significandBits);
    const rounded = whole(x / step) * step;
    if (overflow === 'none' || Math.abs(rounded) <= max) return rounded;
    return Math.sign(x) * (overflow === 'saturated' ? max : Infinity);
  };
}

export const roundToTruncating = rounderWith({ whole: Math.trunc });
export const roundToHalfAway = rounderWith({ whole: halfAway });
export const roundToWithoutSubnormals = rounderWith({ subnormals: 'finer' });
export const roundToFlushing = rounderWith({ subnormals: 'flushed' });
export const roundToSaturating = rounderWith({ overflow: 'saturated' });
export const roundToOverflowingEarly = rounderWith({ overflow: 'early' });
export const roundToUnbounded = rounderWith({ overflow: 'none' });

export const encodeWithHiddenOne = (x: number): number => {
  const code = encode('fp16', x);
  return (code & 0x7c00) === 0 ? code : code + 1024;
};

export const encodeWithoutSign = (x: number): number => encode('fp16', x) & 0x7fff;

export const encodeTruncating = (x: number): number =>
  encode('fp16', x, { rounding: 'toward-zero' });

export const bf16Truncating = (code: number): number => code >>> 16;

export const bf16HalfUp = (code: number): number => Math.floor((code + 0x8000) / 65536);

export const bf16Signed = (code: number): number => (code + 0x7fff + ((code >>> 16) & 1)) >> 16;
