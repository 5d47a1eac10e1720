import { TFJS_TYPES, WEIGHT_FORMATS } from '../../formats/names';
import type { Said } from '../../formats/uses';
import type { WeightFormat } from '../../graph/quantized-graph';

export type StockWeights = Said<'tfjs'>;
export type TfjsWeights = StockWeights | WeightFormat;

/** How weights are kept in the file: tfjs reads `stock` ones itself, `own` ones `loadTfjs` does. */
export const TFJS_WEIGHTS = Object.fromEntries([
  ...TFJS_TYPES.map((type) => [type, 'stock']),
  ...WEIGHT_FORMATS.map((format) => [format, 'own']),
]) as Readonly<Record<TfjsWeights, 'stock' | 'own'>>;

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
 * then float32 scales, row-major `[ceil(depth / groupSize), channels]`, of MX formats E8M0 codes; of
 * `codebook` formats not scales but the codebooks, row-major `[codebooks, 2^bits]`.
 */
export interface OwnQuantization {
  readonly dtype: `${typeof OWN}${WeightFormat}`;
  readonly original_dtype: 'float32';
  readonly depth: number;
  readonly channels: number;
  readonly groupSize: number;
  /** Of `codebook` formats: 1, or one for each `[depth / groupSize, channels]`. */
  readonly codebooks?: number;
  /** Floats that were cast: there are no scales. */
  readonly unscaled?: true;
  /** Of `nf4`: the scales are codes in turn. */
  readonly doubleQuantized?: true;
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
