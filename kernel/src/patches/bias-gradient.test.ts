import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onOp } from '../backend/load';
import { loadBackend } from '../start';
import { castTo, storageFormat } from '../backend/storage';

let device = '';
beforeAll(() => {
  ({ device } = loadBackend());
});

const asked: string[] = [];
let stop = (): void => undefined;
afterEach(() => {
  stop();
});

function sumOf(x: tf.Tensor, axis?: number | number[], keepDims = false): tf.Tensor {
  asked.length = 0;
  stop = onOp((name) => asked.push(name));
  return tf.sum(x, axis, keepDims);
}

/** Column sums in double precision. */
function columnSums(x: tf.Tensor): number[] {
  const columns = x.shape.at(-1) ?? 1;
  const sums = new Array<number>(columns).fill(0);
  x.dataSync().forEach((value, i) => {
    sums[i % columns] = (sums[i % columns] ?? 0) + value;
  });
  return sums;
}

describe('a sum over all axes but the last', () => {
  it.each([
    [[64, 48], 0],
    [[64, 48], [-2]],
    [
      [8, 9, 64],
      [1, 0],
    ],
    [
      [4, 5, 6, 33],
      [0, 1, 2],
    ],
  ])('of %j over %j is right, and made by the kernel for it', (shape, axis) => {
    const x = tf.randomUniform(shape, -1, 1, 'float32', 3);
    const sums = sumOf(x, axis);
    expect(asked).toEqual([device === 'cpu' ? 'BiasAddGrad' : 'Sum']);
    expect(sums.shape).toEqual(shape.slice(-1));
    const wanted = columnSums(x);
    sums.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i] ?? NaN, 4);
    });
  });

  it.each<[string, number[], tf.DataType, (number | number[])?, boolean?]>([
    ['all axes', [64, 64], 'float32'],
    ['the last axis', [64, 64], 'float32', 1],
    ['an inner axis', [64, 64, 64], 'float32', 1],
    ['kept axes', [64, 64], 'float32', 0, true],
    ['integers', [64, 64], 'int32', 0],
    ['few columns', [4096, 8], 'float32', 0],
    ['few rows', [8, 4096], 'float32', 0],
  ])('is left to the general kernel for %s', (_, shape, dtype, axis, keepDims) => {
    const ones = tf.ones(shape, dtype);
    const sums = sumOf(ones, axis, keepDims);
    expect(asked).toEqual(['Sum']);
    const each = ones.size / sums.size;
    expect(new Set(sums.dataSync())).toEqual(new Set([each]));
  });

  it.each(['bf16', 'fp16'] as const)('stays in fp32 for %s', (format) => {
    const x = castTo(tf.ones([4096, 64]), format);
    const sums = sumOf(x, 0);
    expect(storageFormat(sums)).toBe('fp32');
    expect(new Set(sums.dataSync())).toEqual(new Set([4096]));
  });
});
