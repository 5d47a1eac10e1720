import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Saver } from './grid';

export interface StraightThroughOptions {
  /** Gradients pass where `x` is at least this. Default: everywhere. */
  readonly min?: number;
  /** Gradients pass where `x` is at most this. Default: everywhere. */
  readonly max?: number;
}

/**
 * A function whose gradient would be 0 almost everywhere, as that of rounding, with the gradient of
 * the identity in its place (Bengio et al., 2013), clipped to a range where one is given.
 * `straightThrough(tf.sign, { min: -1, max: 1 })` is the binarization of Courbariaux et al., 2016.
 */
export function straightThrough(
  forward: (x: Tensor) => Tensor,
  { min = -Infinity, max = Infinity }: StraightThroughOptions = {},
): (x: Tensor) => Tensor {
  return tf.customGrad((...args) => {
    const [x, save] = args as [Tensor, Saver];
    const clipped = min > -Infinity || max < Infinity;
    if (clipped) save([x]);
    return {
      value: tf.tidy(() => forward(x)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [source] = saved;
        return source === undefined ? tf.clone(dy) : tf.mul(dy, inside(source, min, max));
      },
    };
  });
}

function inside(x: Tensor, min: number, max: number): Tensor {
  const both = tf.logicalAnd(tf.greaterEqual(x, min), tf.lessEqual(x, max));
  return tf.cast(both, 'float32');
}
