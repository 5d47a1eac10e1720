import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { firstChanged, TENSOR_TYPES, type TfjsData } from '../onnx/tensor-types';
import {
  ARRAY_TYPES,
  type ArrayType,
  decodeElements,
  encodeElements,
  tensorTypeOf,
} from './element-types';

/** An array as a file holds it: row-major, little-endian. */
export interface StoredArray {
  readonly type: ArrayType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** How many elements an array of a shape has. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/**
 * A tfjs tensor of an array: floats become float32, integers int32, booleans bool.
 * @param name Of the array, for errors.
 * @throws HalfnoteError `array-out-of-range` where a number is none of the tensor's type.
 */
export function tensorOf({ type, shape, bytes }: StoredArray, name: string): tf.Tensor {
  const { toTfjs, gives } = tensorTypeOf(type);
  const data = decodeElements(type, bytes);
  const values = toTfjs(data);
  const place = firstChanged(data, values, gives !== 'float32');
  if (place >= 0) {
    throw new HalfnoteError(
      'array-out-of-range',
      `Value ${place} of ${name} is ${String(data[place])} (${type}), which tfjs has no tensor for: its ${gives} holds ${TENSOR_TYPES[gives]?.holds ?? ''}.`,
      'Write the array again with numbers in that range.',
    );
  }
  return tf.tensor(values, [...shape], gives);
}

/**
 * A tensor as a file is to hold it.
 * @param type Unless given as the tensor is: float32, int32 or bool.
 * @throws HalfnoteError `unsupported-array-type`, `array-out-of-range` where a value isn't of the type.
 */
export function storedOf(tensor: tf.Tensor, name: string, type?: ArrayType): StoredArray {
  const { dtype, shape } = tensor;
  const chosen = type ?? dtype;
  if (!Object.hasOwn(ARRAY_TYPES, chosen)) throw noType(name, chosen);
  const stored = chosen as ArrayType;
  const { takes } = tensorTypeOf(stored);
  if (!takes.includes(dtype)) {
    throw new HalfnoteError(
      'unsupported-array-type',
      `${name} is to be ${stored}, which is made of ${takes.join(' or ')}, not of a ${dtype} tensor.`,
      `Convert it where that is meant: tf.cast(x, '${takes[0] ?? ''}').`,
    );
  }
  const values = tensor.dataSync() as TfjsData;
  const bytes = encodeElements(stored, values);
  const place = firstChanged(values, decodeElements(stored, bytes), dtype !== 'float32');
  if (place >= 0) {
    throw new HalfnoteError(
      'array-out-of-range',
      `Value ${place} of ${name} is ${String(values[place])}, which ${stored} doesn't hold.`,
      'Take a wider type, or bring the values into its range first.',
    );
  }
  return { type: stored, shape, bytes };
}

function noType(name: string, type: string): HalfnoteError {
  return new HalfnoteError(
    'unsupported-array-type',
    `${name} can't be written as ${type}. Allowed: ${Object.keys(ARRAY_TYPES).join(', ')}.`,
  );
}
