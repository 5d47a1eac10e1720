import { describe, expect, it } from 'vitest';
import { toCodePoints, toCodeUnits } from './cursor';

describe('cursor positions', () => {
  const text = 'a😀漢b';

  it('count an emoji as one code point and a CJK character as one', () => {
    expect([0, 1, 2, 3, 4].map((n) => toCodeUnits(text, n))).toEqual([0, 1, 3, 4, 5]);
    expect([0, 1, 3, 4, 5].map((n) => toCodePoints(text, n))).toEqual([0, 1, 2, 3, 4]);
  });

  it('beyond the end are the end', () => {
    expect(toCodeUnits(text, 99)).toBe(5);
    expect(toCodePoints(text, 99)).toBe(4);
  });
});
