/** A notebook that trains in two half precisions, quantizes what it trained, and prints what came of it. */

import { notebookOf } from '../lib/notebook.mjs';

const SETTING = `import * as tf from '@tensorflow/tfjs';
import { lossScaler } from 'halfnote';

const digits = Array.from({ length: 256 }, (_, i) => i % 4);
const y = tf.oneHot(digits, 4).toFloat();
const x = tf.tidy(() => y.matMul(tf.randomNormal([4, 16], 0, 1, 'float32', 7))
  .add(tf.randomNormal([256, 16], 0, 0.3, 'float32', 8))) as tf.Tensor2D;

function network() {
  const kernelInitializer = (seed: number) => tf.initializers.glorotUniform({ seed });
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 32, activation: 'relu', inputShape: [16], kernelInitializer: kernelInitializer(1) }),
      tf.layers.dense({ units: 4, activation: 'softmax', kernelInitializer: kernelInitializer(2) }),
    ],
  });
}

async function train(model: tf.Sequential) {
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
  const { history } = await model.fit(x, y, { epochs: 8, batchSize: 32, shuffle: false, verbose: 0 });
  return [history.loss[0], history.loss.at(-1)];
}

/** The share of samples that a model names right. */
function accuracy(model: { predict(x: tf.Tensor): tf.Tensor | tf.Tensor[] }) {
  return tf.tidy(() => (model.predict(x) as tf.Tensor).argMax(-1).equal(y.argMax(-1)).mean().dataSync()[0]);
}`;

const CELLS = [
  SETTING,
  '%precision bf16\nconst bf16 = await train(network());',
  '%precision fp16\nconst model = network();\nconst fp16 = await train(model);\nconst { scale } = lossScaler();',
  '%precision fp32\n%quantize int8 model --as small --calibrate x',
  `const shares = [accuracy(model), accuracy(small)];
console.log(JSON.stringify({ node: process.versions.node, backend: tf.getBackend(), bf16, fp16, scale, shares }));`,
];

/** The notebook as a file has it. */
export const trainingNotebook = () => notebookOf(CELLS);
