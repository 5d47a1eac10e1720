/** Halfnote's library in a plain Node.js process. */
import { createRequire } from 'node:module';
import { serve } from '../worker.mjs';
import { tfjsCases } from './tfjs-cases.mjs';

const require = createRequire(import.meta.url);
const halfnote = require('../../../../kernel/dist/index.js');
await halfnote.ensureBackend();
const tf = require('@tensorflow/tfjs');

const inPrecision = (format, f) => halfnote.withPrecision(format, f);
const store = (tensor, format) => (format === 'fp32' ? tensor : halfnote.castTo(tensor, format));

/** A dense layer in fp32 and in INT8, activations quantized on the way, as a user's model runs. */
async function dense({ rows, inputs, units, format }) {
  const model = tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [inputs] })] });
  const x = tf.randomNormal([rows, inputs]);
  const subject =
    format === 'int8'
      ? await halfnote.quantize(model, { weights: 'int8', mode: 'static', calibrate: x })
      : model;
  return () => {
    const y = subject.predict(x, { batchSize: rows }); // one batch: tfjs would cut it into 32s
    tf.tidy(() => y.slice([0, 0], [1, 1]).dataSync());
    y.dispose();
  };
}

await serve({ ...tfjsCases(tf, halfnote.transformerBlock, { inPrecision, store }), dense });
