import { describe, expect, it } from 'vitest';
import { toBundle } from '../../display/display';
import { errorHistogram } from './error-histogram';
import { numberLine } from './number-line';

describe('numberLine', () => {
  it('has every number of a format in the interval', () => {
    const [line] = numberLine('e2m1', { from: 0, to: 6 }).payload;
    expect(line?.numbers).toEqual([0, 0.5, 1, 1.5, 2, 3, 4, 6]);
    expect(line?.subnormals).toBe(1);
  });

  it('is a picture with its words', () => {
    const bundle = toBundle(numberLine(['e4m3', 'e5m2'], { to: 2, marks: [0.1] }));
    expect(bundle['text/html']).toContain('<img alt="The numbers of formats from 0 to 2.');
    expect(bundle['text/plain']).toContain('FP8 E5M2 has');
  });

  it('refuses an empty interval and formats too wide to draw', () => {
    expect(() => numberLine('e4m3', { from: 1, to: 1 })).toThrow('from a number to a larger one');
    expect(() => numberLine('fp32')).toThrow('at most 16 bits; FP32 has 32');
  });
});

describe('errorHistogram', () => {
  it('counts errors in bins around 0', () => {
    const { payload } = errorHistogram([-1, 0, 0, 0.5, Infinity], { bins: 4, unit: 'ulp' });
    expect(payload).toEqual({
      low: -1,
      high: 1,
      counts: [1, 0, 2, 1],
      mean: -0.125,
      largest: 1,
      notFinite: 1,
    });
  });

  it('says the mean and the largest', () => {
    const bundle = toBundle(errorHistogram([-0.5, 0.5, 0.25], { unit: 'ulp' }));
    expect(bundle['text/plain']).toContain(
      '3 errors: 0.0833 ulp on average, the largest 0.500 ulp.',
    );
  });

  it('refuses no errors and no bins', () => {
    expect(() => errorHistogram([])).toThrow('no errors to count');
    expect(() => errorHistogram([1], { bins: 0 })).toThrow('1 to 1000 bins, not 0');
  });
});
