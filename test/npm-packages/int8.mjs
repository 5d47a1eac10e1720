/** Computes in 8-bit integers in ONNX Runtime, and says from where it and TensorFlow were loaded. */
import * as tf from '@tensorflow/tfjs';
import { compareExport, ensureBackend, loadOnnx, quantize, saveOnnx, setSeed } from 'halfnote';

setSeed(1);
const { engine } = await ensureBackend();
const x = tf.randomNormal([64, 20]);
const model = tf.sequential();
model.add(tf.layers.dense({ units: 64, activation: 'relu', inputShape: [20] }));
model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
const small = await quantize(model, { weights: 'int8', calibrate: x });
const { path } = await saveOnnx('small.onnx', small);
const loaded = await loadOnnx(path);
const { maxAbsError } = await compareExport(small, loaded, x);
await loaded.dispose();
const { sharedObjects } = process.report.getReport();
const libraries = sharedObjects.filter((file) => /onnxruntime|tensorflow|tfjs/.test(file));
console.log(`answer: ${JSON.stringify({ engine, maxAbsError, libraries })}`);
