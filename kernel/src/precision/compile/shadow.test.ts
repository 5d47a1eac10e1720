import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { useShadow } from '../../backend/deferred/both-ways.fixture';
import { xlaStatistics } from '../../backend/deferred/compile';
import { clearSeed } from '../../patches/seed';
import { loadBackend } from '../../start';
import { compileStep } from './compile-step';
import { MODELS, STEPS, train } from './training.fixture';

useShadow();
beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  clearSeed();
});

describe('each run by XLA beside its ops one by one, from the same weights', () => {
  it.each(Object.keys(MODELS) as (keyof typeof MODELS)[])(
    'gives the same but for last digits: %s',
    (model) => {
      const before = xlaStatistics()?.byXla ?? NaN;
      const [losses = []] = train({
        model,
        optimizer: () => tf.train.momentum(0.05, 0.9),
        wrap: (step) => compileStep(step, { xla: true }),
      });
      expect(losses.every(Number.isFinite)).toBe(true);
      // Once on copies of the variables, once on themselves.
      expect((xlaStatistics()?.byXla ?? NaN) - before).toBeGreaterThanOrEqual(2 * (STEPS - 4));
    },
  );
});
