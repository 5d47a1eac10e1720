import type * as tf from '@tensorflow/tfjs';
import { GraphOp } from '../layers/graph-op';

interface Input {
  readonly shape: readonly (number | null)[];
}

/**
 * How many rows a model takes at once: those that its inputs say where ops of a graph are in it, which
 * may mix the rows of a batch; any number of every other model.
 */
export function rowsAtOnce(inputs: readonly Input[], layers: Iterable<tf.layers.Layer>): number {
  const rows = inputs[0]?.shape[0];
  if (typeof rows !== 'number') return Infinity;
  return [...layers].some((layer) => layer instanceof GraphOp) ? rows : Infinity;
}
