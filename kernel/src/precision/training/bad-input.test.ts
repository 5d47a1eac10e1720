import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DynamicLossScaler } from '../loss-scale/dynamic';
import { GradScaler } from '../loss-scale/grad-scaler';
import { optimizers } from '../optimizers/optimizers';
import { lossScaler, setLossScaler } from '../session';
import { loadBackend } from '../../start';
import { setPrecision } from '../status';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
  vi.restoreAllMocks();
});

describe('a loss that is no scalar', () => {
  const shaped = /The loss has shape \[3\]; allowed is a scalar, shape \[\]\.\n.*tf\.mean/;

  it.each(['fp32', 'bf16', 'fp16'])('is refused under %s, and weights stay', (spec) => {
    setPrecision(spec);
    const weight = tf.tidy(() => tf.tensor1d([1, 2, 3]).variable());
    const optimizer = optimizers.sgd({ learningRate: 1 });
    const before = tf.memory().numTensors;
    const square = (): tf.Scalar => tf.square<tf.Scalar>(weight as unknown as tf.Scalar);
    expect(() => optimizer.minimize(square, false, [weight])).toThrow(
      expect.objectContaining({ code: 'loss-not-scalar' }),
    );
    expect(() => tf.variableGrads(square, [weight])).toThrow(shaped);
    expect([...weight.dataSync()]).toEqual([1, 2, 3]);
    expect(tf.memory().numTensors).toBe(before);
    optimizer.minimize(() => tf.sum<tf.Scalar>(weight), false, [weight]);
    expect([...weight.dataSync()]).toEqual([0, 1, 2]);
    weight.dispose();
    optimizer.dispose();
  });

  it.each([
    ['a promise', () => Promise.resolve(1), /a promise; .*\n.*must not be async/],
    ['a number', () => 1, /a number; allowed is a scalar tensor/],
    ['nothing', () => undefined, /returned nothing/],
  ])('but %s is told what to do', (_name, loss, message) => {
    const weight = tf.tidy(() => tf.scalar(1).variable());
    expect(() => tf.train.sgd(1).minimize(loss as never, false, [weight])).toThrow(message);
    weight.dispose();
  });

  it('is fine for tf.grad, as in tfjs', () => {
    const x = tf.tensor1d([1, 2]);
    expect([
      ...tf
        .grad((v) => tf.square(v))(x)
        .dataSync(),
    ]).toEqual([2, 4]);
    x.dispose();
  });
});

const quiet = (epochs: number) =>
  ({ epochs, batchSize: 64, shuffle: false, verbose: 0 }) as unknown as tf.ModelFitArgs;

/** 64 samples; number 40 is bad when asked. */
function data(bad: number, where: 'x' | 'y'): [tf.Tensor2D, tf.Tensor2D] {
  const x = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
  const y = x.map(([a = 0, b = 0]) => [a - b]);
  (where === 'x' ? x : y)[40] = where === 'x' ? [bad, 1] : [bad];
  return [tf.tensor2d(x), tf.tensor2d(y)];
}

function model(optimizer: tf.Optimizer, loss: unknown = 'meanSquaredError'): tf.Sequential {
  const net = tf.sequential({
    layers: [
      tf.layers.dense({ units: 1, inputShape: [2], name: 'only', kernelInitializer: 'ones' }),
    ],
  });
  net.compile({ optimizer, loss: loss as string });
  return net;
}

const stateOf = async (net: tf.Sequential, optimizer: tf.Optimizer): Promise<number[][]> => [
  ...net.getWeights().map((weight) => [...weight.dataSync()]),
  ...(await optimizer.getWeights()).map(({ tensor }) => [...tensor.dataSync()]),
];

describe.each(['fp32', 'bf16', 'fp16'])('data that is not finite under %s', (spec) => {
  it.each([
    ['fit', NaN, 'x', /input "only_input" holds 1 NaN and 0 infinite values, in sample 40 of 64/],
    ['fit', Infinity, 'y', /target of "only" holds 0 NaN and 1 infinite values/],
    ['trainOnBatch', NaN, 'y', /target of "only" holds 1 NaN/],
    ['fitDataset', NaN, 'x', /input "only_input" holds 1 NaN/],
  ] as const)(
    'ends %s with %s in %s, and nothing has changed',
    async (method, bad, where, says) => {
      setPrecision(spec);
      const optimizer = optimizers.adam({ learningRate: 0.1 });
      const net = model(optimizer);
      const [x, y] = data(bad, where);
      const [goodX, goodY] = data(1, where);
      await net.fit(goodX, goodY, quiet(1));
      const before = await stateOf(net, optimizer);
      const scaling = [lossScaler().scale, lossScaler().step];
      const run = (): Promise<unknown> => {
        if (method === 'trainOnBatch') return net.trainOnBatch(x, y);
        if (method === 'fit') return net.fit(x, y, quiet(1));
        const batches = tf.data.array([{ xs: x, ys: y }]);
        return net.fitDataset(batches, { epochs: 1 });
      };
      await expect(run()).rejects.toMatchObject({ code: 'non-finite-data' });
      await expect(run()).rejects.toThrow(says);
      expect(await stateOf(net, optimizer)).toEqual(before);
      expect([lossScaler().scale, lossScaler().step]).toEqual(scaling);
      await net.fit(goodX, goodY, quiet(1));
      expect(await stateOf(net, optimizer)).not.toEqual(before);
      tf.dispose([x, y, goodX, goodY]);
      net.dispose();
    },
  );

  it('leaves the statistics of batch normalization alone, and names the sample as in x', async () => {
    setPrecision(spec);
    const net = tf.sequential({
      layers: [
        tf.layers.dense({ units: 3, inputShape: [2] }),
        tf.layers.batchNormalization({ momentum: 0.5 }),
        tf.layers.dense({ units: 1 }),
      ],
    });
    net.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const [x, y] = data(NaN, 'x');
    const [goodX, goodY] = data(1, 'x');
    await net.fit(goodX, goodY, quiet(1));
    const statistics = (): number[][] =>
      net.nonTrainableWeights.map((weight) => [...weight.read().dataSync()]);
    const shuffled = net.fit(x, y, { ...quiet(1), batchSize: 16, shuffle: true });
    await expect(shuffled).rejects.toThrow('in sample 40 of 64');
    const after = statistics();
    const tensors = tf.memory().numTensors;
    await expect(net.trainOnBatch(x, y)).rejects.toThrow('in sample 40 of a batch of 64');
    expect(statistics()).toEqual(after);
    expect(after.flat().every(Number.isFinite)).toBe(true);
    expect(tf.memory().numTensors).toBe(tensors);
    tf.dispose([x, y, goodX, goodY]);
    net.dispose();
  });

  it('trains where the loss masks it', async () => {
    setPrecision(spec);
    const masked = (target: tf.Tensor, out: tf.Tensor): tf.Tensor =>
      tf.where(tf.isNaN(target), tf.zerosLike(out), tf.square(tf.sub(out, zeroNaN(target))));
    const zeroNaN = (t: tf.Tensor): tf.Tensor => tf.where(tf.isNaN(t), tf.zerosLike(t), t);
    const net = model(optimizers.adam({ learningRate: 0.1 }), masked);
    const [x, y] = data(NaN, 'y');
    const { history } = await net.fit(x, y, quiet(30));
    expect(history['loss']?.at(-1)).toBeLessThan(0.5 * Number(history['loss']?.[0]));
    tf.dispose([x, y]);
    net.dispose();
  });
});

describe('steps that are skipped again and again', () => {
  const skip = (scaler: GradScaler, times: number): void => {
    const optimizer = tf.train.sgd(1);
    tf.tidy(() => {
      for (let i = 0; i < times; i++) {
        scaler.step(optimizer, { 'head/kernel': tf.tensor1d([NaN, 1]) });
        scaler.update();
      }
    });
  };

  const said = (): (() => string[]) => {
    const info = vi.spyOn(console, 'info').mockReturnValue();
    return () => info.mock.calls.map(([text]) => String(text));
  };

  it('are told at the first and at the tenth, once, with the layer', () => {
    const notices = said();
    const scaler = new GradScaler('pytorch');
    skip(scaler, 9);
    expect(notices()).toEqual([
      expect.stringMatching(/^The first optimizer step was skipped.*head\/kernel: 1 NaN of 2/),
    ]);
    skip(scaler, 20);
    expect(notices()).toHaveLength(2);
    expect(notices()[1]).toMatch(/^10 optimizer steps in a row.*head\/kernel: 1 NaN of 2/);
    expect(notices()[1]).toContain("{ keep: { 'head': 'fp32' } }");
  });

  it('are told at once at a floor that was asked for, which is named', () => {
    const notices = said();
    skip(new GradScaler(new DynamicLossScaler({ initialScale: 2, minScale: 2 })), 3);
    expect(notices()).toEqual([expect.stringContaining("can't fall below minScale, which is 2")]);
    expect(notices()[0]).toMatch(/^1 optimizer step was skipped/);
  });

  it('are laid to a fixed scale where there is one', () => {
    const notices = said();
    skip(new GradScaler(1e9), 10);
    expect(notices()[1]).toMatch(/A fixed scale that is too large does this/);
  });

  it('within model-free training under fp16 too', () => {
    const notices = said();
    setPrecision('fp16');
    const weight = tf.tidy(() => tf.scalar(3).variable(true, 'tail/kernel'));
    const optimizer = tf.train.sgd(0.1);
    for (let i = 0; i < 12; i++) {
      optimizer.minimize(() => tf.mul<tf.Scalar>(weight, NaN), false, [weight]);
    }
    expect(notices()).toHaveLength(2);
    expect(notices()[1]).toMatch(/tail\/kernel/);
    expect(weight.dataSync()[0]).toBe(3);
    weight.dispose();
  });

  it('call a variable without a name by its place and shape, and no layer by a number', () => {
    const notices = said();
    setPrecision('fp16');
    const weights = [tf.variable(tf.ones([1])), tf.variable(tf.ones([2, 3]))];
    const optimizer = tf.train.sgd(0.1);
    for (let i = 0; i < 10; i++) {
      const loss = (): tf.Scalar =>
        tf
          .sum(tf.mul(tf.tile(weights[0] as tf.Tensor, [1]), 1))
          .add(tf.sum(tf.mul(weights[1] as tf.Tensor, NaN)));
      optimizer.minimize(loss, false, weights);
    }
    for (const notice of notices()) {
      expect(notice).toContain('(variable 2 of 2, shape [2, 3]: 6 NaN of 6)');
      expect(notice).not.toContain('keep: {');
    }
    expect(notices()).toHaveLength(2);
    tf.dispose(weights);
  });
});

describe('setLossScaler', () => {
  it.each([
    ['pytorch', 2 ** 16],
    ['keras', 2 ** 15],
    ['none', 1],
    [512, 512],
  ] as const)('takes %s', (given, scale) => {
    setPrecision('fp16');
    expect(setLossScaler(given).scale).toBe(scale);
  });

  it('refuses a scale that is not > 0', () => {
    expect(() => setLossScaler(-1)).toThrow(
      expect.objectContaining({ code: 'invalid-loss-scale' }),
    );
  });
});
