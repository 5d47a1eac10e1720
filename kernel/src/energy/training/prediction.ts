import { scale, sumOf } from '../../quantities/arithmetic';
import { combined, notBelow } from '../../quantities/make';
import { COVERAGE, leastDirect, type Quantity } from '../../quantities/quantity';
import { mean } from '../../quantities/statistics';
import { tQuantile } from '../../quantities/student';

/** One epoch as it was measured. */
export interface EpochEnergy {
  /** From 1 on. */
  readonly epoch: number;
  readonly durationS: number;
  /** Attributed to the user's code, and the whole machine. */
  readonly energyJ: Quantity;
  readonly machineJ: Quantity;
  /** Samples that it trained on. */
  readonly samples: number;
  readonly batches: number;
  /** It did not come to its last batch: training was stopped, or failed. */
  readonly isCut: boolean;
  /** Of its time, what its first batch took beyond the median batch: traces, caches, memory. */
  readonly warmUpS: number;
}

/**
 * How much epochs scatter before more than one has been seen: a relative standard deviation, which counts
 * as much as that of so many degrees of freedom. An assumption, that each measured epoch outweighs further.
 */
const PRIOR_SCATTER = 0.05;
const PRIOR_DEGREES = 4;

/**
 * The joules of a whole training run, from the epochs so far: theirs, and for each epoch that is left their
 * mean without the first batch's warm-up. Its statistical spread is the prediction interval of the sum,
 * from the scatter between epochs (5 % is assumed as long as little is seen); the systematic spread of the
 * meter carries on in full.
 *
 * @param total All epochs of the run.
 * @returns undefined before the first whole epoch's end.
 */
export function predictTotal(
  epochs: readonly EpochEnergy[],
  total: number,
  pick: (epoch: EpochEnergy) => Quantity = ({ energyJ }) => energyJ,
): Quantity | undefined {
  const whole = epochs.filter(({ isCut }) => !isCut);
  if (whole.length === 0) return undefined;
  const spent = sumOf(epochs.map(pick));
  const left = total - epochs.length;
  if (left <= 0) return notBelow(spent, 0);
  const typical = whole.map((epoch) => withoutWarmUp(epoch, pick(epoch)));
  const center = mean(typical.map(({ value }) => value));
  const n = typical.length;
  const squares = typical.reduce((sum, { value }) => sum + (value - center) ** 2, 0);
  const degrees = PRIOR_DEGREES + n - 1;
  const scatter = Math.sqrt((PRIOR_DEGREES * (PRIOR_SCATTER * center) ** 2 + squares) / degrees);
  // The sum of `left` new epochs, around `left` times a mean that is itself known from n.
  const half = tQuantile(COVERAGE, degrees) * scatter * Math.sqrt(left + left ** 2 / n);
  const rest = scale(sumOf(typical), left / n);
  const below = spent.systematic.below + rest.systematic.below;
  const above = spent.systematic.above + rest.systematic.above;
  const predicted = combined(
    spent.value + rest.value,
    {
      // No epoch takes less than nothing.
      statistical: {
        below: Math.max(0, Math.min(half, rest.value - rest.systematic.below)),
        above: half,
      },
      systematic: { below, above },
    },
    { ...spent, method: leastDirect([spent.method, 'estimated']) },
  );
  return notBelow(predicted, 0);
}

function withoutWarmUp({ durationS, warmUpS }: EpochEnergy, energyJ: Quantity): Quantity {
  return durationS > 0 ? scale(energyJ, Math.max(0, 1 - warmUpS / durationS)) : energyJ;
}
