import * as tf from '@tensorflow/tfjs';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';

/** Keeps a norm of zero from dividing by zero; PyTorch's value. */
const NORM_EPSILON = 1e-6;

/**
 * Scales all gradients by one factor such that the norm over all of them is at most `maxNorm`: PyTorch's
 * `clip_grad_norm_`. Clip what is unscaled. Nothing is read back; the gradients given stay as they are.
 * @returns New gradients, and the norm before as a scalar tensor.
 * @throws HalfnoteError `invalid-clip` for a limit that isn't > 0.
 */
export function clipByGlobalNorm(
  gradients: NamedTensorMap,
  maxNorm: number,
): { readonly gradients: NamedTensorMap; readonly norm: tf.Scalar } {
  positive('maxNorm', maxNorm);
  return tf.tidy(() => {
    const norm = globalNorm(Object.values(gradients));
    const factor = tf.minimum(tf.div(maxNorm, tf.add(norm, NORM_EPSILON)), 1);
    return { gradients: each(gradients, (gradient) => tf.mul(gradient, factor)), norm };
  });
}

/** Limits each element to [-limit, limit]: PyTorch's `clip_grad_value_`. See {@link clipByGlobalNorm}. */
export function clipByValue(gradients: NamedTensorMap, limit: number): NamedTensorMap {
  positive('limit', limit);
  return tf.tidy(() => each(gradients, (gradient) => tf.clipByValue(gradient, -limit, limit)));
}

/** Limits the norm of each gradient by itself: Keras's `clipnorm`. See {@link clipByGlobalNorm}. */
export function clipByNorm(gradients: NamedTensorMap, maxNorm: number): NamedTensorMap {
  positive('maxNorm', maxNorm);
  return tf.tidy(() =>
    each(gradients, (gradient) => {
      const norm = globalNorm([gradient]);
      return tf.mul(gradient, tf.minimum(tf.div(maxNorm, tf.add(norm, NORM_EPSILON)), 1));
    }),
  );
}

function globalNorm(gradients: readonly Tensor[]): tf.Scalar {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  return tf.sqrt(squares.length > 0 ? tf.addN(squares) : tf.scalar(0)) as tf.Scalar;
}

function each(gradients: NamedTensorMap, change: (gradient: Tensor) => Tensor): NamedTensorMap {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, change(gradient)]),
  );
}

function positive(name: string, value: number): void {
  if (value > 0) return;
  throw new HalfnoteError('invalid-clip', `${name} is ${value}; allowed are numbers > 0.`);
}
