import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTfjs } from '../export/tfjs/load-tfjs';
import { saveTfjs } from '../export/tfjs/save-tfjs';
import { BLOCK_WEIGHT_FORMATS, FLOAT_WEIGHT_FORMATS } from '../formats/names';
import type { WeightName } from '../formats/uses';
import { decodeWeights } from '../graph/weight-codes';
import { cloneModel } from '../models/walk';
import { loadBackend } from '../start';
import type { QuantizeOptions } from './options';
import { quantize } from './quantize';
import type { QuantizedModel } from './quantized-model';
import { chooseBits } from './sensitivity/choose-bits';
import { furthest, images, network, numbers } from './small-network.fixture';

let folder = '';
beforeAll(() => {
  loadBackend();
  folder = mkdtempSync(join(tmpdir(), 'halfnote-float-weights-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The float model with what the codes stand for in place of its kernels. */
async function decoded(model: tf.LayersModel, small: QuantizedModel) {
  const copy = await cloneModel(model);
  for (const { id, op } of small.graph.nodes) {
    if (op.kind !== 'linear') continue;
    const layer = copy.getLayer(id);
    const [kernel, bias] = layer.getWeights();
    const values = tf.tensor(decodeWeights(op.weights), kernel?.shape);
    layer.setWeights([values, bias as tf.Tensor]);
  }
  return copy;
}

const FORMATS = [...FLOAT_WEIGHT_FORMATS, ...BLOCK_WEIGHT_FORMATS];
const CASES: readonly (readonly [WeightName, QuantizeOptions])[] = [
  ...FORMATS.map((format) => [format, {}] as const),
  ['fp8', { granularity: { group: 6 } }],
  ['fp8', { granularity: 'per-tensor', scaleRule: 'mse' }],
  ['fp8', { scaleRule: 'none' }],
  ['fp16', { scaleRule: 'absmax' }],
  ['nf4', { doubleQuantize: true }],
];

describe('weights in floats and blocks', () => {
  test.each(CASES)(
    '%s, %j: the model gives what the float model gives with the decoded weights, in each engine and when loaded again',
    async (weights, options) => {
      const model = network();
      const x = images();
      const small = await quantize(model, { weights, ...options });
      const expected = numbers((await decoded(model, small)).predict(x));
      expect(furthest(numbers(small.predict(x)), expected)).toBeLessThan(2e-6);
      expect(small.mode).toBe('weight-only');
      expect(small.execution).toBe('simulated');
      for (const layer of small.layers.filter(({ kind }) => kind !== 'Flatten')) {
        expect(layer).toMatchObject({ execution: 'simulated' });
        expect(layer.reason).toMatch(/^weight-only/);
      }

      const path = join(folder, JSON.stringify([weights, options]).replace(/\W+/g, '-'));
      const saved = await saveTfjs(path, small);
      expect(saved.weightBytes).toBe(small.weightBytes);
      const loaded = (await loadTfjs(path)).predict(x) as tf.Tensor;
      expect(furthest(numbers(loaded), expected)).toBeLessThan(2e-6);

      const onnx = await quantize(model, { weights, ...options, engine: 'onnxruntime' });
      expect(furthest(numbers(onnx.predict(x)), expected)).toBeLessThan(2e-6);
      expect(onnx.execution).toBe('simulated');
      onnx.dispose();
      small.dispose();
    },
  );

  // Codes of 108, 36 and 270 weights, scales of 17 channels or 11, 6 and 10 blocks, 17 biases.
  test.each<[WeightName, QuantizeOptions, number]>([
    ['fp16', {}, 2 * 414],
    ['tf32', {}, Math.ceil((108 * 19) / 8) + Math.ceil((36 * 19) / 8) + Math.ceil((270 * 19) / 8)],
    ['fp8', {}, 414 + 4 * 17],
    ['fp8', { granularity: { group: 6 } }, 414 + 4 * (18 + 6 + 45)],
    ['fp6', {}, 81 + 27 + 203 + 4 * 17],
    ['mxfp8', {}, 414 + (6 + 6 + 10)],
    ['mxfp4', {}, 207 + (6 + 6 + 10)],
    ['nf4', {}, 207 + 4 * 17],
    ['nf4', { doubleQuantize: true }, 207 + 17 + 3 * (4 + 4)],
  ])('%s, %j: keeps packed codes, and counts all that is kept', async (weights, options, bytes) => {
    const small = await quantize(network(), { weights, ...options });
    expect(small.weightBytes).toBe(bytes + 4 * 17);
    small.dispose();
  });

  test('hold by their other names, for layers of their own, beside integers', async () => {
    const small = await quantize(network(), {
      weights: 'fp4',
      layers: 'conv=mxfp8,dense=int8',
      scaleRule: 'mse',
    });
    expect(small.layers.map(({ format }) => format)).toEqual([
      'mxfp8_e4m3',
      'e2m1',
      'fp32',
      'int8',
    ]);
    expect(small.mode).toBe('dynamic');
    const named = await quantize(network(), { weights: 'float8_e5m2' as WeightName });
    expect(named.layers[0]?.format).toBe('e5m2');
  });

  test('are chosen among integers by the bytes that are kept, scales and all', async () => {
    const model = network();
    const data = { x: tf.randomNormal([16, 7, 7, 2], 0, 1, 'float32', 5) };
    const formats = ['int8', 'fp8', 'mxfp4', 'nf4', 'fp16'] as const;
    const bits = await chooseBits(model, { formats, budget: { bytes: 460 }, data });
    const small = await quantize(model, bits.options);
    expect(small.weightBytes).toBe(bits.measured.bytes);
    expect(small.weightBytes).toBe(bits.predicted.bytes);
    expect(small.weightBytes).toBeLessThanOrEqual(460);
    small.dispose();
  });

  test('without a scale, say how many weights became the largest number', async () => {
    const model = network();
    const [kernel, bias] = model.getLayer('dense').getWeights();
    model.getLayer('dense').setWeights([tf.mul(kernel as tf.Tensor, 1e6), bias as tf.Tensor]);
    const small = await quantize(model, { weights: 'fp16' });
    expect(small.notes.join('\n')).toMatch(/\d+ of 270 weights of 'dense' are beyond ±65504/);
  });

  test.each<[QuantizeOptions, RegExp]>([
    [{ weights: 'mxfp4', granularity: { group: 32 } }, /mxfp4 has no granularity to choose/],
    [{ weights: 'nf4', scaleRule: 'mse' }, /nf4 has no scale rule to choose/],
    [
      { weights: 'fp8', scaleRule: 'absmax/127' },
      /not for e4m3\. Allowed: mse, power-of-two, absmax, none/,
    ],
    [{ weights: 'int8', scaleRule: 'none' }, /Scale rule 'none' is not for int8/],
    [{ weights: 'fp8', doubleQuantize: true }, /doubleQuantize is for the scales of nf4/],
    [{ weights: 'fp8', granularity: { group: 7 } }, /Groups/],
    [
      { layers: { dense: { weights: 'nf4', granularity: 'per-channel' } } },
      /nf4 has no granularity/,
    ],
  ])('are refused where they cannot be: %j', async (options, message) => {
    await expect(quantize(network(), options)).rejects.toThrow(message);
  });
});
