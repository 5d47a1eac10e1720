import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { optimizers } from '../optimizers/optimizers';
import { loadBackend } from '../../start';
import { GradientAccumulator } from './accumulator';
import { GradScaler } from './grad-scaler';

beforeAll(() => {
  loadBackend();
});

describe('GradientAccumulator', () => {
  it('with a scaler trains as one large batch does', () => {
    const data = tf.randomNormal<tf.Rank.R2>([16, 4], 0, 1, 'float32', 7);
    const [small, large] = [0, 1].map(() => tf.tidy(() => tf.ones([4, 1]).variable()));
    if (small === undefined || large === undefined) throw new Error('two are made');
    const loss = (weight: tf.Variable, x: tf.Tensor2D): tf.Scalar =>
      tf.mean<tf.Scalar>(tf.square(tf.matMul(x, weight as unknown as tf.Tensor2D)));
    const [a, b] = [optimizers.adamw(), optimizers.adamw()];
    const scaler = new GradScaler();
    const accumulator = new GradientAccumulator({ steps: 4 });
    const before = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) {
      for (let part = 0; part < 4; part++) {
        tf.tidy(() => {
          const x = tf.slice(data, [4 * part, 0], [4, 4]);
          const { grads } = tf.variableGrads(() => scaler.scale(loss(small, x)), [small]);
          if (!accumulator.add(grads)) return;
          expect(scaler.step(a, accumulator.take())).toBe(true);
          scaler.update();
        });
      }
      b.minimize(() => loss(large, data), false, [large]);
    }
    expect(scaler.trace.step).toBe(3);
    const [ours, expected] = [small.dataSync<'float32'>(), large.dataSync<'float32'>()];
    ours.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? NaN, 6);
    });
    // Two slots of each optimizer.
    expect(tf.memory().numTensors - before).toBe(4);
    tf.dispose([data, small, large]);
    a.dispose();
    b.dispose();
  });

  it('sums where that is asked for, and refuses what makes no sense', () => {
    const accumulator = new GradientAccumulator({ steps: 2, reduction: 'sum' });
    tf.tidy(() => {
      expect(accumulator.add({ w: tf.scalar(1) })).toBe(false);
      expect(accumulator.add({ w: tf.scalar(2) })).toBe(true);
      expect(() => accumulator.add({ w: tf.scalar(2) })).toThrow(/2 micro-batches are added/);
      expect(accumulator.take()['w']?.dataSync()[0]).toBe(3);
    });
    expect(() => new GradientAccumulator({ steps: 0 })).toThrow(/steps is 0; .*integers > 0/);
    expect(() => new GradientAccumulator({ steps: 1, reduction: 'max' as 'sum' })).toThrow(
      /"max"; allowed are mean and sum/,
    );
  });
});
