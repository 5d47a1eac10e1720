import { difference, multiply, scale } from '../../quantities/arithmetic';
import { meanOf } from '../../quantities/mean-of';
import { fromSamples, notBelow } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import { welch, type WelchComparison } from '../../quantities/welch';
import type { WindowEnergy } from '../window';
import type { TrialVerdict } from './judge';
import { durationPerRun, energyPerRun } from './precision';
import type { TrialRun } from './run';
import type { TrialSettings } from './settings';
import { attributedOf, machineOf, type Trial } from './trial';

/** Figures of one run of a variant. */
export interface VariantFigures {
  readonly name: string;
  readonly trials: number;
  /** Runs in all trials. */
  readonly runs: number;
  readonly durationS: Quantity;
  /** Attributed to the work; null where nothing tells of energy. So are the next two. */
  readonly energyJ: Quantity | null;
  /** The whole machine, while it ran. */
  readonly machineJ: Quantity | null;
  /** Of the machine, what it drew above idle; below 0 only where its own value is. */
  readonly dynamicJ: Quantity | null;
}

/** A variant against the first one, by Welch's test of the trials. */
export interface VariantComparison {
  readonly name: string;
  readonly baseline: string;
  readonly durationS: WelchComparison;
  readonly energyJ: WelchComparison | null;
  readonly machineJ: WelchComparison | null;
}

export interface TrialsResult {
  readonly verdict: TrialVerdict;
  readonly settings: TrialSettings;
  /** The machine without the work, before the trials: null where nothing tells of energy. */
  readonly idleW: Quantity | null;
  readonly variants: readonly VariantFigures[];
  readonly comparisons: readonly VariantComparison[];
  readonly rounds: number;
  readonly endedBy: TrialRun['endedBy'];
  readonly elapsedS: number;
  /** Everything that the figures are made of, in the order in which it was measured. */
  readonly trials: readonly Trial[];
  readonly idle: readonly WindowEnergy[];
}

export function trialsResult(
  names: readonly string[],
  run: TrialRun,
  settings: TrialSettings,
  verdict: TrialVerdict,
): TrialsResult {
  const { idle, trials, rounds, endedBy, elapsedS } = run;
  const idleW = hasEnergy(idle) ? notBelow(meanOf(idle.map(powerOf)), 0) : null;
  const groups = names.map((name) => ({
    name,
    trials: trials.filter(({ variant }) => variant === name),
  }));
  const [baseline, ...others] = groups;
  return {
    verdict,
    settings,
    idleW,
    variants: groups.map((group) => figures(group, idleW)),
    comparisons: baseline === undefined ? [] : others.map((other) => compared(baseline, other)),
    rounds,
    endedBy,
    elapsedS,
    trials,
    idle,
  };
}

interface Group {
  readonly name: string;
  readonly trials: readonly Trial[];
}

function figures({ name, trials }: Group, idleW: Quantity | null): VariantFigures {
  const energetic = hasEnergy(trials.map(({ window }) => window));
  const machineJ = energetic
    ? meanOf(trials.map((trial) => scale(machineOf(trial), 1 / trial.runs)))
    : null;
  return {
    name,
    trials: trials.length,
    runs: trials.reduce((sum, { runs }) => sum + runs, 0),
    durationS: notBelow(durationPerRun(trials), 0),
    energyJ: energetic ? notBelow(energyPerRun(trials), 0) : null,
    machineJ: machineJ && notBelow(machineJ, 0),
    dynamicJ: machineJ === null || idleW === null ? null : aboveIdle(machineJ, idleW, trials),
  };
}

/** Idle and busy power were read by the same meters: what these are off by together cancels. */
function aboveIdle(machineJ: Quantity, idleW: Quantity, trials: readonly Trial[]): Quantity {
  const windowS = fromSamples(
    trials.map(({ window, runs }) => window.durationS / runs),
    { method: 'counter' },
  );
  return notBelow(difference(machineJ, multiply(idleW, windowS), 'shared'), 0);
}

function compared(baseline: Group, other: Group): VariantComparison {
  const test = (of: (trial: Trial) => number): WelchComparison =>
    welch(baseline.trials.map(of), other.trials.map(of));
  const windows = [baseline, other].flatMap(({ trials }) => trials.map(({ window }) => window));
  const energetic = hasEnergy(windows);
  return {
    name: other.name,
    baseline: baseline.name,
    durationS: test(({ durationS, runs }) => durationS / runs),
    energyJ: energetic ? test((trial) => attributedOf(trial).value / trial.runs) : null,
    machineJ: energetic ? test((trial) => machineOf(trial).value / trial.runs) : null,
  };
}

function powerOf(window: WindowEnergy): Quantity {
  return scale(machineOf({ window, steady: true }), 1 / window.durationS);
}

function hasEnergy(windows: readonly WindowEnergy[]): boolean {
  return windows.length > 0 && windows.every(({ parts }) => parts.length > 0);
}
