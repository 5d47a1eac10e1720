import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { castTo } from '../storage';
import { withPrecision } from '../../precision/scope';
import { loadBackend } from '../../start';
import { replaysNow, useShadow } from './both-ways.fixture';

useShadow();
beforeAll(() => {
  loadBackend();
});

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Ops that have kernels of several libraries, on sizes at which those differ in the order of their sums. */
const OPS: readonly [name: string, run: Op, ...shapes: number[][]][] = [
  ['softmax', (x) => tf.softmax(x as tf.Tensor2D), [64, 100]],
  ['softmax in four dimensions', (x) => tf.softmax(x as tf.Tensor4D), [4, 4, 64, 64]],
  ['a product', (x, y) => tf.matMul(x, y), [200, 300], [300, 250]],
  ['products in a batch', (x, y) => tf.matMul(x, y, false, true), [8, 100, 64], [8, 90, 64]],
  [
    'convolution',
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
    [8, 28, 28, 16],
    [3, 3, 16, 32],
  ],
  [
    'convolution of few channels',
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'valid'),
    [2, 15, 15, 1],
    [5, 5, 1, 6],
  ],
  [
    'depthwise convolution',
    (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
    [8, 28, 28, 32],
    [3, 3, 32, 1],
  ],
  [
    'convolution in three dimensions',
    (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'),
    [2, 9, 9, 9, 8],
    [3, 3, 3, 8, 16],
  ],
  ['average pooling', (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same'), [8, 29, 29, 16]],
  ['max pooling', (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'), [8, 29, 29, 16]],
  [
    'average pooling of volumes',
    (x) => tf.avgPool3d(x as tf.Tensor5D, 3, 2, 'same'),
    [2, 9, 9, 9, 8],
  ],
  ['transpose', (x) => tf.transpose(x, [0, 2, 1]), [8, 30, 40]],
  ['mean', (x) => tf.mean(x, -1), [64, 300]],
  ['exp, log and erf', (x) => tf.erf(tf.log(tf.add(tf.exp(x), 1))), [64, 300]],
];

describe.each(['fp32', 'bf16', 'fp16', 'tf32'])(
  'in %s a program takes the same kernel as',
  (format) => {
    it.each(OPS)('%s, forward and backward', (_, run, ...shapes) => {
      const start = replaysNow();
      for (let i = 0; i < 4; i++) {
        const inputs = shapes.map((shape) => tf.randomNormal(shape));
        // Else they are part of the program, which is new each time then.
        for (const input of inputs) tf.abs(input).dataSync();
        withPrecision(format, () => {
          tf.tidy(() => run(...inputs).dataSync());
          tf.tidy(() => {
            const gradients = tf.grads((...xs) => tf.sum(run(...xs)))(inputs);
            for (const gradient of gradients) gradient.dataSync();
          });
        });
        tf.dispose(inputs);
      }
      expect(replaysNow()).toBeGreaterThan(start);
    });
  },
);

describe.each(['bf16', 'fp16'] as const)(
  'on tensors in %s a program takes the same kernel as',
  (format) => {
    const kept: tf.Tensor[] = [];
    afterAll(() => {
      tf.dispose(kept);
    });

    it.each(OPS)('%s', (_, run, ...shapes) => {
      const start = replaysNow();
      for (let i = 0; i < 3; i++) {
        const inputs = shapes.map((shape) => tf.tidy(() => castTo(tf.randomNormal(shape), format)));
        kept.push(...inputs);
        for (const input of inputs) tf.abs(input).dataSync();
        tf.tidy(() => run(...inputs).dataSync());
      }
      expect(replaysNow()).toBeGreaterThan(start);
    });
  },
);
