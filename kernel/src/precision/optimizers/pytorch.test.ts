import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../start';
import { scheduleFrom, type ScheduleConfig } from '../schedules/schedule';
import type { RuleOptimizer } from './optimizer';
import { optimizers } from './optimizers';

interface Case {
  readonly name: keyof typeof optimizers;
  readonly options: Readonly<Record<string, unknown>>;
  /** After each step. */
  readonly weights: readonly (readonly number[])[];
}

/** Made by test/pytorch/generate_optimizers.py. */
const fixture = JSON.parse(
  readFileSync(join(__dirname, '../../../../test/pytorch/optimizers.json'), 'utf8'),
) as {
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly cases: readonly Case[];
};

function optimizerOf({ name, options }: Case): RuleOptimizer {
  const { learningRate } = options;
  const rate =
    typeof learningRate === 'object' && learningRate !== null
      ? scheduleFrom(learningRate as ScheduleConfig)
      : learningRate;
  const make = optimizers[name] as (given: object) => RuleOptimizer;
  return make({ ...options, learningRate: rate });
}

/** Largest error over the steps, in units of the weight or of 1 where the weight is smaller. */
function largestError(entry: Case): number {
  const weight: Variable = tf.tidy(() => tf.tensor1d([...fixture.start]).variable());
  const optimizer = optimizerOf(entry);
  let largest = 0;
  fixture.gradients.forEach((gradient, step) => {
    tf.tidy(() => {
      optimizer.applyGradients({ [weight.name]: tf.tensor1d([...gradient]) });
    });
    const expected = entry.weights[step] ?? [];
    weight.dataSync<'float32'>().forEach((value, i) => {
      const target = expected[i] ?? NaN;
      const error = Math.abs(value - target) / Math.max(1, Math.abs(target));
      if (!(error <= largest)) largest = error;
    });
  });
  optimizer.dispose();
  weight.dispose();
  return largest;
}

const titled = fixture.cases.map(
  (entry) => [entry.name, JSON.stringify(entry.options), entry] as const,
);

describe('the fused kernels and PyTorch on the same gradients', () => {
  beforeAll(() => {
    loadBackend();
  });

  it.each(titled)('%s %s agree over 12 steps', (_name, _options, entry) => {
    expect(entry.weights).toHaveLength(12);
    expect(largestError(entry)).toBeLessThan(2e-6);
  });
});

describe('the composed form, without libtensorflow, and PyTorch', () => {
  beforeAll(async () => {
    loadBackend();
    await tf.setBackend('cpu');
  });
  afterAll(async () => {
    await tf.setBackend('tensorflow');
  });

  it.each(titled)('%s %s agree over 12 steps', (_name, _options, entry) => {
    expect(largestError(entry)).toBeLessThan(2e-6);
  });
});
