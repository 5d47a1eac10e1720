import { jStat } from 'jstat';
import { HalfnoteError } from '../errors';
import { COVERAGE } from './quantity';
import { mean, standardDeviation } from './statistics';
import { tQuantile, twoSided } from './student';

export type Verdict = 'lower' | 'higher' | 'no difference shown';

export interface Estimate {
  readonly value: number;
  /** Null where nothing bounds the truth: too few samples, or a baseline that may be 0. */
  readonly interval: readonly [low: number, high: number] | null;
}

/** Two groups of independent samples, without the assumption that both scatter alike. */
export interface WelchComparison {
  /** Of `other` against the baseline, at the coverage asked for. */
  readonly verdict: Verdict;
  readonly coverage: number;
  /** `other - baseline`. */
  readonly difference: Estimate;
  /** `other / baseline`, with Fieller's interval. */
  readonly ratio: Estimate;
  /** Two-sided. NaN below two samples in a group. */
  readonly pDifference: number;
  readonly t: number;
  /** Welch and Satterthwaite's. */
  readonly degreesOfFreedom: number;
  /** The difference in standard deviations, corrected for small samples. */
  readonly hedgesG: number;
  readonly samples: readonly [baseline: number, other: number];
}

/**
 * Welch's t-test of two groups, with the effect's size and intervals of the difference and the ratio. "No
 * difference shown" is an answer: it isn't "the same", for which `comparePairs` has a test.
 *
 * @throws HalfnoteError `invalid-argument` for an empty group.
 * @see Welch 1947; Fieller 1954 (the ratio, here with the degrees of freedom of its own two variances);
 * Hedges 1981 (g with the exact correction).
 */
export function welch(
  baseline: readonly number[],
  other: readonly number[],
  coverage = COVERAGE,
): WelchComparison {
  if (baseline.length === 0 || other.length === 0) {
    throw new HalfnoteError(
      'invalid-argument',
      `There are ${baseline.length} and ${other.length} samples to compare; each group needs one at least, and two for a test.`,
    );
  }
  const [a, b] = [groupOf(baseline), groupOf(other)];
  const value = b.mean - a.mean;
  const error = Math.sqrt(a.squaredError + b.squaredError);
  const degreesOfFreedom = satterthwaite(a, b);
  const pDifference = Number.isNaN(error) ? NaN : twoSided(value, error, degreesOfFreedom);
  return {
    verdict: pDifference < 1 - coverage ? (value < 0 ? 'lower' : 'higher') : 'no difference shown',
    coverage,
    difference: { value, interval: around(value, error, degreesOfFreedom, coverage) },
    ratio: { value: b.mean / a.mean, interval: fieller(a, b, coverage) },
    pDifference,
    t: error === 0 && value === 0 ? 0 : value / error,
    degreesOfFreedom,
    hedgesG: hedgesG(a, b),
    samples: [a.n, b.n],
  };
}

interface Group {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
  /** Of the mean. */
  readonly squaredError: number;
}

function groupOf(samples: readonly number[]): Group {
  const deviation = standardDeviation(samples);
  const n = samples.length;
  return { n, mean: mean(samples), deviation, squaredError: deviation ** 2 / n };
}

/** The degrees of freedom of `b - factor * a`. Without any scatter, those of both groups. */
function satterthwaite(a: Group, b: Group, factor = 1): number {
  const ofA = factor ** 2 * a.squaredError;
  if (ofA + b.squaredError === 0) return a.n + b.n - 2;
  return (ofA + b.squaredError) ** 2 / (ofA ** 2 / (a.n - 1) + b.squaredError ** 2 / (b.n - 1));
}

function around(
  value: number,
  error: number,
  degrees: number,
  coverage: number,
): readonly [number, number] | null {
  if (Number.isNaN(error)) return null;
  const half = error === 0 ? 0 : tQuantile(coverage, degrees) * error;
  return [value - half, value + half];
}

/** All r for which a test of `b - r * a = 0` doesn't reject; null where they have no end. */
function fieller(a: Group, b: Group, coverage: number): readonly [number, number] | null {
  if (Number.isNaN(a.squaredError + b.squaredError)) return null;
  const estimate = b.mean / a.mean;
  if (a.squaredError + b.squaredError === 0) {
    return a.mean === 0 ? null : [estimate, estimate];
  }
  const t = tQuantile(coverage, satterthwaite(a, b, estimate));
  const square = a.mean ** 2 - t ** 2 * a.squaredError;
  if (!(square > 0)) return null;
  const cross = a.mean * b.mean;
  const rest = b.mean ** 2 - t ** 2 * b.squaredError;
  const root = Math.sqrt(Math.max(0, cross ** 2 - square * rest));
  return [(cross - root) / square, (cross + root) / square];
}

function hedgesG(a: Group, b: Group): number {
  const degrees = a.n + b.n - 2;
  const pooled = Math.sqrt(((a.n - 1) * a.deviation ** 2 + (b.n - 1) * b.deviation ** 2) / degrees);
  const correction =
    Math.exp(jStat.gammaln(degrees / 2) - jStat.gammaln((degrees - 1) / 2)) /
    Math.sqrt(degrees / 2);
  const difference = b.mean - a.mean;
  return difference === 0 && pooled === 0 ? 0 : (correction * difference) / pooled;
}
