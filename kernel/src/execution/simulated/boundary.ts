import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { AffineParams } from '../../integer/affine';
import type { Affine, Codes, Result } from '../value';

/** The codes as the integer values of float32 tensors: for backends without integers. */
export class SimulatedAffine implements Affine {
  constructor(readonly params: AffineParams) {}

  quantize(x: Tensor): Result {
    return { kind: 'integers', tensor: tf.tidy(() => quantizeTensor(x, this.params)) };
  }

  dequantize(result: Result): Tensor {
    if (result.kind !== 'integers') throw new TypeError('integer values are needed');
    return tf.tidy(() => dequantizeTensor(result.tensor, this.params));
  }

  toCodes(): Codes {
    throw new TypeError('this backend has no native codes');
  }

  toIntegers(): Tensor {
    throw new TypeError('this backend has no native codes');
  }
}

/** `clamp(roundHalfEven(x / scale) + zeroPoint, 0, 255)`, in float32. */
export function quantizeTensor(x: Tensor, { scale, zeroPoint }: AffineParams): Tensor {
  const rounded = tf.round(tf.div(tf.cast(x, 'float32'), tf.scalar(scale)));
  return tf.clipByValue(tf.add(rounded, zeroPoint), 0, 255);
}

/** `(q - zeroPoint) * scale`. */
export function dequantizeTensor(q: Tensor, { scale, zeroPoint }: AffineParams): Tensor {
  return tf.mul(tf.sub(q, zeroPoint), tf.scalar(scale));
}
