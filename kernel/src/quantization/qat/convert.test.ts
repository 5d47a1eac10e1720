import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compare } from '../../analysis/comparison/compare';
import { loadBackend } from '../../start';
import { JUPYTER_DISPLAY } from '../../host';
import { quantize } from '../quantize';
import { layerSensitivity } from '../sensitivity/sensitivity';
import { decodeWeights } from '../../graph/weight-codes';
import { compareQat } from './compare';
import { convertQat, convertQatGraph } from './convert';
import { branching, examples, onLine, smallCnn, smallMlp, trainBriefly } from './models.fixture';
import type { QatOptions } from './options';
import { prepareQat } from './prepare';
import { quantizeMatrix } from './weights';

loadBackend();

async function trained(build: () => tf.LayersModel, options: QatOptions): Promise<tf.LayersModel> {
  const model = build();
  const qat = prepareQat(model, options);
  model.dispose();
  await trainBriefly(qat, { batches: 4 });
  return qat;
}

const learned: QatOptions = { weights: 'int4', scaleRule: 'learned', observer: 'learned' };

describe('convertQat', () => {
  test.each([
    ['mlp', smallMlp, {}],
    ['mlp', smallMlp, { scaleRule: '2*absmax/255' }],
    ['mlp', smallMlp, { weights: 'int3' }],
    ['mlp', smallMlp, { weights: 'int2', observer: 'min-max' }],
    ['mlp', smallMlp, { weights: 'binary' }],
    ['cnn', smallCnn, {}],
    ['cnn', smallCnn, { weights: 'ternary' }],
    ['cnn', smallCnn, { ...learned, freezeNorm: 2, freezeRanges: 2 }],
    ['line', onLine, { weights: 'int4' }],
    ['branching', branching, { weights: 'int4' }],
    ['branching', branching, learned],
  ] as [string, () => tf.LayersModel, QatOptions][])(
    "gives the simulation's codes: %s, %#",
    async (_, build, options) => {
      const qat = await trained(build, options);
      const x = examples(qat, 24, 99);
      const exact = await compareQat(qat, x, { engine: 'simulated' });
      expect(exact.codes).toBeGreaterThan(300);
      for (const { value, different, largest, codes } of exact.values) {
        // The mean of whole codes is often half-way between two: ties go either way.
        if (value === 'mean') expect(largest).toBeLessThanOrEqual(1);
        else expect(different, value).toBeLessThanOrEqual(codes / 1000);
      }
      const fastest = await compareQat(qat, x);
      expect(fastest.largest).toBeLessThanOrEqual(1);
      expect(fastest.outputs.every(({ largest }) => largest < 0.05)).toBe(true);
      qat.dispose();
    },
  );

  test('folds normalization into codes that are those of the kernel', async () => {
    const qat = await trained(smallCnn, { weights: 'int4' });
    const norm = qat.getLayer('norm');
    const [, beta, mean, variance] = norm.getWeights();
    const gamma = tf.tensor1d([1, -2, 0.5, -0.1, 3, 0, 1, -1]);
    norm.setWeights([gamma, beta, mean, variance] as tf.Tensor[]);
    const { graph } = convertQatGraph(qat);
    const conv = graph.nodes.find(({ id }) => id === 'conv');
    if (conv?.op.kind !== 'linear') throw new Error('conv is no product');
    // The other way round, as Jacob et al. have it: folded first, then quantized.
    const [kernel] = qat.getLayer('conv').getWeights() as [tf.Tensor];
    const gain = tf.div(gamma, tf.sqrt(tf.add(variance as tf.Tensor, 1e-3)));
    const folded = tf.reshape(tf.mul(kernel, gain), [-1, 8]);
    const scheme = { format: 'int4', largestCode: 7, rule: 'absmax/127' } as const;
    const expected = quantizeMatrix(folded, scheme).dataSync();
    decodeWeights(conv.op.weights).forEach((w, i) => {
      expect(w).toBeCloseTo(expected[i] ?? NaN, 5);
    });
    expect(new Set(conv.op.weights.codes).size).toBeGreaterThan(8);
  });

  test('packs codes below 8 bits', async () => {
    const qat = await trained(smallMlp, { weights: 'int4', activations: 'fp32' });
    const small = await convertQat(qat, { engine: 'simulated' });
    expect(small.mode).toBe('weight-only');
    const { weightBytes } = small.layers.find(({ name }) => name === 'hidden') ?? {};
    // 8 x 16 codes in half a byte each, 16 scales and biases in float32.
    expect(weightBytes).toBe(64 + 128);
    small.dispose();
  });

  test('weights alone convert without training', async () => {
    const model = smallMlp();
    const qat = prepareQat(model, { weights: 'int3', activations: 'fp32' });
    const small = await convertQat(qat, { engine: 'simulated' });
    const x = examples(model, 8);
    const a = (qat.predict(x) as tf.Tensor).dataSync();
    const b = (small.predict(x) as tf.Tensor).dataSync();
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i] ?? NaN, 5);
    });
    small.dispose();
  });

  test('leaves in float what was left in float', async () => {
    const qat = await trained(smallCnn, { exclude: ['dense'] });
    const small = await convertQat(qat);
    const { format, reason } = small.layers.find(({ name }) => name === 'dense') ?? {};
    expect(format).toBe('fp32');
    expect(reason).toContain("excluded by 'dense'");
    small.dispose();
  });

  test('leaves the model fit for training and converts again', async () => {
    const qat = await trained(smallMlp, {});
    const before = tf.memory().numTensors;
    const first = await convertQat(qat);
    first.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await trainBriefly(qat);
    const second = await convertQat(qat);
    expect(second.graph.activations.get('hidden')).not.toEqual(
      first.graph.activations.get('hidden'),
    );
    second.dispose();
  });

  test('asks for training first', async () => {
    const qat = prepareQat(smallMlp());
    await expect(convertQat(qat)).rejects.toThrow(/'hidden' has no range.*\n.*fit\(\)/);
  });

  test('is what other functions name when they are handed a copy that is still training', async () => {
    const qat = prepareQat(smallMlp());
    const says = /takes a model in float; 'mlp' is a copy.*prepareQat\(\)\.\n.*%qat convert/;
    await expect(quantize(qat)).rejects.toThrow(says);
    const data = { x: tf.ones([2, 6]) };
    await expect(compare(qat, { formats: ['fp32'], data })).rejects.toThrow(says);
    await expect(layerSensitivity(qat, { data })).rejects.toThrow(says);
  });

  test('asks for a prepared model', async () => {
    await expect(convertQat(smallMlp())).rejects.toThrow(
      /'mlp' is not fake-quantized.*\n.*prepareQat/,
    );
  });

  test('gives a model that says how to train', async () => {
    const small = await convertQat(await trained(smallMlp, {}));
    await expect(small.fit()).rejects.toThrow(/cannot be trained.*\n.*prepareQat/);
    expect(() => small.compile({})).toThrow(/cannot be trained.*\n.*prepareQat/);
    small.dispose();
  });
});

test('the comparison shows counts and the largest differences', async () => {
  const qat = await trained(smallMlp, {});
  const comparison = await compareQat(qat, examples(qat, 4));
  const text = String(comparison[JUPYTER_DISPLAY]()['text/plain']);
  expect(text).toContain('mlp: the integer model against its simulation');
  expect(text).toMatch(/hidden_input\s+32\s+0\s+0%\s+0/);
  expect(text).toContain("Output 'head' differs by at most");
});
