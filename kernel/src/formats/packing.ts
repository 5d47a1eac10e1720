import { HalfnoteError } from '../errors';
import type { CodeArray } from './codes';

/** Widths of codes that are packed: sub-byte formats. */
export const PACKED_BITS = [1, 2, 3, 4, 6] as const;
export type PackedBits = (typeof PACKED_BITS)[number];

/** Bytes that `count` codes of `bits` bits take. */
export function packedBytes(count: number, bits: PackedBits): number {
  return Math.ceil((count * bits) / 8);
}

/**
 * Codes in as few bytes as they need, the first in the lowest bits: ONNX's order for int4 and int2,
 * NumPy's `packbits(bitorder='little')` for single bits. Codes of 3 and 6 bits cross bytes.
 * @throws HalfnoteError `invalid-bits`, or `invalid-code` where a code has more than `bits` bits.
 */
export function packCodes(codes: CodeArray, bits: PackedBits): Uint8Array<ArrayBuffer> {
  checkBits(bits);
  const packed = new Uint8Array(packedBytes(codes.length, bits));
  let seen = 0;
  if (bits === 4) {
    // The commonest width by far gets the plainest loop.
    for (let i = 0, at = 0; i < codes.length; i += 2, at++) {
      const low = codes[i] ?? 0;
      const high = codes[i + 1] ?? 0;
      seen |= low | high;
      packed[at] = low | (high << 4);
    }
  } else {
    let pending = 0;
    let held = 0;
    let at = 0;
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] ?? 0;
      seen |= code;
      pending |= code << held;
      held += bits;
      if (held >= 8) {
        packed[at++] = pending;
        pending >>>= 8;
        held -= 8;
      }
    }
    if (held > 0) packed[at] = pending;
  }
  if (seen >>> bits !== 0) {
    const wrong = codes.find((code) => code >= 2 ** bits) ?? NaN;
    throw new HalfnoteError(
      'invalid-code',
      `${wrong} does not fit ${bits} bits; allowed are integers from 0 to ${2 ** bits - 1}.`,
    );
  }
  return packed;
}

/**
 * The first `count` codes of packed bytes.
 * @throws HalfnoteError `invalid-bits`, or `invalid-length` where there are too few bytes.
 */
export function unpackCodes(
  packed: Uint8Array,
  bits: PackedBits,
  count: number,
): Uint8Array<ArrayBuffer> {
  checkBits(bits);
  if (!Number.isInteger(count) || count < 0 || packedBytes(count, bits) > packed.length) {
    throw new HalfnoteError(
      'invalid-length',
      `${packed.length} bytes do not hold ${count} codes of ${bits} bits; allowed are integers from 0 to ${Math.floor((packed.length * 8) / bits)}.`,
    );
  }
  const codes = new Uint8Array(count);
  if (bits === 4) {
    const pairs = count >> 1;
    for (let at = 0; at < pairs; at++) {
      const byte = packed[at] ?? 0;
      codes[2 * at] = byte & 15;
      codes[2 * at + 1] = byte >>> 4;
    }
    if (count % 2 === 1) codes[count - 1] = (packed[pairs] ?? 0) & 15;
    return codes;
  }
  const mask = 2 ** bits - 1;
  let pending = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (held < bits) {
      pending |= (packed[at++] ?? 0) << held;
      held += 8;
    }
    codes[i] = pending & mask;
    pending >>>= bits;
    held -= bits;
  }
  return codes;
}

function checkBits(bits: number): void {
  if ((PACKED_BITS as readonly number[]).includes(bits)) return;
  throw new HalfnoteError(
    'invalid-bits',
    `Codes of ${bits} bits are not packed; allowed are ${PACKED_BITS.join(', ')}.`,
  );
}
