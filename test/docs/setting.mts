/** What the examples of the pages speak of: a model, its data, and what others left on the disk. */
import * as tf from '@tensorflow/tfjs';
import { ensureBackend, saveOnnx, setSeed } from 'halfnote';

declare global {
  var model: tf.LayersModel;
  var history: tf.History;
  var optimizer: tf.Optimizer;
  var x: tf.Tensor2D;
  var y: tf.Tensor2D;
  var batch: tf.Tensor2D;
  var images: tf.Tensor2D;
  var image: tf.Tensor2D;
  var values: number[];
}

await ensureBackend();
setSeed(1);
const units = [{ units: 64, inputShape: [32] }, { units: 32 }];
const hidden = units.map((args, i) =>
  tf.layers.dense({ ...args, activation: 'relu', name: `dense_${i + 1}` }),
);
const head = tf.layers.dense({ units: 3, activation: 'softmax', name: 'head' });
globalThis.model = tf.sequential({ layers: [...hidden, head] });
model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

const labels = tf.tensor1d(
  Array.from({ length: 256 }, (_, i) => i % 3),
  'int32',
);
const shift = tf.mul(2, tf.oneHot(labels, 32));
globalThis.x = tf.add(tf.randomNormal([256, 32]), shift) as tf.Tensor2D;
globalThis.y = tf.oneHot(labels, 3) as tf.Tensor2D;
globalThis.history = await model.fit(x, y, { epochs: 5, verbose: 0 });

globalThis.optimizer = tf.train.adam(0.001);
globalThis.batch = tf.slice(x, [0, 0], [32, 32]);
globalThis.images = x;
globalThis.image = tf.slice(x, [0, 0], [1, 32]);
globalThis.values = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
await saveOnnx('detector.onnx', model);
