import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deviceFacts } from '../../backend/load';
import { clearSeed, setSeed } from '../../patches/seed';
import { QUIET } from '../../precision/quiet.fixture';
import { lossScaler } from '../../precision/session';
import { setPrecision } from '../../precision/status';
import { loadBackend } from '../../start';
import { parseTarget, requireTarget } from './target';
import { timeToAccuracy } from './time-to-accuracy';
import { trainToTarget } from './train-to-target';

const SAMPLES = 48;
let x: tf.Tensor;
let y: tf.Tensor;
beforeAll(() => {
  loadBackend();
  const labels = tf.tensor1d(
    Array.from({ length: SAMPLES }, (_, i) => i % 3),
    'int32',
  );
  y = tf.oneHot(labels, 3);
  const noise = tf.randomNormal([SAMPLES, 8], 0, 0.1, 'float32', 1);
  x = tf.add(noise, tf.mul(2, tf.oneHot(labels, 8)));
});
afterEach(() => {
  setPrecision('fp32');
  clearSeed();
});

function classifier(compile: Partial<tf.ModelCompileArgs> = {}): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [8], units: 6, activation: 'relu', name: 'body' }),
      tf.layers.dense({ units: 3, activation: 'softmax', name: 'head' }),
    ],
  });
  model.compile({
    optimizer: tf.train.adam(0.02),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
    ...compile,
  });
  return model;
}

const weightsOf = (model: tf.LayersModel): number[] =>
  model.getWeights().flatMap((weight) => [...weight.dataSync()]);

describe('trainToTarget', () => {
  it('takes as many epochs as a fit with the same seed does', async () => {
    const model = classifier();
    setSeed(5);
    const { result } = await trainToTarget(model, { data: { x, y }, target: 'accuracy>=0.9' });
    setSeed(5);
    const callback = timeToAccuracy({ target: 0.9, metric: 'acc', stop: true });
    const own = await tf.models.modelFromJSON(model.toJSON(null, false) as never);
    own.compile({
      optimizer: tf.train.adam(0.02),
      loss: 'categoricalCrossentropy',
      metrics: ['accuracy'],
    });
    await own.fit(x, y, { epochs: 100, verbose: QUIET, callbacks: callback });
    const [run] = result.runs;
    expect(run?.epoch).toBe(callback.result.epoch);
    expect(run?.epoch).toBeGreaterThan(1);
    expect(run?.best).toBeCloseTo(callback.result.best ?? NaN, 6);
    expect(result).toMatchObject({ metric: 'acc', from: 'initializers', validated: false });
  });

  it('leaves the model, its optimizer, the loss scaling and no tensor behind', async () => {
    const model = classifier();
    await model.fit(x, y, { epochs: 1, verbose: QUIET });
    setPrecision('fp16');
    const scaling = lossScaler();
    const before = { scale: scaling.scale, step: scaling.step, weights: weightsOf(model) };
    const { optimizer } = model as unknown as { optimizer: tf.Optimizer };
    const { iterations } = optimizer;
    const options = { data: { x, y }, target: 'accuracy>=0.9', epochs: 3 };
    await trainToTarget(model, options);
    const tensors = tf.memory().numTensors;
    await trainToTarget(model, options);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(lossScaler()).toBe(scaling);
    expect({ scale: scaling.scale, step: scaling.step, weights: weightsOf(model) }).toEqual(before);
    expect((model as unknown as { optimizer: tf.Optimizer }).optimizer).toBe(optimizer);
    expect(optimizer.iterations).toBe(iterations);
  });

  it('gives seconds and joules of it, with an interval over several trainings', async () => {
    const model = classifier();
    const began = performance.now();
    const measured = await trainToTarget(model, {
      data: { x, y },
      target: 'accuracy>=0.9',
      validation: { x, y },
      runs: 3,
    });
    const allS = (performance.now() - began) / 1000;
    const { runs, mean, metric } = measured.result;
    expect(metric).toBe('val_acc');
    expect(runs).toHaveLength(3);
    for (const { epoch, epochs, durationS, energyJ, best } of runs) {
      expect(epoch).toBe(epochs);
      expect(best).toBeGreaterThanOrEqual(0.9);
      expect(durationS).toBeGreaterThan(0);
      expect(energyJ?.low).toBeLessThanOrEqual(energyJ?.value ?? NaN);
    }
    const seconds = runs.map(({ durationS }) => durationS ?? NaN);
    const sum = seconds.reduce((total, each) => total + each, 0);
    expect(sum).toBeLessThan(allS);
    expect(mean?.durationS.value).toBeCloseTo(sum / 3, 9);
    expect(mean?.durationS.low).toBeLessThan(Math.max(...seconds));
    expect(mean?.energyJ.low).toBeGreaterThanOrEqual(0);
    expect(String(measured)).toMatch(/mean +\d/);
  });

  it('says that a target was not met, and gives no mean of the others', async () => {
    const measured = await trainToTarget(classifier(), {
      data: { x, y },
      target: 'loss<=0',
      epochs: 2,
      runs: 2,
    });
    const { runs, mean } = measured.result;
    expect(runs.map(({ epoch, epochs }) => [epoch, epochs])).toEqual([
      [null, 2],
      [null, 2],
    ]);
    expect(runs[0]?.best).toBeGreaterThan(0);
    expect(mean).toBeNull();
    expect(String(measured)).toContain(
      'was not met in 2 trainings of at most 2 epochs; time and energy are those of all epochs',
    );
  });

  it('begins with the weights of the model where that is asked', async () => {
    const model = classifier();
    await model.fit(x, y, { epochs: 60, verbose: QUIET });
    const epochOf = async (options: { readonly continue?: true }): Promise<number> => {
      const { result } = await trainToTarget(model, {
        data: { x, y },
        target: 'accuracy>=0.99',
        ...options,
      });
      return result.runs[0]?.epoch ?? Infinity;
    };
    expect(await epochOf({ continue: true })).toBe(1);
    expect(await epochOf({})).toBeGreaterThan(1);
  });

  it('gives a simulated format epochs, and no speed', async () => {
    setPrecision('fp8');
    const isSimulated = deviceFacts().formats.fp8.execution === 'simulated';
    const { result } = await trainToTarget(classifier(), { data: { x, y }, target: 'loss<=100' });
    expect(result).toMatchObject({ format: 'fp8', runs: [{ epoch: 1 }] });
    expect(result.runs[0]?.durationS === null).toBe(isSimulated);
    expect(result.runs[0]?.energyJ === null).toBe(isSimulated);
  });

  it('refuses what it cannot train, before it trains', async () => {
    const data = { x, y };
    const target = 'accuracy>=0.9';
    const cases: [tf.LayersModel, object, RegExp][] = [
      [classifier(), { data: { x }, target }, /data has no y/],
      [classifier(), { data, target: 'accuracy>0.9' }, /'accuracy>0.9'; allowed are a metric/],
      [classifier(), { data, target: 'auc>=0.9' }, /logs no auc; it logs loss, acc/],
      [classifier(), { data, target: 'val_acc>=0.9' }, /with validation data only/],
      [classifier(), { data, target, epochs: 0 }, /epochs is 0; allowed are whole numbers from 1/],
      [classifier(), { data, target, runs: 1.5 }, /runs is 1.5/],
      [
        tf.sequential({ layers: [tf.layers.dense({ inputShape: [8], units: 3 })] }),
        { data, target },
        /is not compiled/,
      ],
    ];
    for (const [model, options, message] of cases) {
      await expect(trainToTarget(model, options as never)).rejects.toThrow(message);
    }
  });
});

describe('requireTarget', () => {
  it.each(['accuracy>=95', 'val_acc>=150%', 'acc<=-0.1'])('refuses %s: no such share', (text) => {
    expect(() => requireTarget(text)).toThrow(/a share of the samples, from 0 to 1.*\n.*95%/s);
  });

  it('takes any figure of another metric', () => {
    expect(requireTarget('mse<=95')).toEqual({ metric: 'mse', value: 95, atLeast: false });
  });
});

describe('parseTarget', () => {
  it.each([
    ['accuracy>=0.95', { metric: 'accuracy', value: 0.95, atLeast: true }],
    ['accuracy >= 95%', { metric: 'accuracy', value: 0.95, atLeast: true }],
    ['val_loss<=1e-3', { metric: 'val_loss', value: 1e-3, atLeast: false }],
    ['mse<=.5', { metric: 'mse', value: 0.5, atLeast: false }],
  ])('reads %s', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  it.each(['', 'accuracy', 'accuracy=0.9', '>=0.9', 'accuracy>=', 'accuracy>=x', 'a>=1>=2'])(
    'takes "%s" for none',
    (text) => {
      expect(parseTarget(text)).toBeUndefined();
    },
  );
});
