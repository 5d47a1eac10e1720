import * as tf from '@tensorflow/tfjs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportOnnx } from '../../../export/onnx/export-onnx';
import { loadOnnx } from '../../../export/onnx/onnx-model';
import { saveTfjs } from '../../../export/tfjs/save-tfjs';
import { loadTfjs } from '../../../export/tfjs/load-tfjs';
import { Decoder } from '../../../generation/decoder';
import { buildDecoder } from '../../../layers/decoder-model';
import { loadBackend } from '../../../start';
import { quantize } from '../../quantize';
import type { QuantizedModel } from '../../quantized-model';

loadBackend();

/** Its first layer's input is the model's, so that AWQ has a layer of its own before it. */
const scaled = async (x: tf.Tensor): Promise<QuantizedModel> => {
  const initializer = (seed: number) => tf.initializers.glorotNormal({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [6, 16], units: 8, kernelInitializer: initializer(1) }),
      tf.layers.layerNormalization(),
      tf.layers.dense({ units: 4, kernelInitializer: initializer(2) }),
    ],
  });
  const awq = { steps: ['awq'], awq: { clip: true } } as const;
  const options = { weights: 'int3', calibrate: x, repair: awq, engine: 'tensorflow' } as const;
  return quantize(model, options);
};

test('AWQ’s own layers are in the files for others, too', async () => {
  const sizes = tf.tensor1d(Float32Array.from({ length: 16 }, (_, i) => (i % 5 ? 1 : 20)));
  const x = tf.mul(tf.randomNormal([32, 6, 16], 0, 1, 'float32', 3), sizes);
  const small = await scaled(x);
  expect(small.repair?.layers[0]?.scaling?.into).toMatch(/:scale$/);
  const expected = (small.predict(x) as tf.Tensor).dataSync();
  const size = Math.max(...expected.map(Math.abs));
  const expectNear = (output: tf.Tensor): void => {
    const off = output.dataSync().map((y, i) => Math.abs(y - (expected[i] ?? NaN)));
    expect(Math.max(...off)).toBeLessThan(1e-4 * size);
  };
  // A layer of its own is the quantized model's: ids of rows stay those of the float model.
  expect(small.layers.map(({ format }) => format)).toEqual(['int3', 'fp32', 'int3']);

  const onnx = await loadOnnx(exportOnnx(small));
  expectNear((await onnx.predict(x)) as tf.Tensor);
  await onnx.dispose();

  const folder = mkdtempSync(join(tmpdir(), 'awq-'));
  await saveTfjs(folder, small);
  const loaded = await loadTfjs(join(folder, 'model.json'));
  expectNear(loaded.predict(x) as tf.Tensor);
  rmSync(folder, { recursive: true });
  small.dispose();
});

test('AWQ scales the inputs of a decoder, whose table is called a second time, and it still decodes', async () => {
  const sizes = { vocabSize: 32, width: 32, layers: 1, heads: 4, kvHeads: 2, ffWidth: 48 };
  const model = buildDecoder({ ...sizes, maxLength: 16, tieEmbeddings: true, seed: 1 });
  const tokens = Int32Array.from({ length: 16 * 8 }, (_, i) => (i * i * 7 + i) % 32);
  const x = tf.tensor2d(tokens, [16, 8], 'int32');
  const options = { weights: 'int4', calibrate: x, repair: 'awq', engine: 'tensorflow' } as const;
  const small = await quantize(model, options);
  expect(small.repair?.layers.map(({ id }) => id)).toContain('embedding#2');
  const expected = (small.predict(x) as tf.Tensor).dataSync();
  const decoder = new Decoder(small, 'fp32', 'tensorflow');
  const logits = decoder.decode([tokens.slice(0, 8)]).dataSync();
  expect(Math.max(...logits.map((y, i) => Math.abs(y - (expected[i] ?? NaN))))).toBeLessThan(1e-4);
  decoder.dispose();
  small.dispose();
});
