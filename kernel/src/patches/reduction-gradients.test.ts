import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { onOp } from '../backend/load';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

const AXES: (number | number[] | undefined)[] = [undefined, 0, -1, [0, 2], [1], [0, 1, 2]];
const SHAPE = [2, 3, 4];

describe.each(['sum', 'mean'] as const)('the gradient of %s', (name) => {
  it.each(AXES.flatMap((axis) => [false, true].map((keepDims) => ({ axis, keepDims }))))(
    'agrees with differences for $axis, kept: $keepDims',
    ({ axis, keepDims }) => {
      const x = tf.randomUniform(SHAPE, -1, 1, 'float32', 5);
      const factor = tf.randomUniform(tf[name](x, axis, keepDims).shape, 1, 2, 'float32', 6);
      const loss = (input: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(tf[name](input, axis, keepDims), factor));
      const gradient = tf.grad(loss)(x);
      expect(gradient.shape).toEqual(SHAPE);
      const values = x.dataSync();
      gradient.dataSync().forEach((value, i) => {
        // The loss is linear, so that a whole step tells the slope.
        const stepped = Float32Array.from(values);
        stepped[i] = (stepped[i] ?? 0) + 1;
        const difference = tf.sub(loss(tf.tensor(stepped, SHAPE)), loss(x)).dataSync()[0];
        expect(value).toBeCloseTo(difference ?? NaN, 4);
      });
    },
  );

  it('has a gradient of its own', () => {
    const cubed = (x: tf.Tensor): tf.Tensor => tf[name](tf.pow(x, 3), [1]);
    const slope = tf.grad((x) => tf.sum(tf.square(tf.grad(cubed)(x))));
    const x = tf.tensor2d([[1, 2]]);
    // d/dx of (3 c x^2)^2, where c is a number's share of the reduction.
    const share = name === 'sum' ? 1 : 0.5;
    [36 * share ** 2, 288 * share ** 2].forEach((wanted, i) => {
      expect(slope(x).dataSync()[i]).toBeCloseTo(wanted, 3);
    });
  });

  it('takes nothing for an empty tensor', () => {
    expect(tf.grad((x) => tf.sum(tf[name](x, 1)))(tf.zeros([0, 3])).shape).toEqual([0, 3]);
  });

  it('multiplies by no ones', () => {
    const ops: string[] = [];
    const x = tf.ones([8, 8]);
    const dy = tf.ones([8]);
    const gradient = tf.grad((input) => tf[name](input, 1));
    const stop = onOp((op) => ops.push(op));
    gradient(x, dy);
    stop();
    expect(ops).not.toContain('Mul');
  });
});
