import * as tf from '@tensorflow/tfjs';
import type { Optimizer, Variable } from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../../backend/binding';
import { loadBackend } from '../../start';
import { castTo } from '../../backend/storage';
import { updatesOf } from '../updates';
import { applyFused } from './fused';
import { releaseBacking } from './backing';

/** tfjs's own update, kept before ours is put in its place. */
type StockApply = (this: Optimizer, gradients: tf.NamedTensorMap) => void;
const stockApply = new Map<unknown, StockApply>();

beforeAll(() => {
  const types = [
    tf.AdagradOptimizer,
    tf.AdamOptimizer,
    tf.AdamaxOptimizer,
    tf.MomentumOptimizer,
    tf.RMSPropOptimizer,
    tf.SGDOptimizer,
  ];
  for (const type of types) {
    const { prototype } = type as unknown as { prototype: { applyGradients: StockApply } };
    stockApply.set(type, prototype.applyGradients);
  }
  loadBackend();
});

const made: Variable[] = [];
afterEach(() => {
  for (const variable of made.splice(0)) {
    releaseBacking(variable);
    if (!variable.isDisposed) variable.dispose();
  }
});

function variable(values: readonly number[]): Variable {
  const result = tf.tidy(() => tf.tensor1d([...values]).variable());
  made.push(result);
  return result;
}

const STEPS = 25;
const START = [0.5, -1.25, 3, 1e-4, 0];
/** Gradients of very different size, zero among them. */
const gradientAt = (step: number): number[] =>
  [1, 1e-4, 1e-8, 100, 0].map((size, i) => size * Math.sin(step * (i + 1) + i));

function train(
  optimizer: Optimizer,
  weight: Variable,
  apply: 'fused' | 'stock',
  from = 0,
  to = STEPS,
): void {
  for (let step = from; step < to; step++) {
    tf.tidy(() => {
      const gradients = { [weight.name]: tf.tensor1d(gradientAt(step)) };
      if (apply === 'fused') expect(applyFused(optimizer, updatesOf(gradients))).toBe(true);
      else stockApply.get(optimizer.constructor)?.call(optimizer, gradients);
    });
  }
}

/** Adam in double precision, as tfjs documents it. */
function adamReference(rate: number, beta1: number, beta2: number, epsilon: number): number[] {
  return START.map((start, i) => {
    let [w, m, v] = [Math.fround(start), 0, 0];
    for (let step = 0; step < STEPS; step++) {
      const g = Math.fround(gradientAt(step)[i] ?? 0);
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const mHat = m / (1 - beta1 ** (step + 1));
      const vHat = v / (1 - beta2 ** (step + 1));
      w -= (rate * mHat) / (Math.sqrt(vHat) + epsilon);
    }
    return w;
  });
}

function expectClose(actual: Float32Array, expected: ArrayLike<number>, tolerance = 2e-6): void {
  const errors = Array.from(actual, (value, i) => Math.abs(value - (expected[i] ?? NaN)));
  expect(Math.max(...errors)).toBeLessThan(tolerance);
}

describe('fused optimizers', () => {
  it.each([1e-7, 1e-3])('Adam gives the double precision result with epsilon %f', (epsilon) => {
    const weight = variable(START);
    const optimizer = tf.train.adam(0.01, 0.9, 0.999, epsilon);
    train(optimizer, weight, 'fused');
    expectClose(weight.dataSync<'float32'>(), adamReference(0.01, 0.9, 0.999, epsilon));
    optimizer.dispose();
  });

  it.each([
    ['Adam', () => tf.train.adam(0.02, 0.8, 0.99)],
    ['SGD', () => tf.train.sgd(0.1)],
    ['momentum', () => tf.train.momentum(0.05, 0.9)],
    ['Nesterov momentum', () => tf.train.momentum(0.05, 0.9, true)],
    ['Adamax', () => tf.train.adamax(0.02, 0.8, 0.99, 1e-7, 0.1)],
    ['RMSprop', () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-3)],
    ['Adagrad', () => tf.train.adagrad(0.1)],
  ])("%s gives what tfjs's composed ops give", (_name, create) => {
    const [ours, theirs] = [variable(START), variable(START)];
    const [fused, stock] = [create(), create()];
    train(fused, ours, 'fused');
    train(stock, theirs, 'stock');
    expectClose(
      ours.dataSync<'float32'>(),
      theirs.dataSync(),
      2e-4 * Math.max(...theirs.abs().dataSync()),
    );
    expect(fused.iterations).toBe(STEPS);
    fused.dispose();
    stock.dispose();
  });

  it('hands over between fused and stock steps without a break', async () => {
    const [mixed, steady] = [variable(START), variable(START)];
    const [a, b] = [tf.train.adam(0.01), tf.train.adam(0.01)];
    train(a, mixed, 'fused', 0, 10);
    const saved = await a.getWeights();
    const restored = tf.train.adam(0.01);
    await restored.setWeights(saved.map(({ name, tensor }) => ({ name, tensor: tensor.clone() })));
    train(restored, mixed, 'fused', 10, 15);
    // A gradient in 16 bits is refused, and tfjs's powers of beta then catch up.
    const refused = tf.tidy(() =>
      applyFused(restored, updatesOf({ [mixed.name]: castTo(tf.zerosLike(mixed), 'bf16') })),
    );
    expect(refused).toBe(false);
    train(restored, mixed, 'stock', 15, 20);
    train(restored, mixed, 'fused', 20, STEPS);
    train(b, steady, 'stock');
    expectClose(mixed.dataSync<'float32'>(), steady.dataSync(), 5e-6);
  });

  it('hands Adamax over to stock steps', () => {
    const [mixed, steady] = [variable(START), variable(START)];
    const [a, b] = [0, 1].map(() => tf.train.adamax(0.01, 0.9, 0.999, 1e-7, 0.1));
    if (a === undefined || b === undefined) throw new Error('two are made');
    train(a, mixed, 'fused', 0, 10);
    tf.tidy(() => applyFused(a, updatesOf({ [mixed.name]: castTo(tf.zerosLike(mixed), 'bf16') })));
    train(a, mixed, 'stock', 10, STEPS);
    train(b, steady, 'stock');
    expectClose(mixed.dataSync<'float32'>(), steady.dataSync(), 5e-6);
  });

  it('centered RMSprop is that of tfjs, but stays finite where the gradient is zero', () => {
    const create = (): Optimizer => tf.train.rmsprop(0.01, 0.9, 0, 1e-9, true);
    const [ours, theirs] = [variable(START), variable(START)];
    train(create(), ours, 'fused');
    train(create(), theirs, 'stock');
    const [a, b] = [ours.dataSync<'float32'>(), theirs.dataSync()];
    // The gradient of size 100, far above epsilon.
    expectClose(a.slice(3, 4), b.slice(3, 4), 2e-5);
    expect([a[4], b[4]]).toEqual([0, NaN]);
  });

  it('leave Adagrad to tfjs where its epsilon can be seen', () => {
    expect(applyFused(tf.train.adagrad(0.01, 0.01), [])).toBe(false);
  });

  it('leaves subclasses to their own update', () => {
    class Other extends tf.SGDOptimizer {}
    expect(applyFused(new Other(0.01), [])).toBe(false);
    expect(applyFused(tf.train.adadelta(0.01), [])).toBe(false);
  });

  it('keeps what getWeights says truthful', async () => {
    const [ours, theirs] = [variable(START), variable(START)];
    const [fused, stock] = [tf.train.adam(0.01), tf.train.adam(0.01)];
    train(fused, ours, 'fused');
    train(stock, theirs, 'stock');
    const [a, b] = [await fused.getWeights(), await stock.getWeights()];
    expect(a.map(({ tensor }) => tensor.shape)).toEqual(b.map(({ tensor }) => tensor.shape));
    expect(a[0]?.tensor.dataSync()[0]).toBe(STEPS);
    a.slice(1).forEach(({ tensor, name }, i) => {
      expect(name).toBe(`${ours.name}/${i === 0 ? 'm' : 'v'}`);
      const expected = b[i + 1]?.tensor.dataSync() ?? [];
      const size = Math.max(...Array.from(expected, Math.abs));
      // TensorFlow's kernel takes 1 - beta2 in fp32, tfjs in double: 1.3e-5 apart for 0.999.
      expectClose(tensor.dataSync<'float32'>(), expected, 2e-5 * size);
    });
  });

  it('leaves a clone of the weight, and the array it was made of, as they were', () => {
    const array = Float32Array.from(START);
    const initial = tf.tensor1d(array);
    const weight = tf.variable(initial);
    made.push(weight);
    const clone = weight.clone();
    const optimizer = tf.train.sgd(0.1);
    train(optimizer, weight, 'fused', 0, 3);
    const later = weight.clone();
    const seen = later.dataSync();
    train(optimizer, weight, 'fused', 3, 6);
    expect(clone.dataSync()).toEqual(Float32Array.from(START));
    expect(initial.dataSync()).toEqual(Float32Array.from(START));
    expect(array).toEqual(Float32Array.from(START));
    expect(later.dataSync()).toEqual(seen);
    expect(weight.dataSync()).not.toEqual(seen);
    tf.dispose([initial, clone, later]);
  });

  it('sees a value that somebody assigned', () => {
    const weight = variable(START);
    const optimizer = tf.train.sgd(1);
    train(optimizer, weight, 'fused', 0, 2);
    tf.tidy(() => {
      weight.assign(tf.zerosLike(weight));
    });
    train(optimizer, weight, 'fused', 2, 3);
    expectClose(
      weight.dataSync<'float32'>(),
      gradientAt(2).map((g) => -g),
      1e-5,
    );
  });

  it('frees every handle when variables and optimizer are disposed', () => {
    const handles = (): number => native().binding.getNumOfTensors();
    const cycle = (): void => {
      const weight = tf.tidy(() => tf.ones([8]).variable());
      const optimizer = tf.train.adam(0.01);
      for (let step = 0; step < 5; step++) {
        optimizer.minimize(() => tf.sum(tf.square(weight)), false, [weight]);
      }
      weight.dispose();
      optimizer.dispose();
    };
    cycle();
    const before = [handles(), tf.memory().numTensors];
    for (let i = 0; i < 5; i++) cycle();
    expect([handles(), tf.memory().numTensors]).toEqual(before);
  });
});
