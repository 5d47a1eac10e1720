import type { PrecisionTable } from './table';

/** What speedups are against: `fp32`, or `fp32 in the same engine` where rows have baselines of their own. */
export function speedBaseline({ rows, baseline }: PrecisionTable): string {
  const own = rows.some(({ against = baseline }) => against !== baseline);
  return own ? `${baseline} in the same engine` : baseline;
}
