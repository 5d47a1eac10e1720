import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { hasNativeBackend } from '../../backend/load';
import { castTo, storageFormat } from '../../backend/storage';

/**
 * The same value, whose gradient is multiplied by what `factor` gives as it goes back: in fp32, so that
 * the product stays in range, and also where the value is no scalar.
 */
export function withScaledGradient(value: Tensor, factor: () => number): Tensor {
  const scaled = tf.customGrad((...args) => {
    const [input] = args as [Tensor];
    return {
      value: tf.clone(input),
      gradFunc: (dy: Tensor) => tf.mul(wide(dy), factor()),
    };
  });
  return scaled(value);
}

/** In fp32, whatever it is stored in. */
export function wide(tensor: Tensor): Tensor {
  const isLow = hasNativeBackend() && (storageFormat(tensor) ?? 'fp32') !== 'fp32';
  return isLow ? castTo(tensor, 'fp32') : tensor;
}
