import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import type { WeightFormat, WeightCodes } from './quantized-graph';
import { type CodeScheme, decodeWeights, encodeWeights } from './weight-codes';

/** What the rows of embeddings can be kept in; `fp32` leaves them as they are. */
export const EMBEDDING_FORMATS = {
  fp32: true,
  bf16: true,
  fp16: true,
  int8: true,
  int4: true,
} as const satisfies Partial<Record<WeightFormat | 'fp32', true>>;
export type EmbeddingFormat = keyof typeof EMBEDDING_FORMATS;

/**
 * The table of a layer that looks rows up, as codes of `[width, rows]`: each row is a channel, so that the
 * product with a table that is tied can have the same codes.
 * @throws HalfnoteError `not-finite`.
 */
export function encodeTable(layer: tf.layers.Layer, scheme: CodeScheme): WeightCodes {
  const [table] = layer.getWeights();
  const [rows = 0, width = 0] = table?.shape ?? [];
  const values = table?.dataSync<'float32'>() ?? new Float32Array();
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new HalfnoteError(
      'not-finite',
      `Row ${Math.floor(bad / width)} of '${layer.name}' has ${String(values[bad])}; quantizing needs finite numbers.`,
    );
  }
  const { granularity } = scheme;
  const isRagged = typeof granularity === 'object' && width % granularity.group !== 0;
  const own = isRagged ? { ...scheme, granularity: 'per-channel' as const } : scheme;
  return encodeWeights(turned(values, rows, width), rows, own, layer.name);
}

/** Gives a layer the rows that the codes stand for. */
export function setTable(layer: tf.layers.Layer, codes: WeightCodes): void {
  const { depth: width, channels: rows } = codes;
  const values = tf.tensor(turned(decodeWeights(codes), width, rows), [rows, width]);
  layer.setWeights([values]);
  values.dispose();
}

/** [rows, columns] as [columns, rows]. */
function turned(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return out;
}
