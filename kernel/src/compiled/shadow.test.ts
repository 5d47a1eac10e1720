import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { predictionStatistics } from '../backend/compiled/predictions';
import { useShadow } from '../backend/deferred/both-ways.fixture';
import { ensureBackend } from '../start';
import { compareResults } from './shadow';

beforeAll(async () => {
  useShadow();
  await ensureBackend();
});

it('compares each prediction with its layers', () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4] }),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  const before = predictionStatistics().asOneProgram;
  for (let i = 0; i < 5; i++) tf.tidy(() => model.predict(tf.ones([3, 4])));
  expect(predictionStatistics().asOneProgram - before).toBeGreaterThan(1);
});

it('names a result that differs in a bit', () => {
  const results = [tf.ones([2]), tf.zeros([2, 3])];
  expect(() => {
    compareResults(results, () => [tf.ones([2]), tf.mul(tf.zeros([2, 3]), -1)]);
  }).toThrow(/differ in result 1, of shape \[2, 3\]/);
});
