import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../start';
import { cloneModel, untrainedModel } from './walk';

beforeAll(() => {
  loadBackend();
});

function modelWithFrozenBody(): tf.Sequential {
  const body = tf.sequential({
    name: 'body',
    layers: [tf.layers.dense({ inputShape: [3], units: 4 }), tf.layers.batchNormalization()],
  });
  const model = tf.sequential();
  model.add(body);
  model.add(tf.layers.dense({ units: 2, name: 'head' }));
  body.trainable = false;
  for (const layer of body.layers) layer.trainable = false;
  for (const weight of model.weights) weight.write(tf.fill(weight.shape as number[], 7));
  return model;
}

const weightsOf = (model: tf.LayersModel): Record<string, number[]> =>
  Object.fromEntries(
    model.weights.map((weight) => [weight.originalName, [...weight.read().dataSync()]]),
  );

describe('copies of a model', () => {
  it('cloneModel has all its weights', async () => {
    const clone = await cloneModel(modelWithFrozenBody());
    for (const values of Object.values(weightsOf(clone))) {
      expect(values.every((value) => value === 7)).toBe(true);
    }
  });

  it('untrainedModel has those of frozen layers, and draws the others anew', async () => {
    const model = modelWithFrozenBody();
    const copy = await untrainedModel(model);
    for (const [name, values] of Object.entries(weightsOf(copy))) {
      expect([name, values.every((value) => value === 7)]).toEqual([
        name,
        !name.startsWith('head/'),
      ]);
    }
    const trainable = copy.weights.filter((weight) => weight.trainable);
    expect(trainable.map(({ originalName }) => originalName)).toEqual(['head/kernel', 'head/bias']);
    expect(weightsOf(model)['head/bias']).toEqual([7, 7]);
  });
});
