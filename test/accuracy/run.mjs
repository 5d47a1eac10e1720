#!/usr/bin/env node
/**
 * The handwritten digits, trained by the library in a plain Node.js process: bf16, fp16 and INT8 are
 * within one percentage point of fp32, in the mean over three seeds.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../../scripts/lib/paths.mjs';
import { runCases } from '../lib/cases.mjs';

const require = createRequire(import.meta.url);
const { ensureBackend, quantize, withPrecision } = require(join(root, 'kernel/dist/index.js'));
await ensureBackend();
const tf = require('@tensorflow/tfjs');

const SEEDS = [1, 2, 3];
const rows = gunzipSync(readFileSync(join(root, 'notebooks/data/digits.csv.gz')))
  .toString()
  .trim()
  .split('\n')
  .map((line) => line.split(',').map(Number));
const toTensors = (part) => ({
  x: tf.tidy(() =>
    tf
      .tensor(part.map((row) => row.slice(0, 64)))
      .reshape([-1, 8, 8, 1])
      .div(16),
  ),
  y: tf.tidy(() =>
    tf
      .oneHot(
        part.map((row) => row[64]),
        10,
      )
      .toFloat(),
  ),
});
const train = toTensors(rows.filter((_, i) => i % 5 !== 0));
const test = toTensors(rows.filter((_, i) => i % 5 === 0));

const glorot = (seed) => tf.initializers.glorotUniform({ seed });
const networks = {
  perceptron: (seed) =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [8, 8, 1] }),
        tf.layers.dense({ units: 128, activation: 'relu', kernelInitializer: glorot(seed) }),
        tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: glorot(seed + 10) }),
      ],
    }),
  'convolutional network': (seed) =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({
          inputShape: [8, 8, 1],
          filters: 16,
          kernelSize: 3,
          padding: 'same',
          activation: 'relu',
          kernelInitializer: glorot(seed),
        }),
        tf.layers.conv2d({
          filters: 32,
          kernelSize: 3,
          activation: 'relu',
          kernelInitializer: glorot(seed + 10),
        }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: glorot(seed + 20) }),
      ],
    }),
};

async function fit(model) {
  model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy' });
  await model.fit(train.x, train.y, { epochs: 12, batchSize: 64, shuffle: false, verbose: 0 });
}

const accuracy = (model) =>
  tf.tidy(() => model.predict(test.x).argMax(-1).equal(test.y.argMax(-1)).mean().dataSync()[0]);

/** Mean accuracy per format over the seeds. */
async function means(build) {
  const mean = { fp32: 0, bf16: 0, fp16: 0, 'int8 static': 0, 'int8 dynamic': 0 };
  for (const seed of SEEDS) {
    for (const format of ['fp32', 'bf16', 'fp16']) {
      const model = build(seed);
      await withPrecision(format, () => fit(model));
      mean[format] += withPrecision(format, () => accuracy(model)) / SEEDS.length;
      if (format === 'fp32') {
        for (const mode of ['static', 'dynamic']) {
          const options = mode === 'static' ? { calibrate: train.x.slice(0, 200) } : {};
          const small = await quantize(model, { weights: 'int8', mode, ...options });
          mean[`int8 ${mode}`] += accuracy(small) / SEEDS.length;
          small.dispose();
        }
      }
      model.dispose();
    }
  }
  return mean;
}

const cases = {};
for (const [name, build] of Object.entries(networks)) {
  const mean = await means(build);
  console.log(
    `${name}: ${Object.entries(mean)
      .map(([format, share]) => `${format} ${(100 * share).toFixed(2)} %`)
      .join(', ')}`,
  );
  cases[`${name}: fp32 learns the digits`] = () =>
    assert.ok(mean.fp32 > 0.93, `fp32 reached ${mean.fp32}`);
  for (const format of Object.keys(mean).filter((key) => key !== 'fp32')) {
    cases[`${name}: ${format} is within one point of fp32`] = () =>
      assert.ok(Math.abs(mean[format] - mean.fp32) <= 0.01, `${mean[format]} against ${mean.fp32}`);
  }
}
await runCases(cases);
