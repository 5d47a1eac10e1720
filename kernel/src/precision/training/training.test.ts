import * as tf from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../../backend/binding';
import { loadBackend } from '../../start';
import { castTo, storageFormat } from '../../backend/storage';
import { DynamicLossScaler } from '../loss-scale/dynamic';
import { NoOpLossScaler } from '../loss-scale/scaler';
import { StaticLossScaler } from '../loss-scale/static';
import { lossScaler, setLossScaler } from '../session';
import { setPrecision } from '../status';
import { allFinite } from './finite';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
});

/** Runs `fn` with a variable that is gone afterwards. */
function withVariable<T>(initial: number[], fn: (variable: Variable) => T): T {
  const variable = tf.tidy(() => tf.tensor1d(initial).variable());
  try {
    return fn(variable);
  } finally {
    variable.dispose();
  }
}

describe('gradients under a policy', () => {
  it.each(['bf16', 'fp16', 'fp8', 'tf32'])('come back in fp32 and unscaled under %s', (spec) => {
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R2>([16, 32], 0, 1, 'float32', 1);
      const w = tf.randomNormal<tf.Rank.R2>([32, 8], 0, 0.1, 'float32', 2);
      const loss = (weight: Tensor): Tensor => tf.mean(tf.square(tf.matMul(x, weight)));
      const expected = tf.grad(loss)(w);
      setPrecision(spec);
      if (spec === 'fp16') setLossScaler(new StaticLossScaler(1024));
      const { value, grad } = tf.valueAndGrad(loss)(w);
      setPrecision('fp32');
      expect([storageFormat(grad), storageFormat(value)]).toEqual(['fp32', 'fp32']);
      const error = tf.norm(tf.sub(grad, expected)).dataSync()[0] ?? NaN;
      const size = tf.norm(expected).dataSync()[0] ?? NaN;
      expect(error / size).toBeLessThan(spec === 'fp8' ? 0.1 : 0.01);
      expect(error).toBeGreaterThan(0);
    });
  });

  it('of relu are those of tfjs, also the second', () => {
    const x = tf.tensor1d([-2, -0.5, 0, 0.5, 3]);
    const cubed = (v: Tensor): Tensor => tf.sum(tf.pow(tf.relu(v), 3));
    expect([...tf.grad(cubed)(x).dataSync()]).toEqual([0, 0, 0, 0.75, 27]);
    const second = tf.grad((v) => tf.sum(tf.grad(cubed)(v)))(x);
    expect([...second.dataSync()]).toEqual([0, 0, 0, 3, 18]);
    tf.dispose([x, second]);
  });

  it('add up a bias gradient of many ones in bf16', () => {
    withVariable([0, 0], (bias) => {
      setPrecision('bf16');
      const rows = tf.ones<tf.Rank.R2>([4096, 2]);
      const weight = tf.eye(2);
      const { value, grads } = tf.variableGrads(
        () => tf.sum<tf.Scalar>(tf.add(tf.matMul(rows, weight), bias)),
        [bias],
      );
      expect([...(grads[bias.name]?.dataSync() ?? [])]).toEqual([4096, 4096]);
      expect(value.dataSync()[0]).toBe(8192);
      tf.dispose([rows, weight, value, grads]);
    });
  });

  it('keep a bias from widening what it is added to', () => {
    withVariable([1, 1], (bias) => {
      setPrecision('bf16');
      tf.tidy(() => {
        const y = tf.relu(tf.add(tf.matMul(tf.ones([3, 2]), tf.eye(2)), bias));
        expect(storageFormat(y)).toBe('bf16');
      });
    });
  });

  it('underflow in fp16 without scaling and survive with it', () => {
    const gradient = (): number =>
      tf.tidy(() => {
        const x = tf.fill<tf.Rank.R2>([4, 4], 2 ** -13);
        const w = tf.ones<tf.Rank.R2>([4, 4]);
        // d/dw of the sum of 2^-14 * x w: 4 * 2^-27, below fp16's smallest number.
        const loss = (v: Tensor): Tensor => tf.sum(tf.mul(tf.matMul(x, v), 2 ** -14));
        return tf.grad(loss)(w).dataSync()[0] ?? NaN;
      });
    setPrecision('fp16');
    setLossScaler(new NoOpLossScaler());
    expect(gradient()).toBe(0);
    setLossScaler(new StaticLossScaler(1024));
    expect(gradient()).toBe(2 ** -25);
  });
});

describe('setLossScaler', () => {
  it.each([{}, undefined, 'torch', { scale: 0, checksGradients: true, adjust: () => undefined }])(
    'refuses what is no loss scaler: %s',
    (value) => {
      setPrecision('fp16');
      expect(() => setLossScaler(value as unknown as StaticLossScaler)).toThrow(
        expect.objectContaining({ code: 'invalid-loss-scaler' }),
      );
      expect(lossScaler().scale).toBe(2 ** 16);
    },
  );
});

describe('a loss that is no scalar under fp16', () => {
  it("has the gradient of its sum, also from a user's dy", () => {
    setPrecision('fp16');
    tf.tidy(() => {
      const square = tf.grad((x) => tf.square(x));
      const x = tf.tensor2d([[1, 2, 3]]);
      expect([...square(x).dataSync()]).toEqual([2, 4, 6]);
      expect([...square(x, tf.tensor2d([[1, 10, 100]])).dataSync()]).toEqual([2, 40, 600]);
    });
  });

  it('is refused by minimize', () => {
    withVariable([1, 2], (weight) => {
      setPrecision('fp16');
      const minimize = (loss: () => unknown): unknown =>
        tf.train.sgd(0.1).minimize(loss as () => tf.Scalar, false, [weight]);
      expect(() => minimize(() => tf.mul(weight, tf.ones([3, 2])))).toThrow(
        'The loss has shape [3, 2]; allowed is a scalar',
      );
      expect(() => minimize(() => 3)).toThrow('returned a number');
    });
  });
});

describe('an optimizer step under fp16', () => {
  it('is skipped and counted when a gradient overflows, and the scale backs off', () => {
    withVariable([1], (weight) => {
      setPrecision('fp16');
      setLossScaler(new DynamicLossScaler({ initialScale: 2 ** 17 }));
      const optimizer = tf.train.sgd(0.25);
      const x = tf.ones<tf.Rank.R2>([1, 1]);
      const loss = (): tf.Scalar =>
        tf.sum<tf.Scalar>(tf.matMul(x, weight.reshape<tf.Tensor2D>([1, 1])));
      const losses = [0, 1, 2, 3].map(() => {
        const value = optimizer.minimize(loss, true, [weight]);
        const number = value?.dataSync()[0];
        value?.dispose();
        return number;
      });
      // 2^17 and 2^16 overflow fp16; 2^15 doesn't. Losses are never scaled.
      expect(losses).toEqual([1, 1, 1, 0.75]);
      expect(lossScaler().skippedSteps).toBe(2);
      expect(lossScaler().history.map(({ scale }) => Math.log2(scale))).toEqual([17, 16, 15]);
      expect(optimizer.iterations).toBe(2);
      optimizer.dispose();
      x.dispose();
    });
  });

  it('works in a loop of variableGrads and applyGradients, and for optimizers users write', () => {
    class Plain extends tf.Optimizer {
      static className = 'Plain';
      applyGradients(gradients: tf.NamedTensorMap | { name: string; tensor: Tensor }[]): void {
        const list = Array.isArray(gradients)
          ? gradients
          : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
        for (const { tensor } of list) {
          const next = tf.sub<tf.Tensor1D>(target, tensor);
          target.assign(next);
          next.dispose();
        }
      }
      getConfig(): tf.serialization.ConfigDict {
        return {};
      }
    }
    const target = tf.tidy(() => tf.tensor1d([4]).variable());
    const optimizer = new Plain();
    setPrecision('fp16');
    setLossScaler(new DynamicLossScaler({ initialScale: 2 ** 20 }));
    const one = tf.ones<tf.Rank.R2>([1, 1]);
    const loss = (): tf.Scalar =>
      tf.sum<tf.Scalar>(tf.matMul(one, target.reshape<tf.Tensor2D>([1, 1])));
    for (let step = 0; step < 6; step++) optimizer.minimize(loss, false, [target]);
    expect([lossScaler().skippedSteps, target.dataSync()[0]]).toEqual([5, 3]);
    const sgd = tf.train.sgd(1);
    const { value, grads } = tf.variableGrads(loss, [target]);
    sgd.applyGradients(grads);
    expect([lossScaler().step, target.dataSync()[0]]).toEqual([7, 2]);
    tf.dispose([value, grads, one, target]);
    sgd.dispose();
  });
});

describe('a policy with narrow parameters', () => {
  it('loses updates that are smaller than half a unit of the weight', () => {
    const trained = (spec: string): number =>
      withVariable([1], (weight) => {
        setPrecision(spec);
        const optimizer = tf.train.sgd(2 ** -10);
        for (let step = 0; step < 8; step++) {
          optimizer.minimize(() => tf.neg(tf.sum<tf.Scalar>(weight)), false, [weight]);
        }
        optimizer.dispose();
        return weight.dataSync()[0] ?? NaN;
      });
    expect(trained('p=f32,c=bf16')).toBe(1 + 2 ** -7);
    expect(trained('p=bf16,c=bf16')).toBe(1);
  });
});

describe('allFinite', () => {
  it('finds one infinity or NaN, and lets large values pass whose squares overflow', () => {
    tf.tidy(() => {
      const good = [tf.ones([3, 3]), tf.scalar(-2)];
      expect(allFinite(good)).toBe(true);
      expect(allFinite([...good, tf.tensor1d([1, Infinity])])).toBe(false);
      expect(allFinite([...good, tf.tensor1d([1, NaN])])).toBe(false);
      expect(allFinite([...good, tf.tensor1d([3e38, -3e38])])).toBe(true);
      expect(allFinite([castTo(tf.tensor1d([1e6]), 'fp16')])).toBe(false);
      expect(allFinite([])).toBe(true);
    });
  });
});

describe('long runs', () => {
  it.each(['fp32', 'bf16', 'fp16', 'fp8', 'tf32'])('leak nothing in 200 steps of %s', (spec) => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4] }),
        tf.layers.dense({ units: 1 }),
      ],
    });
    const x = tf.randomNormal([8, 4]);
    const y = tf.randomNormal([8, 1]);
    setPrecision(spec);
    const optimizer = tf.train.adam(0.01);
    const step = (): void => {
      optimizer.minimize(
        () => tf.losses.meanSquaredError(y, model.apply(x) as Tensor) as unknown as tf.Scalar,
      );
    };
    for (let i = 0; i < 5; i++) step();
    const count = (): number[] => [native().binding.getNumOfTensors(), tf.memory().numTensors];
    const before = count();
    for (let i = 0; i < 200; i++) step();
    expect(count()).toEqual(before);
    tf.dispose([x, y]);
    optimizer.dispose();
    model.dispose();
  });
});
