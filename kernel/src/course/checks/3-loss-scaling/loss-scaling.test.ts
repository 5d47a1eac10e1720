import { describe, expect, it } from 'vitest';
import { roundTo } from '../../../formats/arrays';
import { round } from '../../../formats/round';
import { LOSS_SCALING } from '.';
import { failureOf } from '../failure.fixture';

const gives = (check: object, fn: (...args: never[]) => unknown): string =>
  failureOf(check, fn)?.hint?.en ?? 'passes';

describe('the references of assignment 3', () => {
  it('agree with NumPy and ml_dtypes on a step in one format', () => {
    const { reference } = LOSS_SCALING['update-in'];
    // t(t(w) - t(t(rate) * t(gradient))) with t = np.float16, ml_dtypes.bfloat16
    expect(reference('fp16', 0.3, 0.01, 0.37)).toBe(0.29638671875);
    expect(reference('bf16', 0.3, 0.01, 0.37)).toBe(0.296875);
    let weight = 1;
    for (let step = 0; step < 500; step++) weight = reference('fp16', weight, 0.02, 0.03) as number;
    expect(weight).toBe(0.755859375);
  });

  it('name the step from which on rounding moves a weight, and no smaller one', () => {
    const { reference } = LOSS_SCALING['smallest-step'];
    for (const format of ['fp16', 'bf16', 'e4m3', 'e5m2'] as const) {
      for (const x of [1, 1.5, 0.3, -0.7, 2, 3.1, 0.016, 0.002, 2 ** -14]) {
        const weight = round(format, x);
        if (weight === 0) continue;
        const step = reference(format, weight) as number;
        const away = (by: number): number => round(format, weight + Math.sign(weight) * by);
        expect(away(step * 1.01), `${format} ${weight}`).not.toBe(weight);
        expect(away(step * 0.99), `${format} ${weight}`).toBe(weight);
      }
    }
  });
});

describe('what students write', () => {
  it('gets a hint for a scaler that never grows', () => {
    const fn = (scaler: { scale: number; goodSteps: number }, finite: boolean): object =>
      finite
        ? { ...scaler, goodSteps: scaler.goodSteps + 1 }
        : { scale: scaler.scale / 2, goodSteps: 0 };
    expect(gives(LOSS_SCALING['next-scaler'], fn)).toContain('one step too late');
  });

  it('gets a hint for going backward twice', () => {
    type Train = (typeof LOSS_SCALING)['train-step']['reference'];
    const right = LOSS_SCALING['train-step'].reference;
    const fn: Train = (parts, state, settings) => {
      parts.backward(state.working, 1);
      return right(parts, state, settings);
    };
    expect(failureOf(LOSS_SCALING['train-step'], fn)?.difference.problem?.en).toContain(
      'a second time',
    );
  });

  it('gets a hint for changing the weights that it was given', () => {
    const fn = (
      master: Float32Array,
      gradient: Float32Array,
      rate: number,
    ): { master: Float32Array; working: Float32Array } => {
      for (const [i, g] of gradient.entries()) master[i] = (master[i] ?? 0) - rate * g;
      return { master, working: roundTo('fp16', master) };
    };
    expect(gives(LOSS_SCALING['master-step'], fn)).toContain('Leave what is given as it is');
  });
});
