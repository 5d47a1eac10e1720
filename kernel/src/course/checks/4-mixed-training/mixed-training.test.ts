import { describe, expect, it } from 'vitest';
import { castPlanner } from '../../../precision/cast-planner';
import { castRule } from '../../../precision/autocast-table';
import { MIXED_TRAINING } from '.';
import { failureOf } from '../failure.fixture';

const gives = (check: object, fn: (...args: never[]) => unknown): string =>
  failureOf(check, fn)?.hint?.en ?? 'passes';

describe('the references of assignment 4', () => {
  it('name the format in which autocast itself runs an op', () => {
    const { reference } = MIXED_TRAINING['compute-format'];
    const formats = ['fp32', 'fp16', 'bf16'] as const;
    for (const low of ['fp16', 'bf16'] as const) {
      const plan = castPlanner(low);
      for (const op of ['MatMul', 'Softmax', 'AddV2', 'Relu', 'Sum', 'ConcatV2', 'MaxPool']) {
        for (const a of formats) {
          for (const b of formats) {
            const inputs = [a, b].map((format) => ({ format, isFloat: true }));
            expect(reference(castRule(op), [a, b], low)).toBe(plan(op, inputs as never));
          }
        }
      }
    }
  });

  it('agree with SciPy on the interval of a mean', () => {
    // scipy.stats.t.interval(0.95, 9, ratios.mean(), scipy.stats.sem(ratios)), t = 2.262157...
    const ratios = [1.2, 1.3, 1.25, 1.28, 1.22, 1.27, 1.24, 1.26, 1.23, 1.29];
    const { low, high } = MIXED_TRAINING.judge.reference(ratios, 2.262157162798205) as {
      low: number;
      high: number;
    };
    expect(low).toBeCloseTo(1.2310787918512618, 10);
    expect(high).toBeCloseTo(1.2769212081487382, 10);
  });
});

describe('what students write', () => {
  it('gets a hint for a missing clamp', () => {
    const fn = (gradient: Float32Array[], limit: number): Float32Array[] => {
      const norm = Math.sqrt(gradient.flatMap((v) => [...v]).reduce((sum, x) => sum + x * x, 0));
      return gradient.map((values) => values.map((x) => (x * limit) / norm));
    };
    expect(gives(MIXED_TRAINING.clip, fn)).toContain('never above 1');
  });

  it('gets a hint for zeros that become NaN', () => {
    const fn = (gradient: Float32Array[], limit: number): Float32Array[] => {
      const norm = Math.sqrt(gradient.flatMap((v) => [...v]).reduce((sum, x) => sum + x * x, 0));
      return gradient.map((values) => values.map((x) => (x / norm) * Math.min(norm, limit)));
    };
    expect(gives(MIXED_TRAINING.clip, fn)).toContain('divide by it');
  });

  it('is told which micro-batch was run twice', () => {
    type Step = (typeof MIXED_TRAINING)['amp-step']['reference'];
    const right = MIXED_TRAINING['amp-step'].reference;
    const fn: Step = (parts, state, count, limit) => {
      parts.backward(state.weights, 0, 1);
      return right(parts, state, count, limit);
    };
    expect(failureOf(MIXED_TRAINING['amp-step'], fn)?.difference.problem?.en).toContain('twice');
  });
});
