import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../../backend/binding';
import { onOp } from '../../backend/load';
import { setPrecision } from '../status';
import { loadBackend } from '../../start';
import { schedules } from '../schedules/schedule';
import { optimizers } from './optimizers';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
});

function model(optimizer: string | tf.Optimizer): tf.Sequential {
  const result = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 4,
        inputShape: [3],
        kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
      }),
      tf.layers.dense({ units: 1, kernelInitializer: tf.initializers.glorotUniform({ seed: 4 }) }),
    ],
  });
  result.compile({ optimizer, loss: 'meanSquaredError' });
  return result;
}

const QUIET = { verbose: 0, shuffle: false } as unknown as tf.ModelFitArgs;

const x = (): tf.Tensor => tf.randomNormal([32, 3], 0, 1, 'float32', 1);
const y = (): tf.Tensor => tf.randomNormal([32, 1], 0, 1, 'float32', 2);

async function fit(net: tf.Sequential, epochs: number): Promise<number[]> {
  const [inputs, targets] = [x(), y()];
  const { history } = await net.fit(inputs, targets, { ...QUIET, epochs });
  tf.dispose([inputs, targets]);
  return history['loss'] as number[];
}

const weightsOf = (net: tf.Sequential): number[] =>
  net.getWeights().flatMap((weight) => [...weight.dataSync()]);

describe('model.compile', () => {
  // Four weights and two moments each.
  it('takes adamw by name and owns it', async () => {
    const net = model('adamw');
    expect(net.optimizer.getClassName()).toBe('AdamW');
    const losses = await fit(net, 3);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? NaN);
    expect(net.dispose().numDisposedVariables).toBe(12);
  });

  it('refuses a name that is none, with the nearest', () => {
    expect(() => model('adamwx')).toThrow(expect.objectContaining({ code: 'unknown-optimizer' }));
    expect(() => model('adamwx')).toThrow(/Did you mean .*adamw/);
  });

  it.each(['fp32', 'bf16', 'fp16'])('trains with an optimizer of ours under %s', async (spec) => {
    setPrecision(spec);
    const net = model(optimizers.sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }));
    const losses = await fit(net, 8);
    expect(losses.at(-1)).toBeLessThan(0.9 * (losses[0] ?? NaN));
    net.dispose();
  });
});

describe('gradientAccumulationSteps', () => {
  const adam = (gradientAccumulationSteps = 1): tf.Optimizer =>
    optimizers.adamw({ learningRate: 0.05, globalClipNorm: 0.5, gradientAccumulationSteps });

  it('makes micro-batches through fit what one batch of them all is', async () => {
    const [whole, parts] = [model(adam()), model(adam(4))];
    const [inputs, targets] = [x(), y()];
    await whole.fit(inputs, targets, { ...QUIET, epochs: 3, batchSize: 32 });
    await parts.fit(inputs, targets, { ...QUIET, epochs: 3, batchSize: 8 });
    expect(parts.optimizer.iterations).toBe(3);
    const expected = weightsOf(whole);
    weightsOf(parts).forEach((w, i) => {
      expect(w).toBeCloseTo(expected[i] ?? NaN, 5);
    });
    tf.dispose([inputs, targets]);
    whole.dispose();
    parts.dispose();
  });

  it('trains under fp16, in which the loss is scaled, and leaks nothing', async () => {
    setPrecision('fp16');
    const net = model(adam(2));
    const [inputs, targets] = [x(), y()];
    const epoch = () => net.fit(inputs, targets, { ...QUIET, epochs: 4, batchSize: 16 });
    const first = await epoch();
    const before = [native().binding.getNumOfTensors(), tf.memory().numTensors];
    const last = await epoch();
    expect([native().binding.getNumOfTensors(), tf.memory().numTensors]).toEqual(before);
    expect(last.history['loss']?.at(-1)).toBeLessThan(Number(first.history['loss']?.[0]));
    tf.dispose([inputs, targets]);
    net.dispose();
  });
});

describe('a checkpoint', () => {
  it.each([
    [
      'adamw',
      () =>
        optimizers.adamw({
          learningRate: 0.05,
          weightDecay: 0.1,
          amsgrad: true,
          excludeFromWeightDecay: ['b_x'],
        }),
    ],
    ['sgd', () => optimizers.sgd({ learningRate: 0.05, momentum: 0.9 })],
    [
      'rmsprop with a schedule',
      () =>
        optimizers.rmsprop({
          learningRate: schedules.cosine({ initial: 0.05, decaySteps: 6, warmupSteps: 2 }),
          centered: true,
        }),
    ],
  ])('of %s trains on as if never saved', async (_name, create) => {
    const steady = model(create());
    await fit(steady, 3);
    let saved: tf.io.ModelArtifacts | undefined;
    await steady.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = artifacts;
        return Promise.resolve({
          modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
        });
      }),
      { includeOptimizer: true },
    );
    if (saved === undefined) throw new Error('nothing was saved');
    const restored = (await tf.loadLayersModel(tf.io.fromMemory(saved))) as tf.Sequential;
    expect(restored.optimizer.getConfig()).toEqual(steady.optimizer.getConfig());
    expect(restored.optimizer.iterations).toBe(3);
    await fit(steady, 3);
    await fit(restored, 3);
    expect(weightsOf(restored)).toEqual(weightsOf(steady));
    steady.dispose();
    restored.dispose();
  });

  it('with the wrong number of tensors is refused', async () => {
    const weights = [{ name: 'iter', tensor: tf.scalar(1, 'int32') }];
    weights.push({ name: 'w/m', tensor: tf.scalar(1, 'int32') });
    await expect(optimizers.adam().setWeights(weights)).rejects.toMatchObject({
      code: 'invalid-optimizer-weights',
    });
  });
});

describe('the options of an optimizer', () => {
  it.each([
    [{ learningRate: -1 }, /learningRate of adamw is -1; allowed are numbers >= 0/],
    [{ beta1: 1 }, /beta1 of adamw is 1; allowed are numbers in \[0, 1\)/],
    [
      { gradientAccumulationSteps: 1.5 },
      /gradientAccumulationSteps of adamw is 1.5; .* integers > 0/,
    ],
    [0.01, /The options of adamw are 0.01; allowed is an object/],
    [{ weightDecay: NaN }, /weightDecay of adamw is NaN/],
    [{ weigthDecay: 0.1 }, /no option "weigthDecay".*\n.*weightDecay/],
  ])('%s is refused', (options, message) => {
    expect(() => optimizers.adamw(options as object)).toThrow(message);
  });

  it('keep biases from decaying', () => {
    const [kernel, bias] = ['layer/kernel', 'layer/bias'].map((name) =>
      tf.tidy(() => tf.ones([2]).variable(true, name)),
    );
    const optimizer = optimizers.adamw({
      learningRate: 0.5,
      weightDecay: 0.5,
      excludeFromWeightDecay: ['bias'],
    });
    tf.tidy(() => {
      optimizer.applyGradients({ 'layer/kernel': tf.zeros([2]), 'layer/bias': tf.zeros([2]) });
    });
    expect([...(kernel?.dataSync() ?? [])]).toEqual([0.75, 0.75]);
    expect([...(bias?.dataSync() ?? [])]).toEqual([1, 1]);
    optimizer.dispose();
    tf.dispose([kernel ?? [], bias ?? []]);
  });
});

it('AdamW runs fused, without ops of tfjs, and leaks nothing', () => {
  const weight = tf.tidy(() => tf.ones([8]).variable());
  const optimizer = optimizers.adamw({ globalClipNorm: 1 });
  const step = (): void => {
    optimizer.minimize(() => tf.sum(tf.square(weight)), false, [weight]);
  };
  step();
  const before = [native().binding.getNumOfTensors(), tf.memory().numTensors];
  for (let i = 0; i < 10; i++) step();
  expect([native().binding.getNumOfTensors(), tf.memory().numTensors]).toEqual(before);
  const plain = optimizers.adamw();
  const ops: string[] = [];
  const gradient = tf.ones([8]);
  plain.applyGradients({ [weight.name]: gradient });
  const stop = onOp((name) => ops.push(name));
  plain.applyGradients({ [weight.name]: gradient });
  stop();
  expect(ops).toEqual([]);
  tf.dispose([gradient, weight]);
  optimizer.dispose();
  plain.dispose();
});
