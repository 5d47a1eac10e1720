import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** The same value, whose gradient is multiplied by `scale`: also where it is no scalar. */
export function withScaledGradient(value: Tensor, scale: number): Tensor {
  const scaled = tf.customGrad((...args) => {
    const [input] = args as [Tensor];
    return { value: tf.clone(input), gradFunc: (dy: Tensor) => tf.mul(dy, scale) };
  });
  return scaled(value);
}
