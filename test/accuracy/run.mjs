#!/usr/bin/env node
/**
 * The handwritten digits, trained by the library in a plain Node.js process: bf16, fp16 and INT8 are
 * within one percentage point of fp32, in the mean over three seeds.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { runCases } from '../lib/cases.mjs';
import { accuracy, loadDigits } from './lib/digits.mjs';
import { convolutionalNetwork, perceptron } from './lib/networks.mjs';

const require = createRequire(import.meta.url);
const { ensureBackend, quantize, withPrecision } = require(join(root, 'kernel/dist/index.js'));
await ensureBackend();
const tf = require('@tensorflow/tfjs');

const SEEDS = [1, 2, 3];
const { train, test } = loadDigits(tf);
const networks = { perceptron, 'convolutional network': convolutionalNetwork };

async function fit(model) {
  model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy' });
  await model.fit(train.x, train.y, { epochs: 12, batchSize: 64, shuffle: false, verbose: 0 });
}

/** Mean accuracy per format over the seeds. */
async function means(build) {
  const mean = { fp32: 0, bf16: 0, fp16: 0, 'int8 static': 0, 'int8 dynamic': 0 };
  for (const seed of SEEDS) {
    for (const format of ['fp32', 'bf16', 'fp16']) {
      const model = build(tf, seed);
      await withPrecision(format, () => fit(model));
      mean[format] += withPrecision(format, () => accuracy(tf, model, test)) / SEEDS.length;
      if (format === 'fp32') {
        for (const mode of ['static', 'dynamic']) {
          const options = mode === 'static' ? { calibrate: train.x.slice(0, 200) } : {};
          const small = await quantize(model, { weights: 'int8', mode, ...options });
          mean[`int8 ${mode}`] += accuracy(tf, small, test) / SEEDS.length;
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
