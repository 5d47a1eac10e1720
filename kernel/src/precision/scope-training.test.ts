import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { onOp } from '../backend/load';
import { loadBackend } from '../start';
import { withPrecision } from './scope';
import { lossScaler } from './session';

beforeAll(() => {
  loadBackend();
});

// A file of its own: no other call may have set training up before.
it('scales the loss and steps fused in a scope per step, with nothing set before', () => {
  const weight = tf.tidy(() => tf.tensor2d([[1]]).variable());
  const optimizer = tf.train.adam(0.1);
  const one = tf.ones<tf.Rank.R2>([1, 1]);
  const ops: string[] = [];
  const stop = onOp((name) => ops.push(name));
  for (let step = 0; step < 4; step++) {
    withPrecision('fp16', () =>
      optimizer.minimize(() => tf.sum<tf.Scalar>(tf.matMul(one, weight)), false, [weight]),
    );
  }
  stop();
  // 2^16 overflows fp16, 2^15 does not; the scale outlives the scopes.
  expect([lossScaler().skippedSteps, lossScaler().step, lossScaler().scale]).toEqual([
    1,
    4,
    2 ** 15,
  ]);
  expect(optimizer.iterations).toBe(3);
  expect(ops).not.toContain('Sqrt');
  tf.dispose([weight, one]);
  optimizer.dispose();
});
