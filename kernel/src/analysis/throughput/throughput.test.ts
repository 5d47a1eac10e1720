import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deviceFacts } from '../../backend/load';
import { JUPYTER_DISPLAY } from '../../host';
import { QUIET } from '../../precision/quiet.fixture';
import { setPrecision } from '../../precision/status';
import { quantize } from '../../quantization/quantize';
import { loadBackend } from '../../start';
import { randomKey, uniform } from '../../formats/random';
import { medianInterval } from './median-interval';
import { sampleInTurns } from './latencies';
import { throughput, throughputRow } from './throughput';
import { timeToAccuracy } from './time-to-accuracy';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
});

const classifier = (): tf.Sequential => {
  const model = tf.sequential({
    layers: [tf.layers.dense({ inputShape: [4], units: 3, activation: 'softmax' })],
  });
  model.compile({
    optimizer: tf.train.sgd(0.1),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
};

describe('throughput', () => {
  it('measures each batch size, and leaves nothing behind', async () => {
    const model = classifier();
    const x = tf.ones([40, 4]);
    await throughput(model, { data: { x }, seconds: 0.01 });
    const tensors = tf.memory().numTensors;
    const measured = await throughput(model, { data: { x }, batchSizes: [2, 32], seconds: 0.05 });
    expect(tf.memory().numTensors).toBe(tensors);
    const { rows, format, execution } = measured.result;
    expect([format, execution]).toEqual(['fp32', 'native']);
    expect(rows.map(({ batchSize }) => batchSize)).toEqual([2, 32]);
    for (const { batchSize, latencyS, samplesPerS } of rows) {
      expect(latencyS?.runs).toBeGreaterThanOrEqual(5);
      expect(latencyS?.p95 ?? Infinity).toBeGreaterThanOrEqual(latencyS?.p50 ?? NaN);
      expect(samplesPerS).toBeGreaterThan(0);
      expect(samplesPerS).toBeLessThan(batchSize / 1e-6);
    }
    const text = String(measured[JUPYTER_DISPLAY]()['text/plain']);
    expect(text).toContain('Most samples a second at batch');
  });

  it('shows no speed of a format that is simulated here', async () => {
    const { formats } = deviceFacts();
    const simulated = (['fp16', 'bf16', 'fp8'] as const).find(
      (format) => formats[format].execution === 'simulated',
    );
    setPrecision(simulated ?? 'fp8');
    const measured = await throughput(classifier(), { data: { x: tf.ones([8, 4]) }, seconds: 9 });
    expect(measured.result.rows).toEqual(
      [1, 8].map((batchSize) => ({ batchSize, latencyS: null, samplesPerS: null })),
    );
    expect(String(measured[JUPYTER_DISPLAY]()['text/plain'])).toContain('no speed is shown');
  });

  it('measures quantized models too', async () => {
    const x = tf.randomNormal([16, 4], 0, 1, 'float32', 3);
    const small = await quantize(classifier(), { weights: 'int8', calibrate: x });
    const { result } = await throughput(small, { data: { x }, batchSizes: [16], seconds: 0.01 });
    expect(result.format).toBe('quantized, static');
    expect(result.rows[0]?.latencyS === null).toBe(result.execution === 'simulated');
    small.dispose();
  });

  it('refuses what it cannot run', async () => {
    const model = classifier();
    const data = { x: tf.ones([4, 4]) };
    await expect(throughput(model, { data, batchSizes: [8] })).rejects.toThrow(/from 1 to 4/);
    await expect(throughput(model, { data, batchSizes: [] })).rejects.toThrow(/is empty/);
    await expect(throughput(model, { data, seconds: 0 })).rejects.toThrow(/seconds is 0/);
    await expect(throughput(model, { data: { x: tf.ones([4, 5]) } })).rejects.toThrow(/\[4, 5\]/);
  });
});

describe('throughputRow', () => {
  it('has quantiles of enough runs only, and all samples by all time', () => {
    const seconds = Array.from({ length: 100 }, (_, i) => (i + 1) / 1000);
    const row = throughputRow(4, seconds);
    // numpy.quantile of 0.001 to 0.1
    expect(row.latencyS?.p50).toBeCloseTo(0.0505, 12);
    expect(row.latencyS?.p95).toBeCloseTo(0.09505, 12);
    expect(row.latencyS?.p99).toBeCloseTo(0.09901, 12);
    expect(row.samplesPerS).toBeCloseTo(400 / 5.05, 9);
    expect(throughputRow(1, seconds.slice(0, 99)).latencyS?.p99).toBeNull();
    expect(throughputRow(1, seconds.slice(0, 19)).latencyS?.p95).toBeNull();
  });
});

describe('medianInterval', () => {
  it('takes the ranks of the exact binomial test', () => {
    // P(Bin(6, 1/2) < 1) = 0.0156, P(Bin(10, 1/2) < 2) = 0.0107, P(Bin(20, 1/2) < 6) = 0.0207.
    const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
    expect(medianInterval(upTo(5))).toBeNull();
    expect(medianInterval(upTo(6))).toEqual({ low: 1, high: 6 });
    expect(medianInterval(upTo(10).reverse())).toEqual({ low: 2, high: 9 });
    expect(medianInterval(upTo(20))).toEqual({ low: 6, high: 15 });
  });

  it.each([7, 25, 200])('holds the median of skewed values in 95% of samples of %s', (size) => {
    const key = randomKey(11);
    const trials = 4000;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from(
        { length: size },
        (_, i) => -Math.log(1 - uniform(key, trial * size + i)),
      );
      const { low, high } = medianInterval(values) ?? { low: NaN, high: NaN };
      if (low <= Math.LN2 && Math.LN2 <= high) held++;
    }
    expect(held / trials).toBeGreaterThan(0.945);
  });
});

describe('sampleInTurns', () => {
  it('gives each function its time, in turns', () => {
    const order: string[] = [];
    const wait = (name: string, ms: number) => (): void => {
      order.push(name);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    };
    const options = { secondsEach: 0.05, warmUp: 1, fewest: 2 };
    const [fast, slow] = sampleInTurns([wait('a', 5), wait('b', 40)], options);
    expect(order.slice(0, 6).join('')).toBe('ababab');
    expect(slow).toHaveLength(2);
    expect(fast?.length).toBeGreaterThan(2);
    expect(Math.min(...(slow ?? []))).toBeGreaterThanOrEqual(0.039);
  });
});

describe('timeToAccuracy', () => {
  const data = (): [tf.Tensor, tf.Tensor] => {
    const x = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3).toFloat();
    return [
      tf.pad(x as tf.Tensor2D, [
        [0, 0],
        [0, 1],
      ]),
      x,
    ];
  };

  it('tells in which epoch and after how long the target was met, and can stop there', async () => {
    const [x, y] = data();
    const callback = timeToAccuracy({ target: 1, stop: true });
    const model = classifier();
    const began = performance.now();
    const { epoch } = await model.fit(x, y, { epochs: 500, verbose: QUIET, callbacks: callback });
    const all = (performance.now() - began) / 1000;
    const { result } = callback;
    expect(result).toMatchObject({ metric: 'acc', target: 1, best: 1, epoch: epoch.length });
    expect(epoch.length).toBeLessThan(500);
    expect(result.seconds).toBeGreaterThan(0);
    expect(result.seconds).toBeLessThanOrEqual(all);
    expect(String(callback)).toMatch(/^acc 1 after .*s, in epoch \d+/);
  });

  it('takes losses the other way round, and says when the target was not met', async () => {
    const [x, y] = data();
    const callback = timeToAccuracy({ target: 0, metric: 'loss' });
    await classifier().fit(x, y, { epochs: 2, verbose: QUIET, callbacks: callback });
    expect(callback.result).toMatchObject({ seconds: null, epoch: null, epochs: 2 });
    expect(String(callback)).toMatch(/^loss 0 was not met in 2 epochs; the best was/);
  });

  it('says what there is where the metric is not logged', async () => {
    const [x, y] = data();
    const callbacks = timeToAccuracy({ target: 0.9, metric: 'auc' });
    await expect(classifier().fit(x, y, { epochs: 1, verbose: QUIET, callbacks })).rejects.toThrow(
      /logs no auc; it logs loss, acc/,
    );
    expect(() => timeToAccuracy({ target: NaN })).toThrow(/target is NaN/);
  });
});
