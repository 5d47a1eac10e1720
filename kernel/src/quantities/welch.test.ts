import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comparePairs } from './paired';
import { welch } from './welch';

type Interval = readonly [number, number];

interface Groups {
  readonly baseline: readonly number[];
  readonly other: readonly number[];
  readonly p: number;
  readonly difference: Interval;
}

const scipy = JSON.parse(readFileSync(resolve('test/scipy/statistics.json'), 'utf8')) as {
  readonly welch: readonly (Groups & {
    readonly t: number;
    readonly degreesOfFreedom: number;
    readonly ratio: Interval | null;
    readonly hedgesG: number;
  })[];
  readonly paired: readonly Groups[];
};

function near(actual: number | undefined, expected: number): void {
  expect(Math.abs((actual ?? NaN) / expected - 1)).toBeLessThan(1e-7);
}

describe("Welch's test", () => {
  it('agrees with SciPy on t, degrees of freedom, p, both intervals and the effect', () => {
    expect(scipy.welch.length).toBeGreaterThan(4);
    for (const { baseline, other, ...expected } of scipy.welch) {
      const ours = welch(baseline, other);
      near(ours.t, expected.t);
      near(ours.degreesOfFreedom, expected.degreesOfFreedom);
      near(ours.pDifference, expected.p);
      near(ours.hedgesG, expected.hedgesG);
      near(ours.difference.interval?.[0], expected.difference[0]);
      near(ours.difference.interval?.[1], expected.difference[1]);
      if (expected.ratio === null) {
        expect(ours.ratio.interval).toBeNull();
      } else {
        near(ours.ratio.interval?.[0], expected.ratio[0]);
        near(ours.ratio.interval?.[1], expected.ratio[1]);
      }
    }
  });

  it('says lower, higher, or that no difference is shown', () => {
    const slow = [10, 10.1, 9.9, 10.05];
    const fast = [8, 8.1, 7.9, 8.05];
    expect(welch(slow, fast).verdict).toBe('lower');
    expect(welch(fast, slow).verdict).toBe('higher');
    expect(welch(slow, [9, 11, 10.4, 9.8]).verdict).toBe('no difference shown');
  });

  it('shows no difference with one sample a group, and gives no interval', () => {
    const one = welch([1], [2]);
    expect(one).toMatchObject({ verdict: 'no difference shown', pDifference: NaN });
    expect(one.difference).toEqual({ value: 1, interval: null });
    expect(one.ratio).toEqual({ value: 2, interval: null });
  });

  it('is certain where nothing scatters', () => {
    expect(welch([2, 2], [2, 2])).toMatchObject({
      verdict: 'no difference shown',
      pDifference: 1,
      hedgesG: 0,
      t: 0,
    });
    expect(welch([2, 2, 2], [1, 1])).toMatchObject({
      verdict: 'lower',
      pDifference: 0,
      ratio: { value: 0.5, interval: [0.5, 0.5] },
    });
  });

  it('gives no bounds to a ratio whose baseline may be 0', () => {
    expect(welch([-1, 1.2, 0.1], [5, 5.1, 5.2]).ratio.interval).toBeNull();
  });

  it('of an empty group is an error that counts both', () => {
    expect(() => welch([], [1, 2])).toThrow(/0 and 2 samples/);
  });
});

describe('the paired test', () => {
  it('agrees with SciPy', () => {
    for (const { baseline, other, p, difference } of scipy.paired) {
      const ours = comparePairs(baseline, other, 1);
      near(ours.pDifference, p);
      near(ours.interval95[0], difference[0]);
      near(ours.interval95[1], difference[1]);
    }
  });
});
