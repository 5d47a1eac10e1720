import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** Samples in a batch of one tensor per input. */
export function rowsOf(batch: readonly Tensor[]): number {
  return batch[0]?.shape[0] ?? 0;
}

/**
 * Batches of at most `rows` samples. A batch that is cut is freed when the next is asked for; one
 * that fits is the caller's own.
 */
export function* inBatches(
  batches: Iterable<readonly Tensor[]>,
  rows: number,
): Generator<readonly Tensor[]> {
  for (const batch of batches) {
    const count = rowsOf(batch);
    if (count <= rows) {
      yield batch;
      continue;
    }
    for (let start = 0; start < count; start += rows) {
      const part = batch.map((x) => tf.keep(tf.slice(x, start, Math.min(rows, count - start))));
      try {
        yield part;
      } finally {
        for (const tensor of part) tensor.dispose();
      }
    }
  }
}
