import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../../start';
import { QUIET } from '../../precision/quiet.fixture';
import { quantize } from '../quantize';
import { compareQat } from './compare';
import { convertQat } from './convert';
import { prepareQat } from './prepare';

loadBackend();

interface Part {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

/** scikit-learn's 1,797 handwritten digits: every fifth one is for testing. */
function loadDigits(): { readonly train: Part; readonly test: Part } {
  const rows = gunzipSync(readFileSync(resolve('notebooks/data/digits.csv.gz')))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  const part = (chosen: number[][]): Part => ({
    x: tf.div(tf.tensor(chosen.map((row) => row.slice(0, 64))).reshape([-1, 8, 8, 1]), 16),
    y: tf.cast(
      tf.oneHot(
        chosen.map((row) => row[64] ?? 0),
        10,
      ),
      'float32',
    ),
  });
  return {
    train: part(rows.filter((_, i) => i % 5 !== 0)),
    test: part(rows.filter((_, i) => i % 5 === 0)),
  };
}

const digits = loadDigits();
const seeded = (seed: number) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });

const NETWORKS = {
  perceptron: () => [
    tf.layers.flatten({ inputShape: [8, 8, 1] }),
    tf.layers.dense({ units: 64, activation: 'relu', ...seeded(1) }),
    tf.layers.dense({ units: 10, activation: 'softmax', ...seeded(2) }),
  ],
  'convolutional network': () => [
    tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 12, kernelSize: 3, ...seeded(3) }),
    tf.layers.batchNormalization({ momentum: 0.9 }),
    tf.layers.reLU(),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 10, activation: 'softmax', ...seeded(4) }),
  ],
};

async function fit(model: tf.LayersModel, epochs: number, rate = 0.005): Promise<void> {
  model.compile({ optimizer: tf.train.adam(rate), loss: 'categoricalCrossentropy' });
  const { x, y } = digits.train;
  await model.fit(x, y, { epochs, batchSize: 64, shuffle: false, verbose: QUIET });
}

function accuracy(model: { predict(x: tf.Tensor): tf.Tensor | tf.Tensor[] }): number {
  const [share = NaN] = tf.tidy(() => {
    const [output] = [model.predict(digits.test.x)].flat() as [tf.Tensor];
    return tf.mean(tf.equal(tf.argMax(output, -1), tf.argMax(digits.test.y, -1))).dataSync();
  });
  return share;
}

describe.each(Object.entries(NETWORKS))('digits: the %s', (_, layers) => {
  test('loses with 2-bit weights rounded after training, and not when trained for them', async () => {
    const model = tf.sequential({ layers: layers() });
    await fit(model, 6);
    const rounded = await quantize(model, { weights: 'int2' });
    const trained: Record<string, number> = {};
    for (const weights of ['int4', 'int2'] as const) {
      const qat = prepareQat(model, {
        weights,
        scaleRule: weights === 'int2' ? 'learned' : 'absmax/127',
      });
      await fit(qat, 3, 0.001);
      const small = await convertQat(qat);
      trained[weights] = accuracy(small);
      // The integer model is what was trained.
      expect(Math.abs(accuracy(qat) - accuracy(small))).toBeLessThan(0.006);
      if (weights === 'int4') {
        const comparison = await compareQat(qat, digits.test.x);
        expect(comparison.largest).toBeLessThanOrEqual(1);
        expect(comparison.different / comparison.codes).toBeLessThan(0.02);
      }
      small.dispose();
    }
    await fit(model, 3, 0.001);
    const float = accuracy(model);
    expect(float).toBeGreaterThan(0.9);
    expect(trained['int4']).toBeGreaterThan(float - 0.015);
    expect(accuracy(rounded)).toBeLessThan(float - 0.1);
    expect(trained['int2']).toBeGreaterThan(accuracy(rounded) + 0.1);
    rounded.dispose();
  });
});
