import type { FloatFormat } from './format';
import { floatFields } from './limits';
import { encodeFloats } from './nearest';

/** Stored significand bits among the upper 16 of a float32. */
const KEPT_BITS = 7;

/** A table costs as much as encoding this many numbers: of fewer it isn't worth it. */
const WORTH_A_TABLE = 2 ** 16;

/**
 * Whether codes can be looked up by the upper half of a float32: the lower half is then one bit, set
 * where any is, that tells a tie from what lies above it. Both halves of a spacing have to differ in
 * a bit above that one.
 */
export function isLookedUp(format: FloatFormat, count: number): boolean {
  const { significandBits } = floatFields(format);
  return format.bits <= 8 && significandBits + 2 <= KEPT_BITS && count >= WORTH_A_TABLE;
}

/** As `encodeFloats`, for formats that {@link isLookedUp} holds of: the same time for any value. */
export function lookUpFloats(
  format: FloatFormat,
  values: Float32Array,
  codes: Uint8Array,
  saturate: boolean,
): Uint8Array {
  const table = tableOf(format, saturate);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    // The lower half plus 0xffff carries into the upper one unless it is 0.
    const isAbove = ((word & 0xffff) + 0xffff) >>> 16;
    codes[i] = table[(word >>> 16) | isAbove] ?? 0;
  }
  return codes;
}

const tables = new WeakMap<FloatFormat, Map<boolean, Uint8Array>>();

/** The code of each float32 whose lower half is 0, by its upper one. */
function tableOf(format: FloatFormat, saturate: boolean): Uint8Array {
  const known = tables.get(format) ?? new Map<boolean, Uint8Array>();
  tables.set(format, known);
  const table = known.get(saturate) ?? encodedHalves(format, saturate);
  known.set(saturate, table);
  return table;
}

function encodedHalves(format: FloatFormat, saturate: boolean): Uint8Array {
  const words = Uint32Array.from({ length: 2 ** 16 }, (_, half) => half << 16);
  return encodeFloats(format, new Float32Array(words.buffer), new Uint8Array(2 ** 16), saturate);
}
