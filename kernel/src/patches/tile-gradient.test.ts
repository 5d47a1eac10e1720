import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { onOp } from '../backend/load';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

/** What backpropagation must give: each element's gradient, added up over the places it was copied to. */
function scattered(dy: tf.Tensor, shape: readonly number[]): number[] {
  const sums = new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0);
  const values = dy.dataSync();
  values.forEach((value, flat) => {
    let rest = flat;
    let target = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = dy.shape[axis] ?? 1;
      const size = shape[axis] ?? 1;
      target += ((rest % length) % size) * stride;
      rest = Math.floor(rest / length);
      stride *= size;
    }
    sums[target] = (sums[target] ?? 0) + value;
  });
  return sums;
}

describe('the gradient of tile', () => {
  it.each([
    { shape: [3], reps: [4] },
    { shape: [2, 3], reps: [1, 1] },
    { shape: [2, 3], reps: [5, 1] },
    { shape: [2, 1, 3], reps: [1, 7, 2] },
    { shape: [2, 3, 1, 2], reps: [2, 1, 3, 2] },
    { shape: [1, 2, 1, 2, 1], reps: [2, 1, 2, 3, 2] },
  ])('adds up the copies of $shape repeated $reps times', ({ shape, reps }) => {
    const dy = tf.randomUniform(
      shape.map((size, axis) => size * (reps[axis] ?? 1)),
      0,
      1,
      'float32',
      7,
    );
    const gradient = tf.grad((x) => tf.tile(x, reps))(tf.ones(shape), dy);
    expect(gradient.shape).toEqual(shape);
    const wanted = scattered(dy, shape);
    gradient.dataSync().forEach((value, index) => {
      expect(value).toBeCloseTo(wanted[index] ?? NaN, 4);
    });
  });

  it('takes as many ops for 500 repetitions as for 2', () => {
    const ops = (reps: number): number => {
      let count = 0;
      const stop = onOp(() => {
        count += 1;
      });
      tf.grad((x) => tf.tile(x, [reps, 1]))(tf.ones([1, 4]));
      stop();
      return count;
    };
    expect(ops(500)).toBe(ops(2));
  });

  it('has a gradient itself', () => {
    const cube = (x: tf.Tensor): tf.Tensor => tf.pow(tf.tile(x, [3]), 3);
    const second = tf.grad((x) => tf.grad(cube)(x));
    // 3 copies of x^3, twice differentiated: 18 x.
    expect(second(tf.tensor1d([1, 2])).arraySync()).toEqual([18, 36]);
  });
});
