import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { loadBackend } from '../start';

type Failing = (model: tf.Sequential) => Promise<unknown>;

const wrongWidth = (): tf.data.Dataset<tf.TensorContainer> =>
  tf.data.array([{ xs: [1, 2], ys: [1, 2] }]).batch(1);
const wrongLater = (): tf.data.Dataset<tf.TensorContainer> =>
  tf.data
    .array([
      { xs: [1, 2, 3], ys: [1, 2] },
      { xs: [1, 2], ys: [1, 2] },
    ])
    .batch(1);

const FAILING: Readonly<Record<string, Failing>> = {
  'fit with data of another shape': (model) => model.fit(tf.ones([4, 2]), tf.ones([4, 2])),
  'fitDataset with a batch of another shape': (model) =>
    model.fitDataset(wrongWidth(), { epochs: 1 }),
  'fitDataset with such a batch after a good one': (model) =>
    model.fitDataset(wrongLater(), { epochs: 1 }),
  'evaluateDataset with a batch of another shape': (model) =>
    model.evaluateDataset(wrongWidth() as never, { batches: 1 }),
  'trainOnBatch with data of another shape': (model) =>
    model.trainOnBatch(tf.ones([4, 2]), tf.ones([4, 2])),
};

beforeAll(() => {
  loadBackend();
});

it.each(Object.entries(FAILING))('%s fails with the line that called it, once', async (_, run) => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const error = await run(model).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  const frames = error?.stack?.split('\n') ?? [];
  const mine = frames.filter((frame) => frame.includes('caller.test.ts'));
  expect(mine.length).toBeGreaterThan(0);
  expect(new Set(mine).size).toBe(mine.length);
});
