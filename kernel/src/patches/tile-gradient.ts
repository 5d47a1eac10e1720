import * as tf from '@tensorflow/tfjs';
import { gradientPatch, type Patch } from './patch';

/**
 * One reshape and one sum: layer normalization tiles its statistics and its weights, which made 20,000 ops
 * of a step of a transformer with 4 blocks. Second derivatives work: the ops are differentiable.
 */
export const tileGradient: Patch = gradientPatch(
  { member: 'Tile', why: 'tfjs adds up one slice per repetition.' },
  (original) => (dy, saved, attributes) => {
    const [x] = saved;
    if (x === undefined || Array.isArray(dy)) return original(dy, saved, attributes);
    const { reps } = attributes as unknown as tf.TileAttrs;
    return { x: () => sumOfTiles(dy, x.shape, reps) };
  },
);

/**
 * @param dy shape[i] * reps[i] numbers along axis i
 * @returns the sum over all tiles, of the given shape
 */
function sumOfTiles(dy: tf.Tensor, shape: readonly number[], reps: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    // Axes that aren't repeated stay with the one before: TensorFlow's kernels end at rank 8.
    const split: number[] = [];
    const repeated: number[] = [];
    let joins = false;
    shape.forEach((size, axis) => {
      const times = reps[axis] ?? 1;
      if (times !== 1) {
        repeated.push(split.length);
        split.push(times, size);
      } else if (joins) {
        split.push((split.pop() ?? 1) * size);
      } else {
        split.push(size);
      }
      joins = true;
    });
    return tf.reshape(tf.sum(tf.reshape(dy, split), repeated), shape.slice());
  });
}
