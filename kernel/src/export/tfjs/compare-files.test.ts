import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, expect, test } from 'vitest';
import { single } from '../../layers/register';
import { loadBackend } from '../../start';
import { edgeRows } from '../edge-rows';
import { saveTfjs } from './save-tfjs';

loadBackend();

const folder = mkdtempSync(join(tmpdir(), 'compare-files-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** As in the middle of a variational autoencoder. */
class Sampling extends tf.layers.Layer {
  static className = 'Sampling';
  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = single(inputs);
    return tf.add(x, tf.randomNormal(x.shape));
  }
}
tf.serialization.registerClass(Sampling);

/** Multiplies by a number that its config doesn't have. */
class Forgetful extends tf.layers.Layer {
  static className = 'Forgetful';
  factor = 1;
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(single(inputs), this.factor);
  }
}
tf.serialization.registerClass(Forgetful);

const dense = (): tf.layers.Layer => tf.layers.dense({ units: 4, inputShape: [3] });

test('a model that draws random numbers is saved, and the notes say that it was not compared', async () => {
  const model = tf.sequential({ layers: [dense(), new Sampling({ name: 'sampling' })] });
  for (const weights of ['float32', 'float16', 'int8'] as const) {
    const { notes } = await saveTfjs(folder, model, { weights });
    expect(notes).toEqual([expect.stringContaining('anew each time')]);
  }
});

test.each([
  ['lstm', () => tf.layers.lstm({ units: 4, stateful: true, name: 'rnn' })],
  ['gru', () => tf.layers.gru({ units: 4, stateful: true, name: 'rnn' })],
  ['simpleRNN', () => tf.layers.simpleRNN({ units: 4, stateful: true, name: 'rnn' })],
])('saving a stateful %s leaves its states as they are', async (_, rnn) => {
  const layer = rnn();
  const x = tf.input({ batchShape: [2, 3, 2] });
  const model = tf.model({ inputs: x, outputs: layer.apply(x) as tf.SymbolicTensor });
  tf.dispose(model.predict(tf.ones([2, 3, 2])));
  const states = (): number[][] =>
    (layer as unknown as { states_: tf.Tensor[] }).states_.map((state) => [...state.dataSync()]);
  const before = states();
  expect(Math.max(...before.flat().map(Math.abs))).toBeGreaterThan(0);
  const { notes } = await saveTfjs(folder, model);
  expect(notes).toEqual(["The files were not compared: 'rnn' keeps states."]);
  expect(states()).toEqual(before);
});

test('advises float32 only where weights are something else', async () => {
  const layer = new Forgetful({ name: 'forgetful' });
  layer.factor = 2;
  const model = tf.sequential({ layers: [dense(), layer] });
  const path = join(folder, 'never');
  const error = { code: 'export-mismatch', hint: undefined };
  await expect(saveTfjs(path, model)).rejects.toMatchObject(error);
  await expect(saveTfjs(path, model, { weights: 'float16' })).rejects.toMatchObject({
    ...error,
    hint: "Save with weights: 'float32'.",
  });
  expect(existsSync(path)).toBe(false);
});

test('rows of images are of usual numbers, each of its own', () => {
  const size = 64 * 64 * 3;
  const image = { id: 'x', shape: [null, 64, 64, 3], dtype: 'float32' } as const;
  const { tensors, names } = edgeRows([image], () => ({}), 1);
  const data = tensors[0]?.dataSync() ?? new Float32Array();
  const rowOf = (name: (typeof names)[number]): tf.Tensor => {
    const from = names.indexOf(name) * size;
    return tf.tensor1d(data.slice(from, from + size));
  };
  const usual = rowOf('usual numbers');
  const { mean, variance } = tf.moments(usual);
  expect(mean.dataSync()[0]).toBeCloseTo(0, 1);
  expect(variance.dataSync()[0]).toBeCloseTo(1, 1);
  const product = tf.mean(tf.mul(usual, rowOf('other usual numbers')));
  expect(Math.abs(product.dataSync()[0] ?? 1)).toBeLessThan(0.1);
});
