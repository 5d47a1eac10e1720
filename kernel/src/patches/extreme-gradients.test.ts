import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { withPrecision } from '../precision/scope';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

describe.each(['max', 'min'] as const)('the gradient of %s', (name) => {
  const sign = name === 'max' ? 1 : -1;

  test.each(['fp32', 'bf16'])('is shared by equal values, in %s', (format) => {
    const x = tf.tensor3d(
      [1, 3, 3, 0, 2, 2, 2, 2, -1, 7, 7, 7].map((v) => sign * v),
      [1, 3, 4],
    );
    const along = (axis: number | number[] | undefined, dy: tf.Tensor): number[] => [
      ...withPrecision(format, () => tf.grad((at) => tf[name](at, axis))(x, dy)).dataSync(),
    ];
    const rows = along(-1, tf.tensor2d([[2, 4, 3]]));
    expect(rows).toEqual([0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1]);
    expect(along([1, 2], tf.tensor1d([6]))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2]);
    expect(along(undefined, tf.scalar(3))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
  });
});
