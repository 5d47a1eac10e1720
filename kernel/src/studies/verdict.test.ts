import { describe, expect, it } from 'vitest';
import { CLAIMS } from '../literature/claims';
import { OFTEN_CLAIMED } from '../literature/often-claimed';
import type { TestedClaim } from './tested-claim';
import { claimRange, figureText, measuredText, verdictText } from './figure-text';
import { overallVerdict } from './overall';
import { TESTED_CLAIMS } from './tested-claims';
import { verdictOn } from './verdict';

const speed: TestedClaim = {
  id: 'speed',
  says: 'It is 4–6x as fast.',
  figure: 'seconds before / after',
  unit: 'x',
  low: 4,
  high: 6,
  of: 'any',
  see: [],
  study: 'speed',
};
const here = 'cpu' as const;
const near = (center: number): number[] =>
  [-0.04, 0.02, -0.01, 0.03, 0].map((d) => center * (1 + d));

describe('the verdict on a claim', () => {
  // scipy 1.17.1: exp of stats.t.interval(.95, 4, mean, sem) of the logarithms.
  it("of ratios has Student's interval of their logarithms", () => {
    const found = verdictOn(speed, { trials: [2.1, 2.2, 2.0, 2.1, 2.15], here });
    expect(found.value).toBeCloseTo(2.1089483575658865, 9);
    expect([found.low, found.high]).toEqual([
      expect.closeTo(2.01829966, 7),
      expect.closeTo(2.2036684, 7),
    ]);
  });

  // scipy 1.17.1: stats.t.interval(.95, 4, mean, sem).
  it("of differences has Student's interval of their mean", () => {
    const points = { ...speed, unit: 'pp' as const, low: -0.01, high: null };
    const found = verdictOn(points, { trials: [0.01, 0.012, 0.008, 0.011, 0.009], here });
    expect(found.low).toBeCloseTo(0.008036756838522442, 9);
    expect(found.high).toBeCloseTo(0.011963243161477555, 9);
    expect(found.verdict).toBe('confirmed');
  });

  it.each([
    [5, {}, 'confirmed', ''],
    [2, {}, 'refuted', 'the interval lies outside of 4x to 6x'],
    [9, {}, 'refuted', 'the interval lies outside of 4x to 6x'],
    [4, {}, 'not here', 'undecided: the interval of 5 trials reaches over an end of 4x to 6x'],
    [2, { of: 'gpu' }, 'not here', 'it is said of a GPU, and this is a CPU'],
    [5, { of: 'gpu' }, 'confirmed', ''],
    [2, { of: 'cpu' }, 'refuted', 'the interval lies outside of 4x to 6x'],
  ] as const)('of trials near %f with %j is %s', (center, change, verdict, because) => {
    const found = verdictOn({ ...speed, ...change }, { trials: near(center), here });
    expect([found.verdict, found.because]).toEqual([verdict, because]);
  });

  it('is neither way by a figure that was not measured', () => {
    for (const center of [2, 5]) {
      const found = verdictOn(speed, { trials: near(center), here, unmeasured: 'it is simulated' });
      expect([found.verdict, found.because]).toEqual(['not here', 'it is simulated']);
    }
  });

  it.each([
    [[1], /trials of "speed" are \[ 1 \]; allowed: an array of at least two/],
    ['2', /trials of "speed" are '2'/],
    [[1, NaN], /Trial 1 of "speed" is NaN; allowed: a ratio above 0/],
    [[0, 1], /Trial 0 of "speed" is 0; allowed: a ratio above 0/],
    [[1, undefined], /Trial 1 of "speed" is undefined/],
  ])('refuses the trials %j', (trials, message) => {
    expect(() => verdictOn(speed, { trials: trials as number[], here })).toThrow(message);
  });

  it('over several subjects takes one that refutes it, and needs all to confirm it', () => {
    const [yes, no, open] = [5, 2, 4].map((center) =>
      verdictOn(speed, { trials: near(center), here }),
    ) as [Verdict, Verdict, Verdict];
    expect(overallVerdict([yes, no, open])).toEqual({
      verdict: 'refuted',
      confirmed: 1,
      subjects: 3,
    });
    expect(overallVerdict([yes, open]).verdict).toBe('not here');
    expect(overallVerdict([yes, yes]).verdict).toBe('confirmed');
  });
});

type Verdict = ReturnType<typeof verdictOn>;

describe('the words of a verdict', () => {
  it.each([
    [2.111, 'x', '2.11x'],
    [0.748, '%', '74.8%'],
    [-0.003, 'pp', '−0.300 pp'],
    [0.5, '', '0.500'],
    [-1.4e-17, 'pp', '0 pp'],
  ] as const)('a figure of %f %s is %s', (value, unit, text) => {
    expect(figureText(value, unit)).toBe(text);
  });

  it('a range is as it was given', () => {
    expect(claimRange(speed)).toBe('4x to 6x');
    expect(claimRange({ low: -0.01, high: null, unit: 'pp' })).toBe('at least −1 pp');
    expect(claimRange({ low: null, high: 1.05, unit: 'x' })).toBe('at most 1.05x');
  });

  it('name the interval and the number of trials, or that there was none', () => {
    const found = verdictOn(speed, { trials: near(2), here });
    expect(measuredText(found)).toMatch(/^2\.00x \(1\.93x to 2\.07x, 5 trials\)$/);
    expect(verdictText(found)).toBe('refuted: the interval lies outside of 4x to 6x');
    const same = verdictOn({ ...speed, unit: '%' }, { trials: [0.75, 0.75, 0.75], here });
    expect(measuredText(same)).toBe('75.0% (each time, 3 trials)');
  });
});

describe('the claims that are tested', () => {
  it('are at least twenty, each with an id of its own', () => {
    expect(TESTED_CLAIMS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(TESTED_CLAIMS.map(({ id }) => id)).size).toBe(TESTED_CLAIMS.length);
  });

  it.each(TESTED_CLAIMS.map((claim) => [claim.id, claim] as const))(
    '%s says what bears it out, and names claims of the literature that there are',
    (_, { low, high, says, figure, see }) => {
      expect(low !== null || high !== null).toBe(true);
      expect(low ?? -Infinity).toBeLessThan(high ?? Infinity);
      expect(says).toMatch(/^.*\.$/);
      expect(figure).not.toBe('');
      for (const id of see) expect(CLAIMS.map((claim) => claim.id)).toContain(id);
    },
  );

  it('are all that is often claimed, and more', () => {
    const ids = TESTED_CLAIMS.map(({ id }) => id);
    for (const { tested } of OFTEN_CLAIMED) {
      expect(tested.length).toBeGreaterThan(0);
      for (const id of tested) expect(ids).toContain(id);
    }
  });
});
