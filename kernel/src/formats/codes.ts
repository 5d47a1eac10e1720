import type { NumberFormat } from './format';

/** Codes of many numbers: bytes for formats of up to 8 bits, 16-bit words up to 16, else 32-bit. */
export type CodeArray = Uint8Array | Uint16Array | Uint32Array;

/** Room for the codes of `length` numbers. */
export function newCodes({ bits }: Pick<NumberFormat, 'bits'>, length: number): CodeArray {
  if (bits <= 8) return new Uint8Array(length);
  return bits <= 16 ? new Uint16Array(length) : new Uint32Array(length);
}
