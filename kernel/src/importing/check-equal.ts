import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { type GraphModelGraph, keyOf, type Ref } from './read-graph';

/** As a share of an output's largest value: what float32 may lose where constants are joined. */
const TOLERANCE = 1e-4;
const OPEN_SIZE = 64;

/** An output in which layers and graph differ. */
export interface Difference {
  readonly output: string;
  /** Of the largest value; Infinity where only one is a finite number, undefined where the shapes differ. */
  readonly relative: number | undefined;
}

/**
 * Runs a graph and the layers made of it on the same noise.
 * @param rows That the layers take at once; the graph gets them one by one.
 * @returns the first output that differs; undefined where none does.
 * @throws what tfjs throws where the layers don't run.
 */
export function difference(
  model: tf.GraphModel,
  layers: tf.LayersModel,
  { inputs }: GraphModelGraph,
  outputs: readonly Ref[],
  rows: number,
): Difference | undefined {
  return tf.tidy(() => {
    const x = inputs.map(({ shape = [], dtype }, i) => {
      const [first, ...rest] = shape;
      const size = [rows > 1 ? rows : (first ?? 1), ...rest.map((n) => n ?? OPEN_SIZE)];
      const noise = tf.randomUniform(size, dtype === 'float32' ? -1 : 0, 1, 'float32', 17 + i);
      return dtype === 'float32' ? noise : tf.cast(tf.round(noise), dtype);
    });
    const actual = [layers.apply(x.length === 1 ? (x[0] as Tensor) : x)].flat() as Tensor[];
    const expected = Array.from({ length: rows }, (_, row) => {
      const feed = inputs.map(({ name }, i): [string, Tensor] => {
        const all = x[i] as Tensor;
        return [name, rows > 1 ? tf.slice(all, row, 1) : all];
      });
      return [model.execute(Object.fromEntries(feed), outputs.map(keyOf))].flat();
    });
    for (const [i, output] of outputs.entries()) {
      const parts = expected.map((results) => results[i] as Tensor);
      const wanted = rows > 1 ? tf.concat(parts, 0) : (parts[0] as Tensor);
      const relative = compare(actual[i] as Tensor, wanted);
      if (relative === undefined || relative > TOLERANCE) {
        return { output: keyOf(output), relative };
      }
    }
    return undefined;
  });
}

function compare(actual: Tensor, wanted: Tensor): number | undefined {
  if (String(actual.shape) !== String(wanted.shape)) return undefined;
  const [a, b] = [actual.dataSync(), wanted.dataSync()];
  let [largest, worst] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    const [given = 0, value = 0] = [a[i], b[i]];
    const [isNumber, isExpected] = [Number.isFinite(given), Number.isFinite(value)];
    if (Object.is(given, value) || (!isNumber && !isExpected)) continue;
    if (!isNumber || !isExpected) return Infinity;
    worst = Math.max(worst, Math.abs(given - value));
    largest = Math.max(largest, Math.abs(value));
  }
  return worst === 0 ? 0 : worst / (largest || 1);
}
