import { decodeArray, encodeArray, roundTo } from './arrays';
import { decoder, encoder } from './codec';
import { round, type RoundOptions } from './round';
import { FORMATS, type FormatId } from './table';

/** The two ways to each result: number by number, and arrays. */
export const PATHS = [
  {
    path: 'scalar',
    encodeAll: (id: FormatId, values: Float32Array, options?: RoundOptions): number[] =>
      Array.from(values, encoder(id, options)),
    decodeAll: (id: FormatId, codes: Uint16Array): number[] => Array.from(codes, decoder(id)),
    roundAll: (id: FormatId, values: Float32Array, options?: RoundOptions): number[] =>
      Array.from(values, (x) => round(id, x, options)),
  },
  { path: 'array', encodeAll: encodeArray, decodeAll: decodeArray, roundAll: roundTo },
];

export const everyCode = (id: FormatId): Uint16Array =>
  Uint16Array.from({ length: 2 ** FORMATS[id].bits }, (_, code) => code);

/** Codes compared as the numbers they stand for: NaN has many codes. */
export const decoded = (id: FormatId, codes: ArrayLike<number>): Float32Array =>
  decodeArray(id, Uint16Array.from(codes));

export function joined(parts: readonly ArrayLike<number>[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
