import { newCodes, type CodeArray } from './codes';
import { PACKED_BITS, packCodes, unpackCodes, type PackedBits } from './packing';

/** Bytes that `count` codes of `bits` bits take, one after the other. */
export function codeBytes(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8);
}

/**
 * Codes of any width up to 24 bits as bytes, the first in the lowest bits; of 8 and 16 bits that is
 * an array in little-endian order. Widths that are no multiple of 8 cross bytes.
 * @throws HalfnoteError `invalid-code` where a code of less than 8 bits has more.
 */
export function toBytes(codes: CodeArray, bits: number): Uint8Array<ArrayBuffer> {
  if (isPackedBits(bits)) return packCodes(codes, bits);
  if (bits === 8) return Uint8Array.from(codes);
  const bytes = new Uint8Array(codeBytes(codes.length, bits));
  let pending = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < codes.length; i++) {
    pending |= (codes[i] ?? 0) << held;
    held += bits;
    while (held >= 8) {
      bytes[at++] = pending;
      pending >>>= 8;
      held -= 8;
    }
  }
  if (held > 0) bytes[at] = pending;
  return bytes;
}

/** The first `count` codes of {@link toBytes}. @throws HalfnoteError `invalid-length`. */
export function fromBytes(bytes: Uint8Array, bits: number, count: number): CodeArray {
  if (isPackedBits(bits)) return unpackCodes(bytes, bits, count);
  if (bits === 8) return Uint8Array.from(bytes.subarray(0, count));
  const codes = newCodes({ bits }, count);
  const mask = 2 ** bits - 1;
  let pending = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    while (held < bits) {
      pending |= (bytes[at++] ?? 0) << held;
      held += 8;
    }
    codes[i] = pending & mask;
    pending >>>= bits;
    held -= bits;
  }
  return codes;
}

function isPackedBits(bits: number): bits is PackedBits {
  return (PACKED_BITS as readonly number[]).includes(bits);
}
