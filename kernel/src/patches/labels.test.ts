import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

async function lossOf(loss: string, labels: tf.Tensor): Promise<number> {
  const ones = tf.layers.dense({ units: 3, inputShape: [2], activation: 'softmax' });
  const model = tf.sequential({ layers: [ones] });
  model.compile({ optimizer: 'sgd', loss });
  return (await model.trainOnBatch(tf.zeros([2, 2]), labels)) as number;
}

const ROWS = [1, 0, 0, 0, 0, 1];

it.each([
  ['meanAbsolutePercentageError', [2, 3], ROWS],
  ['kullbackLeiblerDivergence', [2, 3], ROWS],
  ['binaryCrossentropy', [2, 3], ROWS],
  ['sparseCategoricalCrossentropy', [2, 1], [1, 0]],
])('%s of integers and booleans is that of the same numbers', async (loss, shape, values) => {
  const wanted = await lossOf(loss, tf.tensor(values, shape));
  expect(wanted).toBeGreaterThan(0);
  for (const type of ['int32', 'bool'] as const) {
    expect(await lossOf(loss, tf.tensor(values, shape, type)), type).toBeCloseTo(wanted, 4);
  }
});
