import { describe, expect, it } from 'vitest';
import { LOST_NUMBERS } from '.';
import { failureOf } from '../failure.fixture';

describe('the checks of assignment 2', () => {
  it('agree with NumPy, in which np.float16 stores each partial sum', () => {
    const { 'sum-in': sumIn } = LOST_NUMBERS;
    // s = np.float16(0); for x in [...]: s = np.float16(s + np.float16(x))
    expect(sumIn.reference('fp16', Array<number>(5000).fill(0.1))).toBe(256);
    expect(sumIn.reference('fp16', [0.1, 0.2, 0.3, 0.4])).toBe(0.99951171875);
  });
});

const gives = (check: object, fn: (...args: never[]) => unknown): string =>
  failureOf(check, fn)?.hint?.en ?? 'passes';

describe('what students write', () => {
  it('gets a hint for a sum that starts from its first value and has none', () => {
    const fn = (_format: string, values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value);
    expect(gives(LOST_NUMBERS['sum-in'], fn)).toContain('sum of nothing');
  });

  it('gets a hint for negative numbers that are taken for small ones', () => {
    const fn = (_format: string, x: number): string => {
      if (x === 0) return 'zero';
      if (x === 1e-9) return 'underflow';
      if (x > 65504) return 'overflow';
      return x < 2 ** -14 && x > 0 ? 'subnormal' : 'normal';
    };
    expect(gives(LOST_NUMBERS.fate, fn)).toContain('Sizes are compared');
  });

  it('gets a hint for normal negative numbers that are taken for subnormal ones', () => {
    const { reference } = LOST_NUMBERS.fate;
    const fn: typeof reference = (format, x) =>
      x <= -(2 ** -14) && x >= -65504 ? 'subnormal' : reference(format, x);
    expect(gives(LOST_NUMBERS.fate, fn)).toContain('every negative number');
  });
});
