/** Half of what a 95% interval leaves out. */
const TAIL = 0.025;
/** Above this many values the normal approximation of the binomial is as good. */
const EXACT_UP_TO = 60;

/**
 * The 95% interval of the median of independent values, by order statistics: it assumes nothing of their
 * distribution. Null below 6 values, where no two of them are far enough apart.
 */
export function medianInterval(
  values: readonly number[],
): { readonly low: number; readonly high: number } | null {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = outerRank(sorted.length);
  const [low, high] = [sorted[rank - 1], sorted[sorted.length - rank]];
  return rank === 0 || low === undefined || high === undefined ? null : { low, high };
}

/** The largest rank from either end within which the median lies in 95% of samples; 0 where none does. */
function outerRank(count: number): number {
  if (count > EXACT_UP_TO) return Math.floor((count - 1.96 * Math.sqrt(count)) / 2);
  let below = 0;
  let term = 2 ** -count;
  let rank = 0;
  // The chance that fewer than `rank + 1` of the values lie below the median.
  while (below + term <= TAIL) {
    below += term;
    term *= (count - rank) / (rank + 1);
    rank += 1;
  }
  return rank;
}
