import { describe, expect, it } from 'vitest';
import { exactly } from './exact';

describe('a figure in another unit', () => {
  it('is rounded once where plain arithmetic rounds at each step', () => {
    // By Python's fractions: float(sum(map(Fraction, terms)) * Fraction(pue) / 3600000).
    expect(exactly([0.1, 0.2, 0.3], { times: [1.37], over: [3.6e6] })).toBe(2.2833333333333335e-7);
    expect(exactly([1 / 3], { over: [1000, 61.234567890123456] })).toBe(5.443548388084515e-6);
    expect(exactly([1e16, 1, -1e16], {})).toBe(1);
    expect(exactly([-7], { over: [3] })).toBe(-7 / 3);
  });

  it('is exact where nothing has to be rounded, and 0 of nothing', () => {
    for (const value of [0, 1, -2.5, 5e-324, Number.MAX_VALUE, 0.1, Number.MIN_VALUE * 3]) {
      expect(exactly([value], {})).toBe(value);
    }
    expect(exactly([], { times: [3], over: [7] })).toBe(0);
  });

  it('comes back within 1 ulp after a way there and back', () => {
    for (let i = 1; i < 2000; i++) {
      const value = Math.exp(Math.sin(i) * 40);
      const back = exactly([exactly([value], { over: [3.6e6] })], { times: [3.6e6] });
      expect(Math.abs(back - value)).toBeLessThanOrEqual(value * Number.EPSILON);
    }
  });
});
