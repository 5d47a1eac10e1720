import { jStat } from 'jstat';

/** Student's t distribution, as far as intervals and tests need it. Degrees of freedom may be fractions. */

/** How many standard errors an interval of this coverage reaches to either side. */
export function tQuantile(coverage: number, degrees: number): number {
  return jStat.studentt.inv((1 + coverage) / 2, degrees);
}

/** P(T >= distance / error); without any scatter the answer is certain. */
export function upperTail(distance: number, error: number, degrees: number): number {
  if (error === 0) return distance > 0 ? 0 : distance === 0 ? 0.5 : 1;
  // The lower tail of the mirrored value: 1 - cdf would lose what is small.
  return jStat.studentt.cdf(-distance / error, degrees);
}

/** The two-sided p value of "no difference". */
export function twoSided(difference: number, error: number, degrees: number): number {
  return Math.min(1, 2 * upperTail(Math.abs(difference), error, degrees));
}
