import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** How large a value's channels, its last axis, are over all batches. */
export interface ChannelSizes {
  readonly meanAbs: Float64Array;
  readonly maxAbs: Float64Array;
}

export function channelSizes(batches: readonly Tensor[]): ChannelSizes {
  const channels = batches[0]?.shape.at(-1) ?? 0;
  const sums = new Float64Array(channels);
  const maxAbs = new Float64Array(channels);
  let rows = 0;
  for (const x of batches) {
    const { sum, max } = tf.tidy(() => {
      const sizes = tf.abs(tf.reshape(x, [-1, channels]));
      return { sum: tf.sum(sizes, 0), max: tf.max(sizes, 0) };
    });
    sum.dataSync<'float32'>().forEach((value, c) => (sums[c] = (sums[c] ?? 0) + value));
    max.dataSync<'float32'>().forEach((value, c) => {
      maxAbs[c] = Math.max(maxAbs[c] ?? 0, value);
    });
    tf.dispose([sum, max]);
    rows += x.size / Math.max(1, channels);
  }
  return { meanAbs: sums.map((sum) => sum / Math.max(1, rows)), maxAbs };
}
