/**
 * Trains the quickstart's networks without seeds of their own, with dropout and shuffles, and prints a hash
 * of all weights.
 *
 *     node test/cost/seeded-training.mjs SEED FORMAT
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { loadDigits } from '../accuracy/lib/digits.mjs';

const [seed, format] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const halfnote = require(join(root, 'kernel/dist/index.js'));
await halfnote.ensureBackend();
const tf = require('@tensorflow/tfjs');

halfnote.setSeed(Number(seed));
halfnote.setPrecision(format);
const { layers } = tf;
const { train } = loadDigits(tf);
const networks = [
  [
    layers.flatten({ inputShape: [8, 8, 1] }),
    layers.dense({ units: 128, activation: 'relu' }),
    layers.dropout({ rate: 0.2 }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
  [
    layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1] }),
    layers.batchNormalization(),
    layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
];
const hash = createHash('sha256');
for (const stack of networks) {
  const model = tf.sequential({ layers: stack });
  model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy' });
  await model.fit(train.x, train.y, { epochs: 3, batchSize: 64, verbose: 0 });
  for (const weight of model.getWeights()) hash.update(new Uint8Array(weight.dataSync().buffer));
}
console.log(hash.digest('hex'));
