import { HalfnoteError, shown } from '../errors';
import type { HardwareClass } from '../literature/claim';
import { COVERAGE } from '../quantities/quantity';
import { fromSamples } from '../quantities/make';
import type { ClaimVerdict } from './claim-verdict';
import { claimRange } from './figure-text';
import type { FigureUnit, TestedClaim } from './tested-claim';

/** How the figure of a study came about. */
export interface Evidence {
  /** The claim's figure, once per trial or seed. */
  readonly trials: readonly number[];
  /** Which of several that the study tried. Default: it tried one. */
  readonly subject?: string;
  /** The kind of machine it was measured on. */
  readonly here: HardwareClass;
  /** Why the figure isn't a measurement of the claim, for example `fp16 is simulated here`. */
  readonly unmeasured?: string;
}

/**
 * Confirmed where the whole interval lies within the claim, refuted where it lies outside of it. An interval that
 * reaches over an end of the claim, a figure that is modelled or simulated, and a claim of other machines say
 * "not here", with the reason.
 *
 * @throws HalfnoteError `invalid-argument` for fewer than two trials, one that isn't finite, or a ratio that isn't
 * positive.
 */
export function verdictOn(claim: TestedClaim, evidence: Evidence): ClaimVerdict {
  const { trials, subject = '', here, unmeasured } = evidence;
  const interval = meanInterval(claim, trials);
  const found = {
    claim: claim.id,
    subject,
    ...interval,
    coverage: COVERAGE,
    trials: trials.length,
    unit: claim.unit,
  };
  const { isInside, isOutside } = against(claim, interval);
  if (unmeasured !== undefined) return { ...found, verdict: 'not here', because: unmeasured };
  if (isInside) return { ...found, verdict: 'confirmed', because: '' };
  const range = claimRange(claim);
  if (!isOutside) {
    const because = `undecided: the interval of ${trials.length} trials reaches over an end of ${range}`;
    return { ...found, verdict: 'not here', because };
  }
  if (claim.of !== 'any' && claim.of !== here) {
    const because = `it is said of ${MACHINES[claim.of]}, and this is ${MACHINES[here]}`;
    return { ...found, verdict: 'not here', because };
  }
  return { ...found, verdict: 'refuted', because: `the interval lies outside of ${range}` };
}

const MACHINES: Readonly<Record<HardwareClass, string>> = {
  cpu: 'a CPU',
  gpu: 'a GPU',
  other: 'another kind of machine',
  any: 'any machine',
};

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Student's interval of the mean; of ratios, that of their logarithms. */
function meanInterval(claim: TestedClaim, trials: readonly number[]): Interval {
  check(claim, trials);
  const isRatio = claim.unit === 'x';
  const { value, low, high } = fromSamples(isRatio ? trials.map(Math.log) : trials, {
    method: 'counter',
  });
  return isRatio
    ? { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) }
    : { value, low, high };
}

function against(
  { low, high }: Pick<TestedClaim, 'low' | 'high'>,
  interval: Interval,
): { readonly isInside: boolean; readonly isOutside: boolean } {
  const [from, to] = [low ?? -Infinity, high ?? Infinity];
  return {
    isInside: interval.low >= from && interval.high <= to,
    isOutside: interval.high < from || interval.low > to,
  };
}

function check({ id, unit }: Pick<TestedClaim, 'id' | 'unit'>, trials: unknown): void {
  const values: readonly unknown[] = Array.isArray(trials) ? trials : [];
  if (values.length < 2) {
    throw new HalfnoteError(
      'invalid-argument',
      `The trials of "${id}" are ${shown(trials)}; allowed: an array of at least two numbers.`,
      'Give the figure of each trial or seed; their interval is computed from them.',
    );
  }
  const wrong = values.findIndex((value) => !isFigure(value, unit));
  if (wrong === -1) return;
  throw new HalfnoteError(
    'invalid-argument',
    `Trial ${wrong} of "${id}" is ${shown(values[wrong])}; allowed: ${unit === 'x' ? 'a ratio above 0' : 'a finite number'}.`,
    'A training that diverged has no figure: count it, or leave it out and say so.',
  );
}

function isFigure(value: unknown, unit: FigureUnit): boolean {
  return typeof value === 'number' && Number.isFinite(value) && (unit !== 'x' || value > 0);
}
