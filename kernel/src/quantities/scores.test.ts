import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comparePairs, compareSums } from './paired';
import { compareHits } from './paired-hits';
import { compareMeans } from './paired-means';
import { wilsonInterval } from './proportion';

type Ends = readonly [number, number];

/** What SciPy says: `test/scipy/generate_statistics.py`. */
const scipy = JSON.parse(readFileSync(resolve('test/scipy/statistics.json'), 'utf8')) as {
  readonly wilson: readonly {
    readonly hits: number;
    readonly samples: number;
    readonly coverage: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly hits: readonly {
    readonly onlyBaseline: number;
    readonly onlyOther: number;
    readonly both: number;
    readonly neither: number;
    readonly p: number;
    readonly difference: Ends;
  }[];
  readonly losses: readonly {
    readonly baseline: readonly number[];
    readonly other: readonly number[];
    readonly difference: Ends;
    readonly standardError: number;
    readonly p: number;
  }[];
};

/** Hits and misses of two models with these counts. */
function pairs(onlyBaseline: number, onlyOther: number, both: number, neither: number) {
  const of = (...parts: readonly (readonly [number, number])[]) =>
    parts.flatMap(([count, value]) => Array.from({ length: count }, () => value));
  return [
    of([onlyBaseline, 1], [onlyOther, 0], [both, 1], [neither, 0]),
    of([onlyBaseline, 0], [onlyOther, 1], [both, 1], [neither, 0]),
  ] as const;
}

describe("an accuracy's interval", () => {
  it("is SciPy's, also where all samples are right or none", () => {
    expect(scipy.wilson.length).toBeGreaterThan(30);
    for (const { hits, samples, coverage, low, high } of scipy.wilson) {
      const [from, to] = wilsonInterval(hits, samples, coverage);
      expect(from).toBeCloseTo(low, 9);
      expect(to).toBeCloseTo(high, 9);
    }
  });

  it('of no samples, or more hits than samples, is an error that says so', () => {
    expect(() => wilsonInterval(0, 0)).toThrow(/0 hits in 0 samples; at least one/);
    expect(() => wilsonInterval(3, 2)).toThrow(/3 hits in 2 samples/);
    expect(() => wilsonInterval(NaN, 2)).toThrow(/NaN hits/);
  });
});

describe('a comparison of hits on the same samples', () => {
  it("has the p value of SciPy's exact test, mid-p, and the interval of the score test", () => {
    expect(scipy.hits.length).toBeGreaterThan(5);
    for (const { onlyBaseline, onlyOther, both, neither, p, difference } of scipy.hits) {
      const found = compareHits(...pairs(onlyBaseline, onlyOther, both, neither));
      expect(found).toMatchObject({ onlyBaseline, onlyOther });
      expect(found.samples).toBe(onlyBaseline + onlyOther + both + neither);
      expect(found.difference).toBeCloseTo((onlyOther - onlyBaseline) / found.samples, 12);
      expect(Math.abs(found.p - p)).toBeLessThan(1e-9);
      expect(found.interval[0]).toBeCloseTo(difference[0], 6);
      expect(found.interval[1]).toBeCloseTo(difference[1], 6);
    }
  });

  it('agrees with what is published: 1 against 7 of 21 has a mid-p of 0.039', () => {
    // Fagerland, Lydersen and Laake 2013, on the data of Bentur et al. 2009.
    expect(compareHits(...pairs(1, 7, 1, 12)).p).toBeCloseTo(0.0391, 4);
    // Agresti, Categorical Data Analysis, 10.1: approval fell by 4 points, 95% from 2 to 6.
    const [low, high] = compareHits(...pairs(150, 86, 794, 570)).interval;
    expect([low.toFixed(2), high.toFixed(2)]).toEqual(['-0.06', '-0.02']);
  });

  it('of models that are right and wrong together shows no difference, and how large one may be', () => {
    const { difference, interval, p } = compareHits(...pairs(0, 0, 350, 10));
    expect([difference, p]).toEqual([0, 1]);
    // z^2 / (n + z^2)
    expect(interval[1]).toBeCloseTo(3.8415 / (360 + 3.8415), 5);
    expect(interval[0]).toBeCloseTo(-interval[1], 9);
  });

  it('of unlike numbers of samples, or none, is an error that says so', () => {
    expect(() => compareHits([1, 0], [1])).toThrow(/2 and 1 scores/);
    expect(() => compareHits([], [])).toThrow(/0 and 0 scores/);
  });
});

describe('a comparison of losses of the same samples', () => {
  it("has SciPy's bootstrap interval, within what resampling leaves to chance, and a like p value", () => {
    for (const { baseline, other, difference, standardError, p } of scipy.losses) {
      const found = compareMeans(baseline, other);
      expect(Math.abs((found?.interval[0] ?? NaN) - difference[0])).toBeLessThan(
        0.12 * standardError,
      );
      expect(Math.abs((found?.interval[1] ?? NaN) - difference[1])).toBeLessThan(
        0.12 * standardError,
      );
      expect(Math.abs((found?.p ?? NaN) - p)).toBeLessThan(0.03);
    }
  });

  it('says the same of the same scores', () => {
    const [{ baseline, other } = { baseline: [], other: [] }] = scipy.losses;
    expect(compareMeans(baseline, other)).toEqual(compareMeans(baseline, other));
  });

  it('of equal scores shows no difference', () => {
    const same = Array.from({ length: 30 }, (_, i) => i / 7);
    expect(compareMeans(same, same)).toMatchObject({ difference: 0, interval: [0, 0], p: 1 });
  });

  it('tells nothing below 20 samples, or where a loss is not finite', () => {
    const few = Array.from({ length: 19 }, (_, i) => i);
    expect(compareMeans(few, few)).toBeNull();
    const many = Array.from({ length: 40 }, (_, i) => i);
    expect(compareMeans(many, [NaN, ...many.slice(1)])).toBeNull();
  });
});

describe('sums of differences of the same samples', () => {
  it('have the t-test of the pairs that they are of, and none below two', () => {
    for (const { baseline, other } of scipy.losses) {
      const differences = other.map((value, i) => value - (baseline[i] ?? NaN));
      const sum = differences.reduce((a, b) => a + b, 0);
      const squares = differences.reduce((a, b) => a + b ** 2, 0);
      const found = compareSums({ samples: differences.length, sum, squares });
      const { meanDifference, interval95, pDifference } = comparePairs(baseline, other, 1);
      expect(found?.difference).toBeCloseTo(meanDifference, 10);
      expect(found?.interval[0]).toBeCloseTo(interval95[0], 8);
      expect(found?.interval[1]).toBeCloseTo(interval95[1], 8);
      expect(found?.p).toBeCloseTo(pDifference, 8);
    }
    expect(compareSums({ samples: 1, sum: 1, squares: 1 })).toBeUndefined();
    expect(compareSums({ samples: 3, sum: NaN, squares: NaN })).toBeUndefined();
    expect(compareSums({ samples: 3, sum: 0, squares: 0 })).toMatchObject({
      interval: [0, 0],
      p: 1,
    });
  });
});
