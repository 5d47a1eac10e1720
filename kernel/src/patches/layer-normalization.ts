import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/**
 * Mean 0 and variance 1 along the last axis (Ba et al. 2016), statistics in fp32 under every policy.
 * The gradient is written out: with the normalized x^ and r = 1 / sqrt(variance + epsilon) it is
 * r (dy - mean(dy) - x^ mean(dy x^)).
 *
 * @param x [..., width]
 * @returns The same shape.
 */
export function normalizeLastAxis(x: Tensor, epsilon: number): Tensor {
  return tf.customGrad((input, save) => {
    const centered = tf.sub(input as Tensor, tf.mean(input as Tensor, -1, true));
    const variance = tf.mean(tf.square(centered), -1, true);
    const factor = tf.rsqrt(tf.add(variance, epsilon));
    const unit = tf.mul(centered, factor);
    (save as (tensors: Tensor[]) => void)([unit, factor]);
    return {
      value: unit,
      gradFunc: (dy: Tensor, [saved, factors]: Tensor[]) => {
        const [normalized, r] = [saved as Tensor, factors as Tensor];
        const along = tf.mean(tf.mul(dy, normalized), -1, true);
        const rest = tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), tf.mul(normalized, along));
        return tf.mul(rest, r);
      },
    };
  })(x);
}
