import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onOp } from '../backend/load';
import { loadBackend } from '../start';
import { setPrecision } from '../precision/status';
import { scaledDotProductAttention } from './attention';
import { groupNormalization } from './group-normalization';
import { multiHeadAttention } from './multi-head-attention';
import { positionEmbedding } from './position-embedding';
import { roundTrip } from './round-trip.fixture';
import { transformerBlock } from './transformer';
import { QUIET } from '../precision/quiet.fixture';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
});

const random = (shape: number[], seed: number): tf.Tensor =>
  tf.randomNormal(shape, 0, 1, 'float32', seed);

/** A character model: the layers as a user puts them together. */
function language({ length = 8, width = 16, blocks = 2, vocabulary = 11 } = {}): tf.LayersModel {
  const tokens = tf.input({ shape: [length], dtype: 'int32' });
  const embedding = tf.layers.embedding({ inputDim: vocabulary, outputDim: width });
  let x = embedding.apply(tokens) as tf.SymbolicTensor;
  x = positionEmbedding({ maxLength: length, seed: 1 }).apply(x) as tf.SymbolicTensor;
  for (let i = 0; i < blocks; i++) {
    x = transformerBlock(x, { numHeads: 4, causal: true, name: `block${i}`, seed: 10 * i });
  }
  const logits = tf.layers.dense({ units: vocabulary, activation: 'softmax' }).apply(x);
  return tf.model({ inputs: tokens, outputs: logits as tf.SymbolicTensor });
}

describe('scaledDotProductAttention', () => {
  it('gives each query the mean of the values, weighted by the exponentials of its logits', () => {
    const q = tf.tensor2d([[Math.log(2)], [0]]);
    const k = tf.tensor2d([[1], [0]]);
    const v = tf.tensor2d([[3], [6]]);
    const [first = NaN, second = NaN] = scaledDotProductAttention(q, k, v).dataSync();
    expect(first).toBeCloseTo((2 * 3 + 6) / 3, 5);
    expect(second).toBeCloseTo(4.5, 5);
  });

  it('does not see later positions when causal: changing them changes nothing', () => {
    const [q, k, v] = [1, 2, 3].map((seed) => random([2, 5, 4], seed));
    if (!q || !k || !v) throw new Error('no tensors');
    const later = tf.concat([tf.zeros([2, 3, 4]), tf.fill([2, 2, 4], 9)], 1);
    const causal = (shift: tf.Tensor): tf.Tensor =>
      scaledDotProductAttention(q, tf.add(k, shift), tf.add(v, shift), { causal: true });
    const head = (x: tf.Tensor): Float32Array =>
      tf.slice(x, [0, 0, 0], [2, 3, 4]).dataSync<'float32'>();
    expect(head(causal(later))).toEqual(head(causal(tf.zerosLike(later))));
    expect(causal(later).dataSync()).not.toEqual(causal(tf.zerosLike(later)).dataSync());
  });

  it('lets the last query see all keys when there are more keys than queries, as with a cache', () => {
    const k = random([6, 4], 1);
    const v = random([6, 4], 2);
    const q = random([6, 4], 3);
    const whole = scaledDotProductAttention(q, k, v, { causal: true });
    const last = scaledDotProductAttention(tf.slice(q, [4, 0], [2, 4]), k, v, { causal: true });
    const difference = tf.max(tf.abs(tf.sub(tf.slice(whole, [4, 0], [2, 4]), last)));
    expect(difference.dataSync()[0]).toBeLessThan(1e-6);
  });

  it('attends only where the mask is true', () => {
    const v = tf.tensor2d([[1], [2], [4]]);
    const zero = tf.zeros<tf.Rank.R2>([1, 1]);
    const mask = tf.tensor2d([[1, 0, 1]], [1, 3], 'bool');
    const seen = scaledDotProductAttention(zero, tf.zeros<tf.Rank.R2>([3, 1]), v, { mask });
    expect(seen.dataSync()[0]).toBeCloseTo(2.5, 6);
  });

  it('says which shapes do not fit', () => {
    expect(() =>
      scaledDotProductAttention(tf.zeros([2, 3]), tf.zeros([2, 4]), tf.zeros([2, 4])),
    ).toThrow(/\[2, 3\], \[2, 4\] and \[2, 4\]/);
  });

  it('computes the softmax in fp32 and the products in the format, forward and backward', () => {
    setPrecision('fp16');
    const formats = new Map<string, Set<string>>();
    const stop = onOp((name, format) => {
      formats.set(name, (formats.get(name) ?? new Set()).add(format));
    });
    const q = random([2, 4, 8], 1);
    tf.grad((x: tf.Tensor) => tf.sum(scaledDotProductAttention(x, x, x, { causal: true })))(q);
    stop();
    expect([...(formats.get('BatchMatMulV2') ?? [])]).toEqual(['fp16']);
    expect([...(formats.get('Softmax') ?? [])]).toEqual(['fp32']);
    expect([...(formats.get('Sum') ?? [])]).toEqual(['fp32']);
  });
});

describe('multiHeadAttention', () => {
  it('attends from a query to a value of another length and width', () => {
    const layer = multiHeadAttention({ numHeads: 2, keyDim: 3 });
    const query = tf.input({ shape: [5, 8] });
    const value = tf.input({ shape: [7, 4] });
    const output = layer.apply([query, value]) as tf.SymbolicTensor;
    expect(output.shape).toEqual([null, 5, 8]);
    expect(layer.getWeights().map(({ shape }) => shape)).toEqual([
      [8, 6],
      [6],
      [4, 6],
      [6],
      [4, 6],
      [6],
      [6, 8],
      [8],
    ]);
    const model = tf.model({ inputs: [query, value], outputs: output });
    const result = model.predict([random([2, 5, 8], 1), random([2, 7, 4], 2)]) as tf.Tensor;
    expect(result.shape).toEqual([2, 5, 8]);
  });

  it('refuses heads that are no number of heads', () => {
    expect(() => multiHeadAttention({ numHeads: 0, keyDim: 4 })).toThrow(/numHeads is 0/);
    expect(() => multiHeadAttention({ numHeads: 2, keyDim: 1.5 })).toThrow(/keyDim is 1.5/);
  });
});

describe('groupNormalization', () => {
  it('brings each group of each sample to mean 0 and variance 1', () => {
    const x = tf.add(tf.mul(random([2, 6, 6, 8], 4), 5), 3);
    const y = groupNormalization({ groups: 2, epsilon: 0 }).apply(x) as tf.Tensor;
    const { mean, variance } = tf.moments(tf.reshape(y, [2, 36, 2, 4]), [1, 3]);
    for (const value of mean.dataSync()) expect(value).toBeCloseTo(0, 5);
    for (const value of variance.dataSync()) expect(value).toBeCloseTo(1, 4);
  });

  it('refuses groups that do not divide the channels', () => {
    expect(() => groupNormalization({ groups: 3 }).apply(tf.zeros([1, 4, 8]))).toThrow(
      /3 groups don't divide 8 channels/,
    );
  });
});

describe('positionEmbedding', () => {
  it('adds the same learned vector to each position of a shorter sequence too', () => {
    const layer = positionEmbedding({ maxLength: 6, seed: 3 });
    const model = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [null, 4] }), layer],
    });
    const [positions] = layer.getWeights();
    const out = model.predict(tf.zeros([1, 2, 4])) as tf.Tensor;
    expect(out.dataSync()).toEqual(positions?.dataSync().slice(0, 8));
    expect(() => model.predict(tf.zeros([1, 7, 4]))).toThrow(/has 6 positions/);
  });
});

describe('a transformer of these layers', () => {
  it('is the same after saving and loading', async () => {
    const model = language();
    const tokens = tf.randomUniform([3, 8], 0, 11, 'int32', 5);
    const loaded = await roundTrip(model);
    expect(loaded.countParams()).toBe(model.countParams());
    expect((loaded.predict(tokens) as tf.Tensor).dataSync()).toEqual(
      (model.predict(tokens) as tf.Tensor).dataSync(),
    );
    model.dispose();
    loaded.dispose();
  });

  it.each(['fp32', 'bf16', 'fp16'])('learns to repeat its input under %s', async (spec) => {
    setPrecision(spec);
    const model = language();
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'sparseCategoricalCrossentropy' });
    const tokens = tf.randomUniform([32, 8], 0, 11, 'int32', 5);
    const labels = tf.expandDims(tf.cast(tokens, 'float32'), -1);
    const { history } = await model.fit(tokens, labels, {
      epochs: 12,
      batchSize: 16,
      verbose: QUIET,
    });
    const losses = (history['loss'] ?? []) as number[];
    expect(losses[0]).toBeGreaterThan(1);
    expect(losses.at(-1)).toBeLessThan(0.2);
    model.dispose();
  });
});
