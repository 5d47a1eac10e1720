import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { fuseGraph } from '../graph/fuse';
import { readProducts } from '../graph/products';
import { modelGraph } from '../models/model-graph';
import { QUIET } from '../precision/quiet.fixture';
import { ensureBackend } from '../start';
import { compareQat } from './qat/compare';
import { convertQat } from './qat/convert';
import { prepareQat } from './qat/prepare';
import { describeQat } from './qat/view';
import { quantize } from './quantize';
import type { QuantizeOptions } from './options';
import { chooseBits } from './sensitivity/choose-bits';
import { layerSensitivity } from './sensitivity/sensitivity';

// The functions are the real ones, and counted.
vi.mock('../models/model-graph', async (load) => {
  const real = await load<typeof import('../models/model-graph')>();
  return { ...real, modelGraph: vi.fn(real.modelGraph) };
});
vi.mock('../graph/fuse', async (load) => {
  const real = await load<typeof import('../graph/fuse')>();
  return { ...real, fuseGraph: vi.fn(real.fuseGraph) };
});
vi.mock('../graph/products', async (load) => {
  const real = await load<typeof import('../graph/products')>();
  return { ...real, readProducts: vi.fn(real.readProducts) };
});

/** How often a graph was made of each model, a model was lowered, and each layer's product read. */
function work(): { graphs: string[]; lowered: number; products: string[] } {
  return {
    graphs: vi.mocked(modelGraph).mock.calls.map(([model]) => model.name),
    lowered: vi.mocked(fuseGraph).mock.calls.length,
    products: vi.mocked(readProducts).mock.calls.map(([layer]) => layer.name),
  };
}

const ONCE = { graphs: ['two'], lowered: 1, products: ['hidden', 'out'] };

/** Two dense layers. */
function two(): tf.LayersModel {
  const dense = (name: string, units: number, seed: number): tf.layers.Layer =>
    tf.layers.dense({ name, units, kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  const x = tf.input({ shape: [6], name: 'x' });
  const hidden = dense('hidden', 8, 1).apply(x);
  const outputs = dense('out', 3, 2).apply(hidden) as tf.SymbolicTensor;
  return tf.model({ name: 'two', inputs: x, outputs });
}

const ROWS = 16;
let model: tf.LayersModel;
let x: tf.Tensor;

beforeAll(async () => {
  await ensureBackend();
});
beforeEach(() => {
  model = two();
  x = tf.randomNormal([ROWS, 6], 0, 1, 'float32', 1);
  vi.clearAllMocks();
});
afterEach(() => {
  x.dispose();
  for (const weight of model.weights) weight.dispose();
});

describe('quantize reads a model once', () => {
  test.each<[string, () => QuantizeOptions]>([
    ['static, with calibration', () => ({ calibrate: x })],
    ['dynamic', () => ({ mode: 'dynamic' })],
    ['weight-only', () => ({ weights: 'int4' })],
    ['with repair', () => ({ calibrate: x, repair: ['equalize', 'bias-correction'] })],
    ['a layer in float', () => ({ calibrate: x, layers: { out: 'int4' } })],
  ])('%s', async (_, options) => {
    const quantized = await quantize(model, options());
    expect(work()).toEqual(ONCE);
    quantized.dispose();
  });

  test('static, with normalizations between integers', async () => {
    const input = tf.input({ shape: [6, 6, 2], name: 'x' });
    const conv = (name: string): tf.layers.Layer =>
      tf.layers.conv2d({ name, filters: 2, kernelSize: 3, padding: 'same' });
    const first = conv('first').apply(input) as tf.SymbolicTensor;
    const sum = tf.layers.add().apply([first, conv('second').apply(first) as tf.SymbolicTensor]);
    const norm = tf.layers.batchNormalization({ name: 'norm' }).apply(sum);
    const relu = tf.layers.reLU({ name: 'relu' }).apply(norm);
    const outputs = conv('last').apply(relu) as tf.SymbolicTensor;
    const network = tf.model({ name: 'network', inputs: input, outputs });
    const images = tf.randomNormal([4, 6, 6, 2], 0, 1, 'float32', 1);
    const quantized = await quantize(network, { calibrate: images });
    expect(quantized.graph.nodes.find(({ id }) => id === 'norm')?.op.kind).toBe('linear');
    expect(work()).toEqual({
      graphs: ['network'],
      lowered: 1,
      products: ['first', 'second', 'relu', 'last'],
    });
    quantized.dispose();
    images.dispose();
  });

  test('a layer that is called twice', async () => {
    const input = tf.input({ shape: [4], name: 'x' });
    const twice = tf.layers.dense({ name: 'twice', units: 4 });
    const outputs = twice.apply(twice.apply(input)) as tf.SymbolicTensor;
    const shared = tf.model({ name: 'shared', inputs: input, outputs });
    const quantized = await quantize(shared, { weights: 'int4' });
    expect(work()).toEqual({ graphs: ['shared'], lowered: 1, products: ['twice'] });
    quantized.dispose();
  });
});

describe('training for integers reads each model once', () => {
  test('prepareQat', () => {
    prepareQat(model);
    expect(work()).toEqual(ONCE);
  });

  test('prepareQat, and the copy with composed layers taken apart', () => {
    const { separableConv2d, dense, flatten } = tf.layers;
    const network = tf.sequential({
      name: 'network',
      layers: [
        separableConv2d({ name: 'separable', filters: 3, kernelSize: 3, inputShape: [6, 6, 2] }),
        flatten({ name: 'flat' }),
        dense({ name: 'out', units: 2 }),
      ],
    });
    prepareQat(network);
    expect(work()).toEqual({
      graphs: ['network', 'network'],
      lowered: 1,
      products: ['separable/depthwise', 'separable', 'out'],
    });
    expect(new Set(vi.mocked(modelGraph).mock.calls.map(([read]) => read)).size).toBe(2);
  });

  describe('a trained one', () => {
    let qat: tf.LayersModel;
    beforeEach(async () => {
      qat = prepareQat(model);
      qat.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
      const y = model.predict(x) as tf.Tensor;
      await qat.fit(x, y, { epochs: 1, verbose: QUIET });
      y.dispose();
      vi.clearAllMocks();
    });

    test.each<[string, () => unknown]>([
      [
        'convertQat',
        async () => {
          (await convertQat(qat)).dispose();
        },
      ],
      ['compareQat', () => compareQat(qat, x)],
      ['describeQat', () => describeQat(qat)],
    ])('%s: it, and the float model in it', async (_, run) => {
      await run();
      expect(work()).toEqual({ ...ONCE, graphs: ['two', 'two'] });
      expect(vi.mocked(modelGraph).mock.calls[0]?.[0]).toBe(qat);
      expect(vi.mocked(modelGraph).mock.calls[1]?.[0]).not.toBe(qat);
    });
  });
});

describe('choosing formats reads a model once', () => {
  test('layerSensitivity', async () => {
    await layerSensitivity(model, { data: { x } });
    expect(work()).toEqual(ONCE);
  });

  test('chooseBits, which lowers it anew for each assignment that it measures', async () => {
    await chooseBits(model, { data: { x }, budget: { sqnrDb: 20 } });
    const { graphs, lowered, products } = work();
    expect({ graphs, products }).toEqual({ graphs: ['two'], products: ['hidden', 'out'] });
    expect(lowered).toBeGreaterThan(1);
  });
});
