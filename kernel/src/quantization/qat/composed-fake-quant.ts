import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { asMatrix, codesOf, type FakeQuantKernels, type Grid } from './grid';

/**
 * The same in tfjs's ops, for backends without TensorFlow's, step by step as
 * `tensorflow/core/kernels/fake_quant_ops_functor.h` has it.
 */
export const COMPOSED: FakeQuantKernels = {
  forward: (x, min, max, grid) =>
    tf.tidy(() => {
      const { scale, low, high } = nudge(min, max, grid);
      const matrix = asMatrix(x, min);
      const steps = tf.mul(tf.sub(clamp(matrix, low, high), low), tf.div(1, scale));
      const rounded = tf.floor(tf.add(steps, 0.5));
      return tf.reshape(tf.add(tf.mul(rounded, scale), low), x.shape);
    }),
  backward: (dy, x, min, max, grid) =>
    tf.tidy(() => {
      const { low, high } = nudge(min, max, grid);
      const matrix = asMatrix(x, min);
      const gradient = asMatrix(dy, min);
      const below = tf.cast(tf.less(matrix, low), 'float32');
      const above = tf.cast(tf.greater(matrix, high), 'float32');
      const inside = tf.sub(tf.sub(1, below), above);
      const axes = min.rank === 0 ? undefined : [0];
      return [
        tf.reshape(tf.mul(gradient, inside), x.shape),
        tf.sum(tf.mul(gradient, below), axes),
        tf.sum(tf.mul(gradient, above), axes),
      ];
    }),
};

/** The range moved by less than a step, so that 0 is one of its codes, and the step. */
function nudge(min: Tensor, max: Tensor, grid: Grid): { scale: Tensor; low: Tensor; high: Tensor } {
  const codes = codesOf(grid);
  const scale = tf.div(tf.sub(max, min), codes.high - codes.low);
  const wanted = tf.sub(codes.low, tf.div(min, scale));
  const rounded = tf.floor(tf.add(wanted, 0.5));
  const zero = tf.clipByValue(rounded, codes.low, codes.high);
  return {
    scale,
    low: tf.mul(tf.sub(codes.low, zero), scale),
    high: tf.mul(tf.sub(codes.high, zero), scale),
  };
}

function clamp(x: Tensor, low: Tensor, high: Tensor): Tensor {
  return tf.maximum(tf.minimum(x, high), low);
}
