import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { native } from './binding';
import type { StorageFormat } from './contract';
import { codeOf, formatOf } from './dtypes';
import { hasNativeBackend } from './load';
import { castHandle, handleOf, nativeDtype, tensorFromHandle } from './raw';

/** The format a float tensor is stored in; undefined for integers, booleans, strings and complex. */
export function storageFormat(tensor: Tensor): StorageFormat | undefined {
  if (!hasNativeBackend()) return tensor.dtype === 'float32' ? 'fp32' : undefined;
  return formatOf(nativeDtype(tensor));
}

/**
 * The tensor's values in another storage format, rounded to nearest even; JS dtype stays `float32`.
 * Differentiable: the gradient comes back in the format of the input. Throws `not-a-float` for others.
 */
export function castTo<T extends Tensor>(tensor: T, format: StorageFormat): T {
  const from = storageFormat(tensor);
  if (from === undefined) {
    throw new HalfnoteError(
      'not-a-float',
      `A tensor of dtype ${tensor.dtype} can't be stored in ${format}: only float32 tensors can.`,
    );
  }
  if (from === format) return tf.clone(tensor);
  native();
  const convert = tf.customGrad((...args) => {
    const [input] = args as [Tensor];
    return {
      value: stored(input, format),
      gradFunc: (dy: Tensor) => (storageFormat(dy) === from ? tf.clone(dy) : stored(dy, from)),
    };
  });
  return convert(tensor) as T;
}

/** A new tensor stored in `format`, outside of the gradient tape. */
function stored(tensor: Tensor, format: StorageFormat): Tensor {
  const from = nativeDtype(tensor);
  const code = codeOf(format);
  return tensorFromHandle({
    id: castHandle(handleOf(tensor), from, code),
    shape: tensor.shape.slice(),
    dtype: code,
  });
}
