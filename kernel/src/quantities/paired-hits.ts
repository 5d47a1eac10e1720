import { jStat } from 'jstat';
import { HalfnoteError } from '../errors';
import { type Interval, normalQuantile } from './proportion';
import { COVERAGE } from './quantity';

/** Two scores of the same samples. */
export interface PairedScores {
  readonly samples: number;
  /** `other - baseline`, of the means. */
  readonly difference: number;
  readonly interval: Interval;
  /** Two-sided, of "no difference". */
  readonly p: number;
}

export interface PairedHits extends PairedScores {
  /** Samples that one of the two has right, and the other one wrong. */
  readonly onlyBaseline: number;
  readonly onlyOther: number;
}

/**
 * Two models' hits (1) and misses (0) on the same samples, by McNemar's test: what both have right or wrong
 * says nothing of a difference. The p value is the mid-p of the exact test, the interval Tango's, which
 * inverts the score test.
 *
 * @throws HalfnoteError `invalid-argument` for no samples, or not as many of each.
 * @see McNemar 1947; Fagerland, Lydersen and Laake 2013 (mid-p); Tango 1998.
 */
export function compareHits(
  baseline: ArrayLike<number>,
  other: ArrayLike<number>,
  coverage = COVERAGE,
): PairedHits {
  requirePairs(baseline, other);
  let [onlyBaseline, onlyOther] = [0, 0];
  for (let i = 0; i < baseline.length; i++) {
    const [a, b] = [baseline[i] === 1, other[i] === 1];
    if (a && !b) onlyBaseline++;
    if (b && !a) onlyOther++;
  }
  return compareCounts({ onlyBaseline, onlyOther, samples: baseline.length }, coverage);
}

/** The same of what was counted: the samples that one of the two alone has right, and all samples. */
export function compareCounts(
  counts: Pick<PairedHits, 'onlyBaseline' | 'onlyOther' | 'samples'>,
  coverage = COVERAGE,
): PairedHits {
  const { onlyBaseline, onlyOther, samples } = counts;
  return {
    ...counts,
    difference: (onlyOther - onlyBaseline) / samples,
    interval: tangoInterval(onlyOther, onlyBaseline, samples, coverage),
    p: midP(onlyBaseline, onlyOther),
  };
}

/** @throws HalfnoteError `invalid-argument`. */
export function requirePairs(baseline: ArrayLike<number>, other: ArrayLike<number>): void {
  if (baseline.length === other.length && baseline.length > 0) return;
  throw new HalfnoteError(
    'invalid-argument',
    `There are ${baseline.length} and ${other.length} scores to compare; a paired test takes those of the same samples, one at least.`,
  );
}

/** Twice the chance of fewer than the smaller count, and once that of as many. */
function midP(a: number, b: number): number {
  const [n, k] = [a + b, Math.min(a, b)];
  const log = jStat.gammaln(n + 1) - jStat.gammaln(k + 1) - jStat.gammaln(n - k + 1);
  let term = Math.exp(log - n * Math.LN2);
  let sum = term;
  for (let i = k; i > 0 && term > 0; i--) {
    term *= i / (n - i + 1);
    sum += 2 * term;
  }
  return Math.min(1, sum);
}

const STEPS = 100;

/** All differences `p(only x) - p(only y)` that the score test doesn't reject. */
function tangoInterval(x: number, y: number, n: number, coverage: number): Interval {
  const z = normalQuantile(coverage);
  const estimate = (x - y) / n;
  // The statistic falls as the difference grows.
  const end = (outside: number, sign: 1 | -1): number => {
    let [inner, outer] = [estimate, outside];
    for (let i = 0; i < STEPS; i++) {
      const middle = (inner + outer) / 2;
      if (sign * tangoStatistic(x, y, n, middle) < z) inner = middle;
      else outer = middle;
    }
    return inner;
  };
  return [end(-1, 1), end(1, -1)];
}

function tangoStatistic(x: number, y: number, n: number, difference: number): number {
  const d = difference;
  const b = (2 * n - x + y) * d - x - y;
  // The likeliest p(only y) where the difference is d.
  const q = (Math.sqrt(Math.max(0, b ** 2 + 8 * n * y * d * (1 - d))) - b) / (4 * n);
  const variance = n * (2 * q + d * (1 - d));
  const distance = x - y - n * d;
  return distance === 0 ? 0 : distance / Math.sqrt(Math.max(0, variance));
}
