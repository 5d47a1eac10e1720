import { decodeArray } from '../formats/arrays';
import { FORMATS } from '../formats/table';
import { USES } from '../formats/uses';
import type { WeightCodes, WeightFormat } from './quantized-graph';

/** What codes are places in: before the scale, where there is one. */
export interface WeightTable {
  /** Row-major `[tables, size]`. */
  readonly values: Float32Array;
  /** Values of one table: 2^bits. */
  readonly size: number;
  /** A code's place is the code plus this. */
  readonly offset: number;
  /** One table for all weights; else one per group and output channel, row-major. */
  readonly isShared: boolean;
}

/** Codes of more bits are computed with: their table would be larger than most weights. */
const TABLE_BITS = 8;

/**
 * The table of formats that have one; undefined for those whose codes are multiples of a scale, and for
 * floats of more than 8 bits.
 */
export function weightTable({ format, codebooks }: WeightCodes): WeightTable | undefined {
  const use = USES[format].weights;
  const size = 2 ** FORMATS[use.codes].bits;
  switch (use.values) {
    case 'multiples':
    case 'signs':
      return undefined;
    case 'floats':
    case 'blocks': {
      if (FORMATS[use.codes].bits > TABLE_BITS) return undefined;
      const all = Uint8Array.from({ length: size }, (_, code) => code);
      return { values: decodeArray(use.codes, all), size, offset: 0, isShared: true };
    }
    case 'powers':
      return { values: powers(size), size, offset: size / 2, isShared: true };
    case 'codebook':
      if (codebooks === undefined) throw new TypeError(`${format} weights without a codebook`);
      return { values: codebooks, size, offset: 0, isShared: codebooks.length === size };
  }
}

/** True for formats whose values are the data's own. */
export function isCodebook(format: WeightFormat): boolean {
  return USES[format].weights.values === 'codebook';
}

/** Of the codes from -size / 2, which stands for nothing: `0` and `+-2^(|code| - levels)`. */
function powers(size: number): Float32Array {
  const levels = size / 2 - 1;
  return Float32Array.from({ length: size }, (_, place) => {
    const code = place - size / 2;
    return Math.abs(code) > levels ? 0 : Math.sign(code) * 2 ** (Math.abs(code) - levels);
  });
}
