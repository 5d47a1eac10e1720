import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeMemory } from '../../backend/load';
import { withPrecision } from '../scope';
import { loadBackend } from '../../start';

const WARM_UP = 200;
const STEPS = 2000;
const TIMEOUT_MS = 180_000;

beforeAll(() => {
  loadBackend();
});

/** A step of training of a network that is small, but has each kind of cast and of update. */
function trainer(format: string): () => void {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4] }),
      tf.layers.layerNormalization({}),
      tf.layers.dense({ units: 2 }),
    ],
  });
  const x = tf.randomNormal([4, 4], 0, 1, 'float32', 1);
  const y = tf.randomNormal([4, 2], 0, 1, 'float32', 2);
  const optimizer = tf.train.adam(1e-3);
  const loss = (): tf.Scalar =>
    tf.losses.meanSquaredError(y, model.apply(x, { training: true }) as tf.Tensor);
  return () => {
    withPrecision(format, () => optimizer.minimize(loss));
  };
}

describe('native memory', () => {
  it.each(['fp32', 'bf16', 'fp16'])(
    `doesn't grow over ${STEPS} steps of training in %s`,
    (format) => {
      const step = trainer(format);
      for (let i = 0; i < WARM_UP; i++) step();
      const before = nativeMemory();
      const tensors = tf.memory().numTensors;
      for (let i = 0; i < STEPS; i++) step();
      const after = nativeMemory();
      expect(tf.memory().numTensors).toBe(tensors);
      expect(after?.handles).toBe(before?.handles);
      expect(after?.tensorBytes).toBe(before?.tensorBytes);
    },
    TIMEOUT_MS,
  );
});
