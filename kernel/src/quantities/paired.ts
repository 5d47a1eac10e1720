import { COVERAGE } from './quantity';
import { mean, standardDeviation } from './statistics';
import type { PairedScores } from './paired-hits';
import { tQuantile, twoSided, upperTail } from './student';

/** What paired scores of several runs say about two formats. Differences are `other - baseline`. */
export interface PairedComparison {
  readonly pairs: number;
  readonly meanDifference: number;
  /** The interval that holds the mean difference with 95 % confidence; infinite below two pairs. */
  readonly interval95: readonly [lower: number, upper: number];
  /** Two-sided paired t-test of "no difference". NaN below two pairs. */
  readonly pDifference: number;
  /** Two one-sided t-tests (TOST) of "at least `margin` apart": small says equivalent. NaN below two pairs. */
  readonly pEquivalence: number;
}

/**
 * Compares scores run by run: the same seed makes the same weights and the same batches, so what is
 * left between a pair is the format's doing (and chance).
 *
 * @param margin The largest mean difference that still counts as the same, in the score's unit.
 * @see Schuirmann 1987 (two one-sided tests); both tests are Student's t with n - 1 degrees of freedom.
 */
export function comparePairs(
  baseline: readonly number[],
  other: readonly number[],
  margin: number,
): PairedComparison {
  const differences = other.map((value, index) => value - (baseline[index] ?? NaN));
  const pairs = differences.length;
  const meanDifference = mean(differences);
  if (pairs < 2) {
    return {
      pairs,
      meanDifference,
      interval95: [-Infinity, Infinity],
      pDifference: NaN,
      pEquivalence: NaN,
    };
  }
  const error = standardDeviation(differences) / Math.sqrt(pairs);
  const degrees = pairs - 1;
  const tail = (distance: number): number => upperTail(distance, error, degrees);
  const { interval, p } = tTest(meanDifference, error, degrees);
  return {
    pairs,
    meanDifference,
    interval95: interval,
    pDifference: p,
    pEquivalence: Math.max(tail(meanDifference + margin), tail(margin - meanDifference)),
  };
}

/** Differences of paired scores, `other - baseline`, added up: nothing is kept of each. */
export interface DifferenceSums {
  readonly samples: number;
  readonly sum: number;
  readonly squares: number;
}

/** The paired t-test of the mean difference; undefined below two samples, and where it isn't finite. */
export function compareSums({ samples, sum, squares }: DifferenceSums): PairedScores | undefined {
  const difference = sum / samples;
  const degrees = samples - 1;
  const variance = Math.max(0, squares - samples * difference ** 2) / degrees;
  if (samples < 2 || !Number.isFinite(variance)) return undefined;
  return { samples, difference, ...tTest(difference, Math.sqrt(variance / samples), degrees) };
}

/** A mean difference with its standard error: the interval that holds it, and the test of none. */
function tTest(
  difference: number,
  error: number,
  degrees: number,
): Pick<PairedScores, 'interval' | 'p'> {
  const half = error === 0 ? 0 : tQuantile(COVERAGE, degrees) * error;
  return {
    interval: [difference - half, difference + half],
    p: twoSided(difference, error, degrees),
  };
}
