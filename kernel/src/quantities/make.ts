import { HalfnoteError } from '../errors';
import { COVERAGE, EXACT, type Method, type Quantity, type Spread } from './quantity';
import { mean, standardDeviation } from './statistics';
import { tQuantile } from './student';

/** What is known of a figure beside its value and its spreads. */
export interface Origin {
  readonly method: Method;
  /** Readings, trials or windows; default 1. */
  readonly samples?: number;
  readonly gaps?: number;
  readonly resets?: number;
  /** Default true. */
  readonly complete?: boolean;
}

export interface Spreads {
  readonly statistical?: Spread;
  readonly systematic?: Spread;
  /** How much of the statistical part its spread covers; default 0.95. */
  readonly coverage?: number;
}

/**
 * A quantity of its parts. The statistical spread covers a share of all cases; the systematic one is a
 * bound without a distribution. So the bound is added to the spread, not in quadrature: the interval then
 * covers as often as it says even where the truth lies at the bound's edge.
 *
 * @throws HalfnoteError `invalid-argument` for a value or spread that isn't finite, a negative spread, or a
 * coverage outside (0, 1).
 */
export function combined(value: number, spreads: Spreads, origin: Origin): Quantity {
  const { statistical = EXACT, systematic = EXACT, coverage = COVERAGE } = spreads;
  requireFinite(value);
  requireSpread(statistical, 'statistical');
  requireSpread(systematic, 'systematic');
  requireCoverage(coverage);
  return {
    value,
    low: value - statistical.below - systematic.below,
    high: value + statistical.above + systematic.above,
    coverage,
    method: origin.method,
    statistical,
    systematic,
    samples: origin.samples ?? 1,
    gaps: origin.gaps ?? 0,
    resets: origin.resets ?? 0,
    complete: origin.complete ?? true,
  };
}

/** A figure without spread: a setting, a count, or what a counter said to its last digit. */
export function exact(value: number, origin: Origin): Quantity {
  return combined(value, {}, origin);
}

/**
 * The mean of repeated measurements, with Student's interval of the mean (n - 1 degrees of freedom). A
 * single one says nothing about its scatter: it stands for that one run, without a statistical spread and
 * with `samples: 1`.
 *
 * @throws HalfnoteError `invalid-argument` for no samples, or one that isn't finite.
 */
export function fromSamples(
  samples: readonly number[],
  origin: Omit<Origin, 'samples'> & Omit<Spreads, 'statistical'>,
): Quantity {
  if (samples.length === 0) {
    throw new HalfnoteError(
      'invalid-argument',
      'There are no samples to make a quantity of; at least one is needed.',
    );
  }
  samples.forEach(requireFinite);
  const { coverage = COVERAGE, systematic = EXACT } = origin;
  requireCoverage(coverage);
  const half = halfWidth(samples, coverage);
  return combined(
    mean(samples),
    { statistical: { below: half, above: half }, systematic, coverage },
    { ...origin, samples: samples.length },
  );
}

/** The same figure where nothing can lie below a bound: no joules, no seconds below 0. */
export function notBelow(quantity: Quantity, bound: number): Quantity {
  return { ...quantity, low: Math.max(quantity.low, Math.min(bound, quantity.value)) };
}

/** Half the width of Student's interval of the mean; 0 below two samples. */
export function halfWidth(samples: readonly number[], coverage = COVERAGE): number {
  const n = samples.length;
  if (n < 2) return 0;
  const error = standardDeviation(samples) / Math.sqrt(n);
  return error === 0 ? 0 : tQuantile(coverage, n - 1) * error;
}

/**
 * A figure of which it is known how far the truth may lie from it, as factors: `{low: 0.6, high: 1.4}` is
 * from 40 % less to 40 % more. The band is systematic: it doesn't shrink with repetitions.
 *
 * @throws HalfnoteError `invalid-argument` for a band that doesn't hold 1.
 */
export function fromBand(
  value: number,
  band: { readonly low: number; readonly high: number },
  origin: Origin,
): Quantity {
  if (!(band.low <= 1 && band.high >= 1)) {
    throw new HalfnoteError(
      'invalid-argument',
      `The band is from ${band.low} to ${band.high} times the value; it must hold 1.`,
    );
  }
  const [low, high] = [value * band.low, value * band.high].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return combined(value, { systematic: { below: value - low, above: high - value } }, origin);
}

function requireFinite(value: number): void {
  if (Number.isFinite(value)) return;
  throw new HalfnoteError(
    'invalid-argument',
    `The value is ${value}; a quantity is a finite number.`,
  );
}

function requireSpread({ below, above }: Spread, part: string): void {
  if (below >= 0 && above >= 0 && Number.isFinite(below + above)) return;
  throw new HalfnoteError(
    'invalid-argument',
    `The ${part} spread is ${below} below and ${above} above; both are finite and not negative.`,
  );
}

function requireCoverage(coverage: number): void {
  if (coverage > 0 && coverage < 1) return;
  throw new HalfnoteError(
    'invalid-argument',
    `The coverage is ${coverage}; it lies between 0 and 1, both excluded.`,
  );
}
