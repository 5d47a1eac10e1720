import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

const X = [0, 1, -2, 3];

/** What is true or false of numbers, by the op that says it. */
const CONDITIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  greater: (x) => tf.greater(x, 0),
  greaterEqual: (x) => tf.greaterEqual(x, 0),
  less: (x) => tf.less(x, 0),
  lessEqual: (x) => tf.lessEqual(x, 0),
  equal: (x) => tf.equal(x, 0),
  notEqual: (x) => tf.notEqual(x, 0),
  isNaN: (x) => tf.isNaN(x),
  isFinite: (x) => tf.isFinite(x),
  isInf: (x) => tf.isInf(x),
  logicalNot: (x) => tf.logicalNot(tf.cast(x, 'bool')),
  logicalAnd: (x) => tf.logicalAnd(tf.greater(x, 0), tf.less(x, 2)),
  logicalOr: (x) => tf.logicalOr(tf.greater(x, 0), tf.less(x, -1)),
  logicalXor: (x) => tf.logicalXor(tf.greater(x, 0), tf.less(x, 2)),
  any: (x) => tf.any(tf.notEqual(x, 0), 0, true),
  all: (x) => tf.all(tf.notEqual(x, 0), 0, true),
  // Its slope at 0 is infinite: nothing may come back this way.
  'greater of a root': (x) => tf.greater(tf.sqrt(tf.abs(x)), 1),
};

it.each(Object.entries(CONDITIONS))('where %s chooses, the chosen get the gradient', (_, is) => {
  const x = tf.tensor1d(X);
  const chosen = [...tf.cast(tf.logicalAnd(is(x), tf.ones([4], 'bool')), 'float32').dataSync()];
  const expected = chosen.map((one) => (one === 1 ? 3 : 1));
  const before = tf.memory().numTensors;
  const gradients = [
    tf.grad((y) => tf.where(tf.logicalAnd(is(y), tf.ones([4], 'bool')), tf.mul(y, 3), y))(x),
    tf.grad((y) => tf.mul(y, tf.add(tf.mul(tf.cast(is(y), 'float32'), 2), 1)))(x),
  ];
  for (const gradient of gradients) expect([...gradient.dataSync()]).toEqual(expected);
  tf.dispose(gradients);
  expect(tf.memory().numTensors).toBe(before);
});

it('layers that look at their values train', () => {
  const layers = [tf.layers.thresholdedReLU({ theta: 0 }), tf.layers.masking()];
  for (const layer of layers) {
    const gradient = tf.grad((x) => layer.apply(x) as Tensor)(
      tf.tensor([
        [
          [0, 1],
          [0, 0],
        ],
      ]),
    );
    const expected = layer.getClassName() === 'Masking' ? [1, 1, 0, 0] : [0, 1, 0, 0];
    expect([...gradient.dataSync()]).toEqual(expected);
  }
});
