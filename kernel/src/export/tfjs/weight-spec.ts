import type { WeightFormat } from '../../graph/quantized-graph';

/** How weights are kept in the file. tfjs reads the first four itself; the others `loadTfjs` does. */
export const TFJS_WEIGHTS = {
  float32: 'stock',
  float16: 'stock',
  uint16: 'stock',
  uint8: 'stock',
  int8: 'own',
  int4: 'own',
  int3: 'own',
  int2: 'own',
  ternary: 'own',
  binary: 'own',
  log4: 'own',
  log3: 'own',
  codebook4: 'own',
  codebook3: 'own',
  codebook2: 'own',
} as const satisfies Readonly<
  Record<'float32' | 'float16' | 'uint16' | 'uint8' | WeightFormat, 'stock' | 'own'>
>;

export type TfjsWeights = keyof typeof TFJS_WEIGHTS;
export type StockWeights = Exclude<TfjsWeights, WeightFormat>;

/** tfjs's own entry: `v * scale + min`, or float16. */
export interface StockQuantization {
  readonly dtype: 'uint8' | 'uint16' | 'float16';
  readonly original_dtype: 'float32';
  readonly scale?: number;
  readonly min?: number;
}

/** The prefix that makes tfjs refuse what it cannot read, by a name that says who can. */
export const OWN = 'halfnote:';

/**
 * Our entry. The weight's bytes are the packed codes, the first in the lowest bits and whole bytes,
 * then float32 scales, row-major `[depth / groupSize, channels]`; of `codebook` formats not scales but
 * the codebooks, row-major `[codebooks, 2^bits]`.
 */
export interface OwnQuantization {
  readonly dtype: `${typeof OWN}${WeightFormat}`;
  readonly original_dtype: 'float32';
  readonly depth: number;
  readonly channels: number;
  readonly groupSize: number;
  /** Of `codebook` formats: 1, or one for each `[depth / groupSize, channels]`. */
  readonly codebooks?: number;
}

/** One weight in `model.json`. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: StockQuantization | OwnQuantization;
}

export interface EncodedWeight {
  readonly spec: WeightSpec;
  readonly bytes: Uint8Array;
}

export function elements({ shape }: Pick<WeightSpec, 'shape'>): number {
  return shape.reduce((a, b) => a * b, 1);
}
