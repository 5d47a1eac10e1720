import * as tf from '@tensorflow/tfjs';
import type { NamedTensorMap, Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi, type Mock } from 'vitest';
import type { StatefulLayer } from '../../patches/layer-state';
import { loadBackend } from '../../start';
import { DynamicLossScaler } from '../loss-scale/dynamic';
import { GradScaler } from '../loss-scale/grad-scaler';
import { QUIET } from '../quiet.fixture';
import { lossScaler, setLossScaler } from '../session';
import { setPrecision } from '../status';

let info: Mock;

beforeAll(() => {
  loadBackend();
});
beforeEach(() => {
  info = vi.spyOn(console, 'info').mockReturnValue();
});
afterEach(() => {
  setPrecision('fp32');
  vi.restoreAllMocks();
});

const notices = (): string[] => info.mock.calls.map(([text]) => String(text));

/** A model whose first product overflows fp16, so that each step is skipped. */
function overflowing(rest: tf.layers.Layer[], shape: tf.Shape): tf.Sequential {
  const first = tf.layers.dense({
    units: 2,
    batchInputShape: shape,
    kernelInitializer: tf.initializers.constant({ value: 1e5 }),
  });
  return tf.sequential({ layers: [first, ...rest, tf.layers.dense({ units: 1 })] });
}

describe('a skipped step', () => {
  const statistics = (layer: tf.layers.Layer): number[][] =>
    layer.nonTrainableWeights.map((weight) => [...weight.read().dataSync()]);

  it('of fit leaves moving statistics as they were', async () => {
    setPrecision('fp16');
    const norm = tf.layers.batchNormalization();
    const model = overflowing([norm], [8, 2]);
    model.compile({ optimizer: tf.train.sgd(1e-3), loss: 'meanSquaredError' });
    const [x, y] = [tf.ones([8, 2]), tf.ones([8, 1])];
    const before = tf.memory().numTensors;
    await model.trainOnBatch(x, y);
    expect(lossScaler().skippedSteps).toBe(1);
    expect(statistics(norm)).toEqual([
      [0, 0],
      [1, 1],
    ]);
    await model.trainOnBatch(x, y);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, y]);
    model.dispose();
  });

  it.each(['minimize', 'GradScaler', 'applyGradients'])(
    'by %s leaves them too, and what is assigned within the loss',
    (by) => {
      setPrecision('fp16');
      const norm = tf.layers.batchNormalization();
      const model = overflowing([norm], [4, 2]);
      const count = tf.variable(tf.scalar(0));
      const x = tf.ones([4, 2]);
      const loss = (): Scalar => {
        count.assign(tf.add(count, 1));
        return tf.mean(model.apply(x, { training: true }) as Tensor);
      };
      const optimizer = tf.train.sgd(1);
      const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      tf.tidy(() => {
        if (by === 'minimize') optimizer.minimize(loss, false, weights);
        else if (by === 'applyGradients')
          optimizer.applyGradients(tf.variableGrads(loss, weights).grads);
        else {
          const scaler = new GradScaler();
          expect(
            scaler.step(optimizer, tf.variableGrads(() => scaler.scale(loss()), weights).grads),
          ).toBe(false);
          scaler.update();
        }
      });
      expect(statistics(norm)).toEqual([
        [0, 0],
        [1, 1],
      ]);
      expect(count.dataSync()[0]).toBe(0);
      // What isn't the forward pass's is its user's.
      count.assign(tf.scalar(5));
      expect(count.dataSync()[0]).toBe(5);
      tf.dispose([x, count]);
      model.dispose();
    },
  );

  it.each([
    ['finite', 1e-3],
    ['not finite', NaN],
  ])('holds nothing for gradients alone, %s', (_name, factor) => {
    setPrecision('fp16');
    const norm = tf.layers.batchNormalization({ inputShape: [2] });
    const model = tf.sequential({ layers: [norm] });
    const x = tf.ones([4, 2]);
    const before = tf.memory().numTensors;
    const { value, grads } = tf.variableGrads(() =>
      tf.mul(tf.mean<tf.Scalar>(model.apply(x, { training: true }) as Tensor), factor),
    );
    tf.dispose([value, grads]);
    expect(tf.memory().numTensors).toBe(before);
    const [mean = []] = statistics(norm);
    expect(mean[0]).toBeCloseTo(Number.isNaN(factor) ? 0 : 0.01, 6);
    const failing = (): Scalar => {
      model.apply(x, { training: true });
      throw new Error('of the loss');
    };
    expect(() => tf.variableGrads(failing)).toThrow('of the loss');
    expect(tf.memory().numTensors).toBe(before);
    expect(statistics(norm)[0]).toEqual(mean);
    x.dispose();
    model.dispose();
  });

  it.each([
    ['simpleRNN', [2, 3, 2], () => tf.layers.simpleRNN({ units: 2, stateful: true })],
    ['lstm', [2, 3, 2], () => tf.layers.lstm({ units: 2, stateful: true })],
    [
      'convLstm2d',
      [2, 3, 4, 4, 2],
      () => tf.layers.convLstm2d({ filters: 2, kernelSize: 2, stateful: true }),
    ],
  ] as const)('leaves the states of a stateful %s as they were', (_name, shape, make) => {
    setPrecision('fp16');
    const recurrent = make() as unknown as tf.layers.Layer & StatefulLayer;
    const model = overflowing([recurrent], shape.slice());
    model.compile({ optimizer: tf.train.sgd(1e-3), loss: 'meanSquaredError' });
    const x = tf.mul(tf.ones(shape.slice()), NaN);
    const states = (): number[][] =>
      (recurrent.states_ ?? []).map((state) => [...state.dataSync()]);
    const before = states();
    model.optimizer.minimize(() => tf.mean(model.apply(x, { training: true }) as Tensor));
    expect(lossScaler().skippedSteps).toBe(1);
    expect(before.flat().length).toBeGreaterThan(0);
    expect(states()).toEqual(before);
    x.dispose();
    model.dispose();
  });
});

describe('a first step that is skipped', () => {
  const linear = (factor: number): [tf.Variable, () => Scalar] => {
    const weight = tf.variable(tf.ones([3, 1]));
    return [
      weight,
      () =>
        tf.sum<Scalar>(tf.mul(tf.matMul(tf.ones([1, 3]), weight as Tensor as Tensor2D), factor)),
    ];
  };

  it('of a fit of one batch is told, with the scale from which on nothing is skipped', async () => {
    setPrecision('fp16');
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 1, inputShape: [4], kernelInitializer: 'ones' })],
    });
    model.compile({ optimizer: tf.train.sgd(1e-6), loss: 'meanSquaredError' });
    const [x, y] = [tf.fill([8, 4], 50), tf.zeros([8, 1])];
    const weights = (): number[] => [...(model.getWeights()[0] as Tensor).dataSync()];
    await model.fit(x, y, { epochs: 1, batchSize: 8, verbose: QUIET });
    expect(weights()).toEqual([1, 1, 1, 1]);
    expect(notices()).toHaveLength(1);
    const initialScale = Number(/initialScale: ([\d.]+)/.exec(notices()[0] ?? '')?.[1]);
    setLossScaler(new DynamicLossScaler({ initialScale }));
    await model.fit(x, y, { epochs: 1, batchSize: 8, verbose: QUIET });
    expect(lossScaler().skippedSteps).toBe(0);
    expect(weights()).not.toEqual([1, 1, 1, 1]);
    setLossScaler(new DynamicLossScaler({ initialScale: 2 * initialScale }));
    await model.fit(x, y, { epochs: 1, batchSize: 8, verbose: QUIET });
    expect(lossScaler().skippedSteps).toBe(1);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('of minimize says how many steps are skipped until then, and training goes on below 1', () => {
    setPrecision('fp16');
    const [weight, loss] = linear(3e5);
    const optimizer = tf.train.sgd(1e-7);
    for (let i = 0; i < 40; i++) optimizer.minimize(loss, false, [weight]);
    expect(notices()).toEqual([
      expect.stringMatching(
        /They fit from 0\.125 on, which takes 19 skipped steps.*setLossScaler\(new DynamicLossScaler\({ initialScale: 0\.125 }\)\)/,
      ),
    ]);
    expect([lossScaler().scale, lossScaler().skippedSteps]).toEqual([0.125, 19]);
    for (const value of weight.dataSync()) expect(value).toBeCloseTo(1 - 21 * 0.03, 3);
    weight.dispose();
  });

  it('of a GradScaler says so too, and with a floor that the scale never fits', () => {
    setPrecision('fp16');
    const [weight, loss] = linear(3e5);
    const skip = (scaler: GradScaler): void => {
      tf.tidy(() => {
        scaler.step(
          tf.train.sgd(1e-7),
          tf.variableGrads(() => scaler.scale(loss()), [weight]).grads,
        );
        scaler.update();
      });
    };
    skip(new GradScaler());
    expect(notices()[0]).toContain(
      'new GradScaler(new DynamicLossScaler({ initialScale: 0.125 }))',
    );
    skip(new GradScaler(new DynamicLossScaler({ minScale: 1 })));
    expect(notices()[1]).toContain('They fit up to 0.125, which the scale never reaches');
    skip(new GradScaler(1024));
    expect(notices()[2]).toContain('They fit up to 0.125, which the scale never reaches');
    weight.dispose();
  });
});

describe('what a skipped step puts back', () => {
  const x = (): Tensor => tf.ones([4, 3]);
  const bad = (): Tensor => tf.fill([4, 3], NaN);
  function network(): {
    readonly model: tf.Sequential;
    readonly grads: (input: Tensor, scaler?: GradScaler) => NamedTensorMap;
    readonly mean: () => number;
  } {
    const norm = tf.layers.batchNormalization({ momentum: 0.5 });
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 1, inputShape: [3], kernelInitializer: 'ones' }),
        norm,
        tf.layers.dense({ units: 1 }),
      ],
    });
    const loss = (input: Tensor): Scalar =>
      tf.mean(model.apply(input, { training: true }) as Tensor);
    return {
      model,
      grads: (input, scaler) =>
        tf.variableGrads(
          () => scaler?.scale(loss(input)) ?? loss(input),
          scaler && model.trainableWeights.map((weight) => weight.read() as tf.Variable),
        ).grads,
      mean: () => norm.nonTrainableWeights[0]?.read().dataSync()[0] as number,
    };
  }

  const order = ['taken first', 'skipped first'] as const;
  it.each(
    order.flatMap((which) => (['GradScaler', 'policy'] as const).map((by) => [which, by] as const)),
  )(
    'is of its own model, of two whose gradients were both computed before: the one %s, by %s',
    (which, by) => {
      setPrecision('fp16');
      const [taken, skipped] = [network(), network()];
      const scaler = by === 'GradScaler' ? new GradScaler(1024) : undefined;
      const step = (optimizer: tf.Optimizer, grads: NamedTensorMap): void => {
        if (scaler) scaler.step(optimizer, grads);
        else optimizer.applyGradients(grads);
      };
      const optimizers = [tf.train.sgd(0.1), tf.train.sgd(0.1)] as const;
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const steps = [
          [optimizers[0], taken.grads(x(), scaler)],
          [optimizers[1], skipped.grads(bad(), scaler)],
        ] as const;
        for (const [optimizer, grads] of which === 'taken first' ? steps : steps.toReversed())
          step(optimizer, grads);
      });
      expect([taken.mean(), skipped.mean()]).toEqual([1.5, 0]);
      expect(tf.memory().numTensors).toBe(before);
      taken.model.dispose();
      skipped.model.dispose();
    },
  );

  it('is that of the finite gradients alone, where others were added to them', () => {
    setPrecision('fp16');
    const { model, grads, mean } = network();
    let kept = NaN;
    tf.tidy(() => {
      const first = grads(x());
      kept = mean();
      const second = grads(bad());
      expect(mean()).toBe(kept);
      tf.train
        .sgd(0.1)
        .applyGradients(
          Object.fromEntries(
            Object.entries(first).map(([name, one]) => [name, tf.add(one, second[name] as Tensor)]),
          ),
        );
    });
    expect(kept).toBeGreaterThan(0);
    expect(mean()).toBe(kept);
    model.dispose();
  });

  it("isn't NaN that the other model's skipped step left, where its gradients came through this one", () => {
    setPrecision('fp16');
    const [D, G] = [network(), network()];
    const weights = G.model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    tf.tidy(() => {
      const d = D.grads(bad(), new GradScaler(1));
      // The generator's loss, through the discriminator.
      const g = tf.variableGrads(() => {
        const made = G.model.apply(x(), { training: true }) as Tensor;
        const seen = D.model.apply(tf.tile(made, [1, 3]), { training: true }) as Tensor;
        return tf.mean<Scalar>(tf.mul(seen, NaN));
      }, weights).grads;
      tf.train.sgd(0.1).applyGradients(d);
      tf.train.sgd(0.1).applyGradients(g);
    });
    expect([D.mean(), G.mean()]).toEqual([0, 0]);
    D.model.dispose();
    G.model.dispose();
  });

  it('is nothing of steps written by hand before it', () => {
    setPrecision('fp16');
    const { model, grads, mean } = network();
    const scaler = new GradScaler(1024);
    tf.tidy(() => {
      for (let i = 0; i < 2; i++) {
        const found = grads(x());
        for (const weight of model.trainableWeights) {
          const variable = weight.read() as tf.Variable;
          const gradient = found[variable.name];
          if (gradient) variable.assign(tf.sub(variable, tf.mul(gradient, 0)));
        }
      }
      const before = mean();
      expect(before).toBe(2.25);
      expect(scaler.step(tf.train.sgd(0.1), grads(bad(), scaler))).toBe(false);
      expect(mean()).toBe(before);
    });
    model.dispose();
  });

  it('is let go of with the model where no step comes', () => {
    setPrecision('fp16');
    const before = tf.memory().numTensors;
    const { model, grads } = network();
    tf.tidy(() => {
      for (let i = 0; i < 3; i++) grads(x());
    });
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
