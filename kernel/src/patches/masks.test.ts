import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

const { layers } = tf;
type Value = tf.SymbolicTensor;

const apply = (layer: tf.layers.Layer, x: Value | Value[]): Value => layer.apply(x) as Value;
const recurrent = (): tf.layers.Layer =>
  layers.simpleRNN({ units: 2, recurrentInitializer: 'ones', kernelInitializer: 'ones' });

/** Steps of 1 and, from the second on, of 0: masked. */
const X = [[[1], [0], [0]]];
const masked = (): { x: Value; y: Value } => {
  const x = tf.input({ shape: [3, 1] });
  return { x, y: apply(layers.masking(), x) };
};
const last = Math.tanh(1);
/** What the two units hold after two further steps of zeros, unmasked. */
const after = Math.tanh(2 * Math.tanh(2 * last));

/** What a model gives in each of the ways to run it. */
async function results(model: tf.LayersModel, x: Tensor): Promise<number[][]> {
  const given = [model.predict(x), model.predictOnBatch(x), model.apply(x)];
  const trained = model.apply(x, { training: true });
  const values = [...given, trained].map((y) => [...(y as Tensor).dataSync()]);
  const labels = tf.tensor(values[0] ?? [], (given[0] as Tensor).shape);
  model.compile({ optimizer: tf.train.sgd(0), loss: 'meanAbsoluteError' });
  const losses = [await model.trainOnBatch(x, labels), model.evaluate(x, labels)];
  for (const loss of losses) {
    expect(typeof loss === 'number' ? loss : (loss as tf.Scalar).dataSync()[0]).toBeCloseTo(0, 5);
  }
  return values;
}

async function expectEach(model: tf.LayersModel, expected: number): Promise<void> {
  for (const values of await results(model, tf.tensor(X))) {
    for (const value of values) expect(value).toBeCloseTo(expected, 5);
  }
}

describe('a layer of a model gets the mask of its own input', () => {
  it('that hands on what it gets', async () => {
    const { x, y } = masked();
    const kept = apply(layers.dropout({ rate: 0 }), y);
    await expectEach(tf.model({ inputs: x, outputs: apply(recurrent(), kept) }), last);
  });

  it('and none behind a layer that hands on none', async () => {
    const { x, y } = masked();
    const pooled = apply(layers.maxPooling1d({ poolSize: 1, strides: 1 }), y);
    await expectEach(tf.model({ inputs: x, outputs: apply(recurrent(), pooled) }), after);
  });

  it('and none beside a masked one', async () => {
    const { x, y } = masked();
    const beside = apply(layers.reshape({ targetShape: [3, 1] }), x);
    const both = [y, beside].map((value) => apply(recurrent(), value));
    await expectEach(
      tf.model({ inputs: x, outputs: apply(layers.multiply(), both) }),
      last * after,
    );
  });

  it('within a model that is a layer, and behind it', async () => {
    const { x, y } = masked();
    const input = tf.input({ shape: [3, 1] });
    const inner = tf.model({
      inputs: input,
      outputs: apply(layers.activation({ activation: 'linear' }), input),
    });
    const outer = tf.model({ inputs: x, outputs: apply(recurrent(), apply(inner, y)) });
    await expectEach(outer, last);
    const pooling = tf.input({ shape: [3, 1] });
    const pooled = apply(layers.maxPooling1d({ poolSize: 1, strides: 1 }), pooling);
    const whole = tf.model({ inputs: pooling, outputs: apply(recurrent(), pooled) });
    const second = masked();
    await expectEach(tf.model({ inputs: second.x, outputs: apply(whole, second.y) }), after);
  });
});

describe('masks of merged values', () => {
  it.each([
    ['add', layers.add, after],
    ['average', layers.average, after],
    ['maximum', layers.maximum, after],
  ])('%s takes the steps that all masked inputs have', async (_, merge, unmasked) => {
    const { x, y } = masked();
    const plain = apply(layers.reshape({ targetShape: [3, 1] }), x);
    const halves = [y, plain].map((value) =>
      apply(layers.rescaling({ scale: merge === layers.add ? 0.5 : 1 }), value),
    );
    expect(unmasked).not.toBeCloseTo(last, 2);
    const merged = apply(merge(), [
      apply(layers.masking(), halves[0] as Value),
      halves[1] as Value,
    ]);
    await expectEach(tf.model({ inputs: x, outputs: apply(recurrent(), merged) }), last);
  });

  it('concatenate leaves out a step in which a feature is masked', async () => {
    const { x, y } = masked();
    const plain = apply(layers.reshape({ targetShape: [3, 1] }), x);
    const wide = apply(layers.concatenate(), [y, plain]);
    await expectEach(tf.model({ inputs: x, outputs: apply(recurrent(), wide) }), Math.tanh(2));
    const long = apply(layers.concatenate({ axis: 1 }), [y, plain]);
    const second = Math.tanh(1 + 2 * last);
    const expected = Math.tanh(2 * Math.tanh(2 * second));
    await expectEach(tf.model({ inputs: x, outputs: apply(recurrent(), long) }), expected);
  });
});

describe('softmax of masked steps', () => {
  it('is within each step as it is without a mask', () => {
    const { x, y } = masked();
    const model = tf.model({ inputs: x, outputs: apply(layers.softmax({ axis: -1 }), y) });
    const batch = tf.zeros([2, 3, 1]);
    expect((model.predict(batch) as Tensor).arraySync()).toEqual(tf.ones([2, 3, 1]).arraySync());
  });

  it('over the steps leaves the masked ones out', () => {
    const { x, y } = masked();
    const model = tf.model({ inputs: x, outputs: apply(layers.softmax({ axis: [1, 2] }), y) });
    expect((model.predict(tf.tensor([[[1], [0], [1]]])) as Tensor).arraySync()).toEqual([
      [[0.5], [0], [0.5]],
    ]);
  });
});

it.each([
  ['add', layers.add, 2],
  ['multiply', layers.multiply, 1],
  ['concatenate', layers.concatenate, 1],
])('a value that %s takes twice is there for the layers after it', (_, merge, expected) => {
  const x = tf.input({ shape: [2] });
  const y = apply(layers.dense({ units: 2, kernelInitializer: 'identity' }), x);
  const twice = apply(merge(), [y, y]);
  const others = [0, 1].map(() => apply(layers.activation({ activation: 'relu' }), y));
  const model = tf.model({ inputs: x, outputs: [twice, ...others] });
  const before = tf.memory().numTensors;
  const outputs = model.predict(tf.ones([1, 2])) as Tensor[];
  expect([...(outputs[0] as Tensor).dataSync()].every((value) => value === expected)).toBe(true);
  expect(outputs.slice(1).map((one) => one.arraySync())).toEqual([[[1, 1]], [[1, 1]]]);
  tf.dispose(outputs);
  expect(tf.memory().numTensors - before).toBe(1);
});

it('a masked sequence of one step has a gradient', () => {
  const x = tf.input({ shape: [1, 1] });
  const model = tf.model({ inputs: x, outputs: apply(recurrent(), apply(layers.masking(), x)) });
  const { grads } = tf.variableGrads(
    () => tf.sum(model.apply(tf.ones([1, 1, 1]), { training: true }) as Tensor),
    model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val),
  );
  const slope = 1 - last ** 2;
  expect(Object.values(grads)[0]?.dataSync()[0]).toBeCloseTo(slope, 5);
});
