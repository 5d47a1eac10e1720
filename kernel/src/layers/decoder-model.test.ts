import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { withPrecision } from '../precision/scope';
import { loadBackend } from '../start';
import { buildDecoder, type DecoderOptions } from './decoder-model';
import { attentionHeads } from './attention-heads';
import { scaledDotProductAttention } from './attention';
import { rmsNormalization } from './rms-normalization';
import { rotaryEmbedding } from './rotary-embedding';
import { tiedEmbedding } from './tied-embedding';
import { roundTrip } from './round-trip.fixture';

/** Made by test/pytorch/generate_decoder.py. */
interface Fixture {
  readonly tokens: readonly number[][];
  readonly cases: Readonly<Record<string, Case>>;
}
interface Case {
  readonly theta: number;
  readonly layout: 'half-split' | 'interleaved';
  readonly bias: boolean;
  readonly tied: boolean;
  readonly loss: number;
  readonly logits: readonly number[];
  readonly gradients: Readonly<Record<string, readonly (readonly number[])[]>>;
}
const { tokens, cases } = JSON.parse(
  readFileSync(join(__dirname, '../../../test/pytorch/decoder.json'), 'utf8'),
) as Fixture;

const SMALL: DecoderOptions = {
  vocabSize: 7,
  width: 8,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 4,
  ffWidth: 12,
  maxLength: 16,
  epsilon: 1e-5,
  seed: 1,
};

beforeAll(() => {
  loadBackend();
});

/** The fixture's weights, made again. */
function setWeights(model: tf.LayersModel, names: readonly string[]): void {
  let index = 0;
  for (const name of names) {
    const layer = model.getLayer(name);
    const gain = name.includes('norm') ? 1 : 0;
    layer.setWeights(
      layer.getWeights().map(({ shape, size }) => {
        const at = index++;
        const values = Array.from(
          { length: size },
          (_, i) => gain + Math.fround(0.4 * Math.sin(12.9898 * (i + 1) + at)),
        );
        return tf.tensor(values, shape);
      }),
    );
  }
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
}

describe.each(Object.entries(cases))('a decoder with %s rotary positions', (_, one) => {
  const build = (): tf.LayersModel => {
    const { theta, layout, bias, tied } = one;
    const rotary = { theta, ropeLayout: layout };
    const model = buildDecoder({
      ...SMALL,
      ...rotary,
      attentionBias: bias,
      tieEmbeddings: tied,
    });
    setWeights(model, Object.keys(one.gradients));
    return model;
  };
  const inputs = (): tf.Tensor => tf.tensor2d(tokens.map((row) => row.slice(0, -1)));

  it("gives PyTorch's logits", () => {
    const model = build();
    expect(model.weights.length).toBe(Object.values(one.gradients).flat().length);
    const logits = model.predict(inputs()) as tf.Tensor;
    expect(largestDifference(logits.dataSync(), one.logits)).toBeLessThan(1e-5);
    model.dispose();
  });

  it("has PyTorch's gradients for every weight", () => {
    const model = build();
    const targets = tf.oneHot(
      tf.tensor1d(
        tokens.flatMap((row) => row.slice(1)),
        'int32',
      ),
      7,
    );
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(inputs(), { training: true }) as tf.Tensor;
      return tf.losses.softmaxCrossEntropy(targets, tf.reshape(logits, [-1, 7])).asScalar();
    });
    expect(value.dataSync()[0]).toBeCloseTo(one.loss, 5);
    for (const [name, expected] of Object.entries(one.gradients)) {
      model.getLayer(name).weights.forEach((weight, i) => {
        const { name: key } = (weight as unknown as { val: tf.Variable }).val;
        const gradient = grads[key]?.dataSync() ?? [];
        expect(largestDifference(gradient, expected[i] ?? []), name).toBeLessThan(1e-5);
      });
    }
    model.dispose();
  });

  it('is the same model after saving and loading', async () => {
    const model = build();
    const loaded = await roundTrip(model);
    const [before, after] = [model, loaded].map((m) =>
      (m.predict(inputs()) as tf.Tensor).dataSync(),
    );
    expect(after).toEqual(before);
    expect(loaded.countParams()).toBe(model.countParams());
    model.dispose();
  });
});

describe('a decoder', () => {
  it.each(['fp32', 'bf16'])('learns the next token in %s', (policy) => {
    const model = buildDecoder({ ...SMALL, tieEmbeddings: true });
    const optimizer = tf.train.adam(0.01);
    const sequence = Array.from({ length: 13 }, (_, i) => (i * i) % 7);
    const targets = tf.oneHot(tf.tensor1d(sequence.slice(1), 'int32'), 7);
    const step = (): number =>
      withPrecision(policy, () => {
        const loss = optimizer.minimize(() => {
          const logits = model.apply(tf.tensor2d([sequence.slice(0, -1)])) as tf.Tensor;
          return tf.losses.softmaxCrossEntropy(targets, tf.reshape(logits, [-1, 7])).asScalar();
        }, true);
        return loss?.dataSync()[0] ?? NaN;
      });
    const first = step();
    for (let i = 0; i < 60; i++) step();
    expect(step()).toBeLessThan(first / 10);
    model.dispose();
  });

  it('predicts nothing from tokens that come later', () => {
    const model = buildDecoder(SMALL);
    const [a, b] = [
      [1, 2, 3, 4, 5],
      [1, 2, 3, 6, 0],
    ].map((row) => (model.predict(tf.tensor2d([row])) as tf.Tensor).dataSync<'float32'>());
    expect(a?.slice(0, 21)).toEqual(b?.slice(0, 21));
    expect(a?.slice(21)).not.toEqual(b?.slice(21));
    model.dispose();
  });
});

describe('grouped-query attention', () => {
  it('is attention with each head of keys and values repeated for its queries', () => {
    const [q, k, v] = [8, 2, 2].map((heads, seed) =>
      tf.randomNormal([2, heads, 5, 4], 0, 1, 'float32', seed),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const repeated = (x: tf.Tensor): tf.Tensor =>
      tf.reshape(tf.tile(tf.expandDims(x, 2), [1, 1, 4, 1, 1]), [2, 8, 5, 4]);
    const options = { causal: true };
    const grouped = scaledDotProductAttention(q, k, v, options);
    const plain = scaledDotProductAttention(q, repeated(k), repeated(v), options);
    expect(largestDifference(grouped.dataSync(), plain.dataSync())).toBeLessThan(1e-6);
  });
});

describe('rotary positions', () => {
  it('make products of queries and keys depend on their distance only', () => {
    const layer = rotaryEmbedding({ headDim: 6, maxLength: 64, layout: 'interleaved' });
    const [q, k] = [1, 2].map((seed) => tf.randomNormal([1, 1, 6], 0, 1, 'float32', seed)) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const product = (i: number, j: number): number =>
      tf.sum(tf.mul(layer.turnFrom(i, q), layer.turnFrom(j, k))).dataSync()[0] ?? NaN;
    expect(product(7, 3)).toBeCloseTo(product(57, 53), 4);
    expect(product(7, 3)).not.toBeCloseTo(product(7, 4), 2);
  });
});

describe('what layers of a decoder refuse', () => {
  it.each([
    [() => rotaryEmbedding({ headDim: 3, maxLength: 4 }), /headDim is 3; allowed are even/],
    [() => rotaryEmbedding({ headDim: 4, maxLength: 4, theta: 0 }), /theta is 0/],
    [() => rotaryEmbedding({ headDim: 4, maxLength: 4, layout: 'x' as never }), /layout is 'x'/],
    [() => rmsNormalization({ epsilon: -1 }), /epsilon is -1/],
    [() => attentionHeads({ numHeads: 4, numKvHeads: 3 }), /numKvHeads is 3/],
    [() => tiedEmbedding({ inputDim: 0, outputDim: 2 }), /inputDim is 0/],
    [() => buildDecoder({ ...SMALL, layers: 0 }), /layers is 0/],
    [() => buildDecoder({ ...SMALL, headDim: undefined as never, heads: 3 }), /3 heads/],
  ])('%s', (make, message) => {
    expect(make).toThrow(message);
  });

  it('a sequence longer than there are positions', () => {
    const model = buildDecoder(SMALL);
    expect(() => model.predict(tf.zeros([1, 17]))).toThrow(/16 positions, .* 17/);
    model.dispose();
  });
});
