import type { TableWeightFormat, WeightCodes } from './quantized-graph';

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

const LOG_BITS = { log4: 4, log3: 3 } as const;
const CODEBOOK_BITS = { codebook4: 4, codebook3: 3, codebook2: 2 } as const satisfies Readonly<
  Record<Exclude<TableWeightFormat, keyof typeof LOG_BITS>, number>
>;

/** The table of formats that have one; undefined for those whose codes are multiples of a scale. */
export function weightTable({ format, codebooks }: WeightCodes): WeightTable | undefined {
  if (isIn(LOG_BITS, format)) {
    const size = 2 ** LOG_BITS[format];
    return { values: powers(size), size, offset: size / 2, isShared: true };
  }
  if (!isIn(CODEBOOK_BITS, format)) return undefined;
  if (codebooks === undefined) throw new TypeError(`${format} weights without a codebook`);
  const size = 2 ** CODEBOOK_BITS[format];
  return { values: codebooks, size, offset: 0, isShared: codebooks.length === size };
}

/** Of the codes from -size / 2, which stands for nothing: `0` and `+-2^(|code| - levels)`. */
function powers(size: number): Float32Array {
  const levels = size / 2 - 1;
  return Float32Array.from({ length: size }, (_, place) => {
    const code = place - size / 2;
    return Math.abs(code) > levels ? 0 : Math.sign(code) * 2 ** (Math.abs(code) - levels);
  });
}

function isIn<K extends string>(table: Readonly<Record<K, unknown>>, key: string): key is K {
  return Object.hasOwn(table, key);
}
