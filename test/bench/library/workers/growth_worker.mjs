/** Trains for many steps and prints what native memory was held on the way, as JSON. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const halfnote = require('../../../../kernel/dist/index.js');
await halfnote.ensureBackend();
const tf = require('@tensorflow/tfjs');

const { format, steps } = JSON.parse(process.argv[2]);
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1] }),
    tf.layers.flatten(),
    tf.layers.layerNormalization(),
    tf.layers.dense({ units: 32, activation: 'gelu' }),
    tf.layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
const x = tf.randomNormal([16, 8, 8, 1]);
const y = tf.oneHot(tf.range(0, 16, 1, 'int32').mod(tf.scalar(10, 'int32')), 10);
halfnote.setPrecision(format);
model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });

/** After a tenth of the steps everything that is made once has been made. */
const marks = [];
for (let step = 1; step <= steps; step++) {
  await model.trainOnBatch(x, y);
  if (step % (steps / 10) === 0) {
    globalThis.gc?.();
    const { handles, tensorBytes, rssBytes } = halfnote.nativeMemory();
    marks.push({ step, handles, tensorBytes, rssBytes });
  }
}
console.log(JSON.stringify(marks));
