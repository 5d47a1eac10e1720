import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Decoder } from '../generation/decoder';
import { characterModel } from '../generation/model.fixture';
import { multiHeadAttention } from '../layers/multi-head-attention';
import { loadBackend } from '../start';
import { quantize } from '../quantization/quantize';
import { splitAttention } from './split-attention';

beforeAll(() => {
  loadBackend();
});

const made: tf.LayersModel[] = [];
const keep = <T extends tf.LayersModel>(model: T): T => {
  made.push(model);
  return model;
};
afterEach(() => {
  for (const model of made.splice(0)) model.dispose();
});

const tokens = (): tf.Tensor2D => tf.tensor2d([1, 5, 2, 9, 3, 3, 0, 7], [2, 4], 'int32');
const largestDifference = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? NaN;

describe('splitAttention', () => {
  it('gives a model of dense layers that predicts the same, and leaves the first alone', () => {
    const model = keep(characterModel({ length: 4 }));
    const split = keep(splitAttention(model));
    const names = split.layers.map(({ name }) => name);
    for (const part of ['query', 'key', 'value', 'heads', 'output'])
      expect(names).toContain(`block1_attention_${part}`);
    expect(split.layers.some((layer) => layer.getClassName() === 'MultiHeadAttention')).toBe(false);
    expect(split.countParams()).toBe(model.countParams());
    const before = model.predict(tokens()) as tf.Tensor;
    expect(largestDifference(split.predict(tokens()) as tf.Tensor, before)).toBeLessThan(1e-5);
    split.setWeights(split.getWeights().map((weight) => tf.zerosLike(weight)));
    expect((model.predict(tokens()) as tf.Tensor).dataSync()).toEqual(before.dataSync());
  });

  it('keeps apart what cross-attention asks and what it looks at, with and without biases', () => {
    for (const useBias of [true, false]) {
      const query = tf.input({ shape: [5, 8] });
      const value = tf.input({ shape: [7, 4] });
      const key = tf.input({ shape: [7, 6] });
      const layer = multiHeadAttention({ numHeads: 2, keyDim: 3, useBias, seed: 1 });
      const output = layer.apply([query, value, key]) as tf.SymbolicTensor;
      const model = keep(tf.model({ inputs: [query, value, key], outputs: output }));
      const given = [
        [2, 5, 8],
        [2, 7, 4],
        [2, 7, 6],
      ].map((shape, i) => tf.randomNormal(shape, 0, 1, 'float32', i));
      const split = keep(splitAttention(model));
      const expected = model.predict(given) as tf.Tensor;
      expect(largestDifference(split.predict(given) as tf.Tensor, expected)).toBeLessThan(1e-5);
    }
  });

  it('calls a layer as often as the model does, nested or not', () => {
    const shared = multiHeadAttention({ numHeads: 2, keyDim: 2, name: 'shared', seed: 2 });
    const inner = tf.input({ shape: [3, 4] });
    const nested = tf.model({ inputs: inner, outputs: shared.apply(inner) as tf.SymbolicTensor });
    const input = tf.input({ shape: [3, 4] });
    const twice = nested.apply(nested.apply(input)) as tf.SymbolicTensor;
    const model = keep(tf.model({ inputs: input, outputs: twice }));
    const split = keep(splitAttention(model));
    const x = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 3);
    const expected = model.predict(x) as tf.Tensor;
    expect(largestDifference(split.predict(x) as tf.Tensor, expected)).toBeLessThan(1e-5);
    expect(split.countParams()).toBe(model.countParams());
  });

  it('lets attention be quantized: its four products are in integers, near the float model', async () => {
    const model = keep(characterModel({ length: 4, width: 32 }));
    const whole = await quantize(model, { weights: 'int8' });
    const split = await quantize(keep(splitAttention(model)), { weights: 'int8' });
    expect(split.weightBytes).toBeLessThan(0.6 * whole.weightBytes);
    const kinds = new Map(split.layers.map(({ name, execution }) => [name, execution]));
    for (const part of ['query', 'key', 'value', 'output'])
      expect(kinds.get(`block0_attention_${part}`)).not.toBe('float');
    const expected = model.predict(tokens()) as tf.Tensor;
    const got = split.predict(tokens()) as tf.Tensor;
    const size = tf.max(tf.abs(expected)).dataSync()[0] ?? NaN;
    expect(largestDifference(got, expected)).toBeLessThan(0.1 * size);
    expect(largestDifference(got, expected)).toBeGreaterThan(0);
    whole.dispose();
    split.dispose();
  });

  it('generates with a cache as the model does', () => {
    const model = keep(characterModel({ length: 6 }));
    const split = keep(splitAttention(model));
    const rows = [[1, 5, 2, 9, 3, 3]];
    const decoder = new Decoder(split, 'fp32');
    const parts = rows[0]?.map((token) => decoder.decode([[token]])) ?? [];
    const expected = model.predict(tf.tensor2d(rows, [1, 6], 'int32')) as tf.Tensor;
    expect(largestDifference(tf.concat(parts, 1), expected)).toBeLessThan(1e-5);
    decoder.dispose();
  });
});
