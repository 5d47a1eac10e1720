import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { QUIET } from '../precision/quiet.fixture';
import { loadBackend } from '../start';
import { clearSeed, currentSeed, describeSeed, setSeed } from './seed';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  clearSeed();
});

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const layer = (made: tf.layers.Layer): number[] =>
  values(made.apply(tf.ones([4, 16]), { training: true }) as tf.Tensor);
const logits = tf.tensor2d([[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]]);

const DRAWS: Readonly<Record<string, () => unknown>> = {
  'Math.random': () => [Math.random(), Math.random()],
  'tf.randomNormal': () => values(tf.randomNormal([8])),
  'tf.randomUniform': () => values(tf.randomUniform([8])),
  'tf.randomUniformInt': () => values(tf.randomUniformInt([8], 0, 1e6)),
  'tf.truncatedNormal': () => values(tf.truncatedNormal([8])),
  'tf.randomGamma': () => values(tf.randomGamma([8], 2)),
  'tf.randomStandardNormal': () => values(tf.randomStandardNormal([8])),
  'tf.multinomial': () => values(tf.multinomial(logits, 64)),
  'tf.dropout': () => values(tf.dropout(tf.ones([64]), 0.5)),
  'tf.util.shuffle': () => {
    const list = Array.from({ length: 32 }, (_, i) => i);
    tf.util.shuffle(list);
    return list;
  },
  'initializers without a seed': () =>
    values(tf.layers.dense({ units: 8, inputShape: [8] }).apply(tf.eye(8)) as tf.Tensor),
  'an orthogonal initializer': () => values(tf.initializers.orthogonal({}).apply([4, 4])),
  'a dropout layer': () => layer(tf.layers.dropout({ rate: 0.5 })),
  'Gaussian noise': () => layer(tf.layers.gaussianNoise({ stddev: 1 })),
  'Gaussian dropout': () => layer(tf.layers.gaussianDropout({ rate: 0.5 })),
  'alpha dropout': () => layer(tf.layers.alphaDropout({ rate: 0.5 })),
  'the order of tf.data': async () =>
    tf.data
      .array(Array.from({ length: 32 }, (_, i) => i))
      .shuffle(32)
      .toArray(),
  'the order of fit': async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros', useBias: false }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.3), loss: 'meanSquaredError' });
    const x = tf.linspace(0, 1, 16).expandDims(1);
    await model.fit(x, tf.square(x), { epochs: 1, batchSize: 1, verbose: QUIET });
    return values(model.getWeights()[0] as tf.Tensor);
  },
};

describe('setSeed', () => {
  it.each(Object.entries(DRAWS))('decides %s', async (_, draw) => {
    setSeed(42);
    const first = [await draw(), await draw()];
    setSeed(42);
    expect([await draw(), await draw()]).toEqual(first);
    setSeed(43);
    expect([await draw(), await draw()]).not.toEqual(first);
    expect(first[1]).not.toEqual(first[0]);
  });

  it('leaves seeds that are given alone', async () => {
    const order = async (): Promise<number[]> =>
      tf.data
        .array(Array.from({ length: 32 }, (_, i) => i))
        .shuffle(32, '7')
        .toArray();
    const plain = [values(tf.randomNormal([4], 0, 1, 'float32', 7)), await order()];
    setSeed(42);
    expect([values(tf.randomNormal([4], 0, 1, 'float32', 7)), await order()]).toEqual(plain);
  });

  it('draws evenly, to all bits of a number', () => {
    setSeed(1);
    const draws = Array.from({ length: 20_000 }, () => Math.random());
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / draws.length));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(new Set(draws).size).toBe(draws.length);
    // 2^53 different numbers: some of them are no multiple of 2^-32.
    expect(draws.some((x) => !Number.isInteger(x * 2 ** 32))).toBe(true);
  });

  it('draws samples of tf.multinomial in their proportions', () => {
    setSeed(3);
    const drawn = values(tf.multinomial(tf.log(tf.tensor1d([0.2, 0.8])), 5000));
    const share = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    expect(Math.abs(share - 0.8)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / drawn.length));
  });

  it('can be asked for, and taken back', () => {
    const { random } = Math;
    expect(currentSeed()).toBeNull();
    expect(setSeed(42).toString()).toContain('Seed 42:');
    expect(setSeed(7).toString()).toContain('Seed 7:');
    expect(currentSeed()).toBe(7);
    expect(clearSeed().toString()).toBe(describeSeed().toString());
    expect(currentSeed()).toBeNull();
    expect(Math.random).toBe(random);
  });

  it.each([-1, 1.5, NaN, 2 ** 53])('refuses %s', (seed) => {
    expect(() => setSeed(seed)).toThrow(/allowed are whole numbers from 0/);
  });
});
