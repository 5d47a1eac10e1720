import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError, nearest } from '../errors';
import { roundTo } from '../formats/arrays';
import { FORMATS } from '../formats/table';
import type { StorageFormat } from './contract';
import { codeOf, formatOf, STORAGE_FORMATS } from './dtypes';
import { hasNativeBackend } from './load';
import { castHandle, handleOf, nativeDtype, tensorFromHandle } from './raw';

/** The format a float tensor is stored in; undefined for integers, booleans, strings and complex. */
export function storageFormat(tensor: Tensor): StorageFormat | undefined {
  if (!hasNativeBackend()) return tensor.dtype === 'float32' ? 'fp32' : undefined;
  return formatOf(nativeDtype(tensor));
}

/**
 * The tensor's values in another storage format, rounded to nearest even; JS dtype stays `float32`.
 * Differentiable: the gradient comes back in the format of the input. Under wasm, which stores fp32
 * only, the values are rounded all the same. Throws `not-a-float` for other dtypes, `unknown-format`
 * for other formats.
 */
export function castTo<T extends Tensor>(tensor: T, format: StorageFormat): T {
  if (!STORAGE_FORMATS.includes(format)) throw notStored(format);
  const from = storageFormat(tensor);
  if (from === undefined) {
    throw new HalfnoteError(
      'not-a-float',
      `A tensor of dtype ${tensor.dtype} can't be stored in ${format}: only float32 tensors can.`,
    );
  }
  if (from === format) return tf.clone(tensor);
  if (!hasNativeBackend()) return rounded(tensor, format);
  const convert = tf.customGrad((...args) => {
    const [input] = args as [Tensor];
    return {
      value: stored(input, format),
      gradFunc: (dy: Tensor) => (storageFormat(dy) === from ? tf.clone(dy) : stored(dy, from)),
    };
  });
  return convert(tensor) as T;
}

function notStored(format: unknown): HalfnoteError {
  const near = typeof format === 'string' ? nearest(format, STORAGE_FORMATS, 1) : [];
  return new HalfnoteError(
    'unknown-format',
    `${inspect(format, { depth: 0 })} is not a format that tensors can be stored in; ` +
      `allowed are ${STORAGE_FORMATS.join(', ')}.`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined,
  );
}

/** Without 16-bit storage: the values rounded to the format, stored in fp32. Its gradient is as above. */
function rounded<T extends Tensor>(tensor: T, format: StorageFormat): T {
  const convert = tf.customGrad((...args) => {
    const [input] = args as [Tensor];
    const values = roundTo(FORMATS[format], input.dataSync<'float32'>());
    return { value: tf.tensor(values, input.shape), gradFunc: (dy: Tensor) => tf.clone(dy) };
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
