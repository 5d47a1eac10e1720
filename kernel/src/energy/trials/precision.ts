import { scale } from '../../quantities/arithmetic';
import { meanOf } from '../../quantities/mean-of';
import { fromSamples } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import { attributedOf, type Trial } from './trial';

/** Half the width of the statistical interval as a share of the value; null where that isn't known yet. */
export interface HalfWidths {
  readonly energy: number | null;
  readonly duration: number | null;
}

/** How well a variant is known by its trials so far. Without any meter its energy counts as known. */
export function halfWidths(trials: readonly Trial[], variant: string): HalfWidths {
  const own = trials.filter((trial) => trial.variant === variant);
  if (own.length < 2) return { energy: null, duration: null };
  const measured = own.some(({ window }) => window.parts.length > 0);
  return {
    energy: measured ? relative(energyPerRun(own)) : 0,
    duration: relative(durationPerRun(own)),
  };
}

/** Joules of one run, attributed to it. */
export function energyPerRun(trials: readonly Trial[]): Quantity {
  return meanOf(trials.map((trial) => scale(attributedOf(trial), 1 / trial.runs)));
}

/** Seconds of one run. */
export function durationPerRun(trials: readonly Trial[]): Quantity {
  return fromSamples(
    trials.map(({ durationS, runs }) => durationS / runs),
    { method: 'counter' },
  );
}

/** Scatter around 0 is known to no share of it. */
function relative({ value, statistical }: Quantity): number | null {
  const half = Math.max(statistical.below, statistical.above);
  if (half === 0) return 0;
  return value === 0 ? null : half / Math.abs(value);
}
