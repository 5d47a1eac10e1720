import * as tf from '@tensorflow/tfjs';

export type Result = tf.Tensor | readonly tf.Tensor[];
export type Example = () => Result;

/** Numbers that every format holds, so that 16 bits change nothing of what is only moved. */
export const numbers = (): tf.Tensor2D =>
  tf.tensor2d([
    [0.5, -1.5, 2.5],
    [3, 0, -2],
  ]);
export const integers = (): tf.Tensor2D =>
  tf.tensor2d(
    [
      [1, -2, 3],
      [4, 0, -5],
    ],
    [2, 3],
    'int32',
  );
export const booleans = (): tf.Tensor2D =>
  tf.tensor2d(
    [
      [1, 0, 1],
      [1, 1, 0],
    ],
    [2, 3],
    'bool',
  );
export const complex = (): tf.Tensor => tf.complex(numbers(), tf.cast(integers(), 'float32'));
export const words = (): tf.Tensor1D => tf.tensor1d(['a b', 'ä', 'c  a'], 'string');
export const ints = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');
export const image = (): tf.Tensor4D => tf.reshape(tf.sub(tf.range(0, 32), 16), [1, 4, 4, 2]);
export const picture = (x: tf.Tensor): tf.Tensor4D => tf.reshape<tf.Rank.R4>(x, [1, 2, 3, 1]);
export const ones3 = (): tf.Tensor1D => tf.tensor1d([1, 1, 1]);
export const square = (): tf.Tensor4D => tf.reshape(tf.range(0, 16), [1, 4, 4, 1]);
export const volume = (): tf.Tensor5D => tf.reshape(tf.sub(tf.range(0, 54), 20), [1, 3, 3, 3, 2]);
export const boxes = (): tf.Tensor2D =>
  tf.tensor2d([
    [0, 0, 1, 1],
    [0, 0, 1, 0.875],
    [2, 2, 3, 3],
  ]);
export const scores = (): tf.Tensor1D => tf.tensor1d([0.875, 0.75, 0.625]);
export const named = (results: object): tf.Tensor[] => Object.values(results) as tf.Tensor[];

/** An op of one tensor on each type that tfjs takes it for. */
export function onTypes(
  name: string,
  op: (x: tf.Tensor2D) => Result,
  types: Readonly<Record<string, () => tf.Tensor2D>> = { numbers, integers, booleans },
): Readonly<Record<string, Example>> {
  return Object.fromEntries(
    Object.entries(types).map(([type, make]) => [`${name} of ${type}`, () => op(make())]),
  );
}
