import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

it.each([{ scale: false }, { center: false }, { scale: false, center: false }])(
  'batch normalization with %o trains',
  async (options) => {
    const layer = tf.layers.batchNormalization({ ...options, epsilon: 0, inputShape: [2] });
    const model = tf.sequential({ layers: [layer] });
    const x = tf.tensor([
      [1, 4],
      [3, 0],
    ]);
    const y = model.apply(x, { training: true }) as Tensor;
    expect(y.arraySync()).toEqual([
      [-1, 1],
      [1, -1],
    ]);
    const names = layer.trainableWeights.map(({ originalName }) => originalName);
    expect(names).toHaveLength(2 - Object.keys(options).length);
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    if (names.length === 0) return;
    const before = layer.trainableWeights.map((weight) => [...weight.read().dataSync()]);
    await model.trainOnBatch(
      x,
      tf.tensor([
        [5, 5],
        [6, 6],
      ]),
    );
    const after = layer.trainableWeights.map((weight) => [...weight.read().dataSync()]);
    expect(after).not.toEqual(before);
  },
);
