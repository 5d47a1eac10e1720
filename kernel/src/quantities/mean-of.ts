import { scale, sumOf } from './arithmetic';
import { combined, halfWidth } from './make';
import { COVERAGE, type Quantity } from './quantity';

/**
 * The mean of the same figure over several runs. The statistical spread is Student's interval of their
 * values; what a single run said of its own scatter is in there already, and counts for one run only. The
 * systematic spread is the mean of theirs: it is the same source each time, and doesn't shrink.
 *
 * @throws HalfnoteError `invalid-argument` for no runs.
 */
export function meanOf(runs: readonly Quantity[], coverage = COVERAGE): Quantity {
  const [only, ...others] = runs;
  if (only !== undefined && others.length === 0) return only;
  const total = sumOf(runs);
  const { value, systematic } = scale(total, 1 / runs.length);
  const half = halfWidth(
    runs.map((run) => run.value),
    coverage,
  );
  return combined(
    value,
    { statistical: { below: half, above: half }, systematic, coverage },
    { ...total, samples: runs.length },
  );
}
