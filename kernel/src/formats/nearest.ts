import type { CodeArray } from './codes';
import type { FloatFormat, IntegerFormat } from './format';
import { floatFields, limits } from './limits';

/**
 * Codes of float32 numbers, rounded to nearest even on their bits: shift the significand to the
 * format's place and carry into the exponent. Agrees with `encode` for every float32.
 */
export function encodeFloats<T extends CodeArray>(
  format: FloatFormat,
  values: Float32Array,
  codes: T,
  saturate: boolean,
): T {
  const { significandBits, maxCode, infinityCode, nanCode } = floatFields(format);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const shift = 23 - significandBits;
  const half = shift === 0 ? 0 : (1 << (shift - 1)) - 1;
  const lastBit = shift === 0 ? 0 : 1;
  const rebias = (127 - format.exponentBias) << significandBits;
  // The exponent field, in float32, of the format's smallest normal number. Where that is float32's
  // own, subnormals have the same spacing in both and need no care.
  const lowestField = limits(format).minNormalExponent + 127;
  const lowest = lowestField === 1 ? 0 : lowestField << 23;
  const signShift = format.bits - 1;
  const keepsZeroSign = format.nan !== 'negative-zero';
  const saturates = saturate || nanCode === undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    const magnitude = word & 0x7fffffff;
    let code: number;
    if (magnitude >= lowest) {
      code = ((magnitude + half + ((magnitude >>> shift) & lastBit)) >>> shift) - rebias;
      if (code > maxCode) {
        if (magnitude > 0x7f800000) {
          codes[i] = nanCode ?? 0;
          continue;
        }
        if (saturates) code = maxCode;
        else if (infinityCode !== undefined) code = infinityCode;
        else {
          codes[i] = nanCode;
          continue;
        }
      }
    } else {
      const down = shift + lowestField - (magnitude >>> 23);
      const significand = (magnitude & 0x7fffff) | 0x800000;
      code =
        down > 24
          ? 0
          : (significand + (1 << (down - 1)) - 1 + ((significand >>> down) & 1)) >>> down;
      if (code === 0 && !keepsZeroSign) {
        codes[i] = 0;
        continue;
      }
    }
    codes[i] = code | ((word >>> 31) << signShift);
  }
  return codes;
}

/** Adding 1.5 * 2^52 leaves no fraction bits, so the addition itself rounds half to even. */
const SHIFT = 1.5 * 2 ** 52;

/** Two's complement codes, clamped and rounded to nearest even; NaN is 0. */
export function encodeIntegers<T extends CodeArray>(
  format: IntegerFormat,
  values: Float32Array,
  codes: T,
): T {
  const { min, max } = limits(format);
  const mask = 2 ** format.bits - 1;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] ?? 0;
    const clamped = x < min ? min : x > max ? max : x;
    // `&` takes NaN for 0.
    codes[i] = (clamped + SHIFT - SHIFT) & mask;
  }
  return codes;
}
