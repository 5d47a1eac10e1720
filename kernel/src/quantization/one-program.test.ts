import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { nativeMemory } from '../backend/load';
import { kept } from '../compiled/kept-programs';
import {
  compiledIn,
  expectRight,
  opByOpValues,
  valuesOf,
  withPrograms,
  type Predict,
} from '../compiled/one-program.fixture';
import { ensureBackend } from '../start';
import { EVERY_LAYER, inputsOf, modelOf } from '../models/every-layer.fixture';
import { withPrecision } from '../precision/scope';
import type { QuantizedModel } from './quantized-model';
import { quantize } from './quantize';

withPrograms(ensureBackend);

function expectCompiled(predict: Predict): void {
  // The first of a size measures kernels, and is no recording of what comes after.
  for (let i = 0; i < 4; i++) valuesOf(predict);
  expect(compiledIn(() => valuesOf(predict))).toBeGreaterThan(0);
  expectRight(predict);
}

/** Rows of images as the quickstart has them. */
const images = (count: number): tf.Tensor =>
  tf.randomNormal([count, 8, 8, 1], 0, 1, 'float32', count);

function convolutional(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        inputShape: [8, 8, 1],
      }),
      tf.layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
}

const digits = (): Promise<QuantizedModel> =>
  quantize(convolutional(), { calibrate: images(64), engine: 'tensorflow' });

describe('a quantized model', () => {
  it.each([1, 32, 256])('predicts the same bits as one program, batch %i', async (batch) => {
    const small = await digits();
    const x = images(batch);
    expectCompiled(() => small.predict(x, { batchSize: batch }));
    small.dispose();
  });

  it('and in batches, the last one smaller', async () => {
    const small = await digits();
    const x = images(70);
    expectCompiled(() => small.predict(x));
    small.dispose();
  });

  it('does so with average pooling, padding, sums and concatenations in codes', async () => {
    const input = tf.input({ shape: [8, 8, 3] });
    const conv = (x: tf.SymbolicTensor, strides: number): tf.SymbolicTensor =>
      tf.layers
        .conv2d({ filters: 8, kernelSize: 3, strides, padding: 'same', activation: 'relu' })
        .apply(x) as tf.SymbolicTensor;
    const padded = tf.layers.zeroPadding2d({}).apply(input) as tf.SymbolicTensor;
    const left = tf.layers.averagePooling2d({ poolSize: 2 }).apply(conv(padded, 1));
    const both = tf.layers
      .concatenate()
      .apply([left as tf.SymbolicTensor, conv(padded, 2)]) as tf.SymbolicTensor;
    const mean = tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(both);
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.dense({ units: 4 }).apply(mean) as tf.SymbolicTensor,
    });
    const x = tf.randomNormal([16, 8, 8, 3], 0, 1, 'float32', 1);
    const small = await quantize(model, { calibrate: x, engine: 'tensorflow' });
    expectCompiled(() => small.predict(x));
    small.dispose();
  });

  it('does so in simulated integers, and under bf16 for what stays in float', async () => {
    const x = images(8);
    const small = await quantize(convolutional(), { calibrate: x, engine: 'simulated' });
    expectCompiled(() => small.predict(x));
    const other = await digits();
    withPrecision('bf16', () => {
      expectCompiled(() => other.predict(x));
    });
    expectRight(() => other.predict(x));
    small.dispose();
    other.dispose();
  });

  it('gives NaN for rows that integers can’t hold, and the others their results', async () => {
    const small = await digits();
    const x = images(8);
    expectCompiled(() => small.predict(x));
    const lost = tf.concat([tf.mul(tf.slice(x, 0, 1), NaN), tf.slice(x, 1)]);
    let values: unknown;
    expect(compiledIn(() => (values = valuesOf(() => small.predict(lost))))).toBe(1);
    expect(values).toEqual(opByOpValues(() => small.predict(lost)));
    small.dispose();
  });

  it('sees weights that change in a layer that stays in float', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 8, inputShape: [4] }),
        tf.layers.prelu({}),
        tf.layers.dense({ units: 2 }),
      ],
    });
    const x = tf.randomNormal([6, 4], 0, 1, 'float32', 1);
    const small = await quantize(model, { calibrate: x, engine: 'tensorflow' });
    expectCompiled(() => small.predict(x));
    const before = valuesOf(() => small.predict(x));
    const floats = small.graph.nodes.flatMap(({ op }) => (op.kind === 'float' ? [op.layer] : []));
    const layer = floats.find(({ weights }) => weights.length > 0);
    layer?.setWeights(layer.getWeights().map((weight) => tf.sub(weight, 3)));
    expectRight(() => small.predict(x));
    expect(valuesOf(() => small.predict(x))).not.toEqual(before);
    small.dispose();
  });

  it('reports the kernels that ran for the batch that ran last', async () => {
    const small = await digits();
    const kernels = new Map<number, string>();
    for (const batch of [1, 64]) {
      const x = images(batch);
      for (let i = 0; i < 5; i++) valuesOf(() => small.predict(x, { batchSize: batch }));
      kernels.set(batch, JSON.stringify(small.nodes.map(({ kernel }) => kernel)));
    }
    for (const batch of [1, 64]) {
      expect(
        compiledIn(() => valuesOf(() => small.predict(images(batch), { batchSize: batch }))),
      ).toBe(1);
      expect(JSON.stringify(small.nodes.map(({ kernel }) => kernel))).toBe(kernels.get(batch));
    }
    small.dispose();
  });

  it('holds no more after a thousand predictions, and nothing once it is disposed of', async () => {
    const model = convolutional();
    const examples = images(64);
    const x = images(4);
    const cycle = async (times: number): Promise<void> => {
      const small = await quantize(model, { calibrate: examples, engine: 'tensorflow' });
      for (let i = 0; i < 8; i++) tf.dispose(small.predict(x));
      const held = [tf.memory().numTensors, nativeMemory()?.handles];
      const compiled = compiledIn(() => {
        for (let i = 0; i < times; i++) tf.dispose(small.predict(x));
      });
      expect(compiled).toBeGreaterThan(times * 0.99 - 1);
      expect([tf.memory().numTensors, nativeMemory()?.handles]).toEqual(held);
      small.dispose();
    };
    await cycle(10);
    const before = [tf.memory().numTensors, nativeMemory()?.handles, kept.size];
    await cycle(1000);
    expect([tf.memory().numTensors, nativeMemory()?.handles, kept.size]).toEqual(before);
  });
});

describe.each(['static', 'weight-only'] as const)('%s, next to every layer', (mode) => {
  it.each(Object.entries(EVERY_LAYER))('%s predicts the same bits', async (name, kind) => {
    const model = modelOf(name, kind);
    const x = inputsOf(kind);
    const small = await quantize(
      model,
      mode === 'static'
        ? { calibrate: x, engine: 'tensorflow' }
        : { mode: 'weight-only', engine: 'tensorflow' },
    );
    for (let i = 0; i < 5; i++) valuesOf(() => small.predict(x));
    expectRight(() => small.predict(x));
    small.dispose();
    model.dispose();
    x.dispose();
  });
});
