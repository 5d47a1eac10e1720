import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { combined, exact, fromBand, fromSamples, notBelow } from './make';
import { meanOf } from './mean-of';

interface Means {
  readonly samples: readonly number[];
  readonly coverage: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const scipy = JSON.parse(readFileSync(resolve('test/scipy/statistics.json'), 'utf8')) as {
  readonly means: readonly Means[];
};

describe('a quantity of samples', () => {
  it("has SciPy's interval of the mean", () => {
    expect(scipy.means.length).toBeGreaterThan(40);
    for (const { samples, coverage, mean, low, high } of scipy.means) {
      const made = fromSamples(samples, { method: 'counter', coverage });
      const scale = high - low;
      expect(made).toMatchObject({ coverage, samples: samples.length, complete: true });
      expect(Math.abs(made.value - mean)).toBeLessThan(1e-12 * Math.abs(mean));
      expect(Math.abs(made.low - low)).toBeLessThan(1e-7 * scale);
      expect(Math.abs(made.high - high)).toBeLessThan(1e-7 * scale);
    }
  });

  it('of one sample stands for that run and claims no scatter', () => {
    const made = fromSamples([3], { method: 'counter', systematic: { below: 1, above: 2 } });
    expect(made).toMatchObject({ value: 3, low: 2, high: 5, samples: 1 });
    expect(made.statistical).toEqual({ below: 0, above: 0 });
  });

  it('of none, or of what is no number, is an error that says so', () => {
    expect(() => fromSamples([], { method: 'counter' })).toThrow(/at least one/);
    expect(() => fromSamples([1, NaN], { method: 'counter' })).toThrow(/NaN/);
    expect(() => fromSamples([1, 2], { method: 'counter', coverage: 1 })).toThrow(
      /between 0 and 1/,
    );
  });
});

describe('an interval', () => {
  it('adds the systematic bound to the statistical spread, each side for itself', () => {
    const made = combined(
      10,
      { statistical: { below: 1, above: 2 }, systematic: { below: 3, above: 0.5 } },
      { method: 'estimated', gaps: 2, resets: 1, complete: false, samples: 7 },
    );
    expect(made).toMatchObject({ low: 6, high: 12.5, gaps: 2, resets: 1, samples: 7 });
    expect(made.complete).toBe(false);
  });

  it('of a band given as factors holds for negative values too', () => {
    const band = { low: 0.6, high: 1.3 };
    expect(fromBand(10, band, { method: 'modelled' })).toMatchObject({ low: 6, high: 13 });
    expect(fromBand(-10, band, { method: 'modelled' })).toMatchObject({ low: -13, high: -6 });
  });

  it('ends where the truth cannot lie, and holds its value all the same', () => {
    const wide = fromSamples([1, 9], { method: 'counter' });
    expect(wide.low).toBeLessThan(0);
    expect(notBelow(wide, 0)).toEqual({ ...wide, low: 0 });
    expect(notBelow(exact(-1, { method: 'counter' }), 0).low).toBe(-1);
  });

  it('refuses what no figure can be', () => {
    expect(() => exact(Infinity, { method: 'counter' })).toThrow(/Infinity/);
    expect(() => fromBand(1, { low: 1.1, high: 2 }, { method: 'modelled' })).toThrow(/must hold 1/);
    const statistical = { below: -1, above: 1 };
    expect(() => combined(1, { statistical }, { method: 'counter' })).toThrow(/not negative/);
  });
});

describe('the mean of runs', () => {
  const run = (value: number, complete = true) =>
    combined(
      value,
      { statistical: { below: 5, above: 5 }, systematic: { below: 1, above: 2 } },
      { method: value > 11 ? 'estimated' : 'counter', gaps: 1, complete },
    );

  it('scatters as their values do, and keeps the systematic part whole', () => {
    const mean = meanOf([run(10), run(11), run(12)]);
    const plain = fromSamples([10, 11, 12], { method: 'counter' });
    expect(mean.statistical.below).toBeCloseTo(plain.statistical.below, 12);
    expect(mean.systematic.below).toBeCloseTo(1, 12);
    expect(mean.systematic.above).toBeCloseTo(2, 12);
    expect(mean).toMatchObject({ value: 11, samples: 3, gaps: 3, method: 'estimated' });
  });

  it('of one run is that run, with what it says of its own scatter', () => {
    expect(meanOf([run(10)])).toEqual(run(10));
  });

  it('is incomplete when a run is', () => {
    expect(meanOf([run(10), run(11, false)]).complete).toBe(false);
  });
});
