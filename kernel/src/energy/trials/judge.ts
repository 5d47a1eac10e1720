import { duration } from '../../display/units';
import type { WindowEnergy } from '../window';
import { type Concern, type Finding, invalid } from './checks/check';
import type { Watched } from './checks/watch';
import { halfWidths } from './precision';
import { LEAST_AUTO_TRIALS, LEAST_STEPS, type TrialRun } from './run';
import type { TrialSettings } from './settings';

/** Of all processor threads: what others may have worked meanwhile. */
const MOST_LOAD = 0.1;

/** Whether the figures may be believed, and why not. */
export interface TrialVerdict {
  readonly valid: boolean;
  /** Empty when valid. */
  readonly reasons: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** Concerns that this machine doesn't tell of. */
  readonly unknown: readonly Concern[];
}

/** All findings as a verdict; what trials themselves show comes first. */
export function judge(
  names: readonly string[],
  run: TrialRun,
  settings: TrialSettings,
  threads: number,
  watched: Watched,
): TrialVerdict {
  const findings = [
    ...incomplete(run),
    ...tooFewTrials(run, settings),
    ...tooFewSteps(run),
    ...notPrecise(names, run, settings),
    ...loadOfOthers(run, threads),
    ...watched.findings,
  ];
  const reasons = findings.filter(({ severity }) => severity === 'invalid');
  return {
    valid: reasons.length === 0,
    reasons,
    warnings: findings.filter(({ severity }) => severity === 'warning'),
    unknown: watched.unknown,
  };
}

/** `VALID`, or `INVALID because load of others: ...; steal: ...`. */
export function verdictText({ valid, reasons }: TrialVerdict): string {
  if (valid) return 'VALID';
  const texts = reasons.map(({ concern, detail }) => `${concern}: ${detail.replace(/\.$/, '')}`);
  return `INVALID because ${texts.join('; ')}`;
}

function incomplete({ trials }: TrialRun): Finding[] {
  const windows = trials.map(({ window }) => window);
  const problems = [...new Set(windows.flatMap((window) => window.problems))];
  const lacking = windows.filter(isIncomplete).length;
  if (windows.every(({ parts }) => parts.length === 0)) {
    return [invalid('incomplete meters', 'nothing on this machine tells of energy.')];
  }
  if (lacking === 0 && problems.length === 0) return [];
  const why = problems.length === 0 ? 'a counter had gaps or began anew' : problems.join(', ');
  return [
    invalid('incomplete meters', `${lacking} of ${windows.length} trials lack energy (${why}).`),
  ];
}

function isIncomplete({ machineJ, energyJ, problems }: WindowEnergy): boolean {
  return (
    [machineJ, energyJ].some(({ complete, gaps, resets }) => !complete || gaps + resets > 0) ||
    problems.length > 0
  );
}

/**
 * `auto` takes ten at least, as hyperfine and criterion do, and as MLPerf Training asks of its smaller
 * workloads: of fewer, Student's interval rests on scatter that a single outlier makes, or hides. Whoever
 * says a number knows it.
 */
function tooFewTrials(
  { rounds, elapsedS }: TrialRun,
  { trials, budgetS }: TrialSettings,
): Finding[] {
  if (trials === 'auto') {
    if (rounds >= LEAST_AUTO_TRIALS) return [];
    const needS = Math.ceil((elapsedS / rounds) * LEAST_AUTO_TRIALS);
    const detail = `${rounds} of each work fitted into the budget of ${duration(budgetS ?? 0)}; ${LEAST_AUTO_TRIALS} at least are needed, since among fewer one outlier decides how wide the interval is. Give a budget of ${duration(needS)} or more, or say how many trials are to do.`;
    return [invalid('too few trials', detail)];
  }
  if (rounds < trials) {
    const detail = `${rounds} of ${trials} trials of each work fitted into the budget of ${duration(budgetS ?? 0)}. Give a larger budget, or ask for fewer trials.`;
    return [invalid('too few trials', detail)];
  }
  if (rounds > 1) return [];
  return [
    invalid('too few trials', 'a single one says nothing of their scatter. Ask for 2 at least.'),
  ];
}

function tooFewSteps({ trials }: TrialRun): Finding[] {
  const counts = trials.flatMap(({ window }) =>
    window.parts.flatMap(({ step, source }) =>
      step === undefined ? [] : [{ steps: Math.floor(window.durationS / step.lengthS), source }],
    ),
  );
  const short = counts.filter(({ steps }) => steps < LEAST_STEPS).sort((a, b) => a.steps - b.steps);
  const [worst] = short;
  if (worst === undefined) return [];
  return [
    invalid(
      'too few counter steps',
      `a trial held ${worst.steps} steps of ${worst.source}; at least ${LEAST_STEPS} are needed. Give a larger budget.`,
    ),
  ];
}

function notPrecise(
  names: readonly string[],
  { trials, endedBy }: TrialRun,
  { precision }: TrialSettings,
): Finding[] {
  if (precision === null || endedBy === 'precision') return [];
  const wide = names.flatMap((variant) => {
    const { energy, duration: time } = halfWidths(trials, variant);
    const texts = [...excess('energy', energy, precision), ...excess('time', time, precision)];
    return texts.length === 0 ? [] : [`${texts.join(' and ')} of ${variant}`];
  });
  if (wide.length === 0) return [];
  return [
    invalid(
      'precision not reached',
      `${wide.join(', ')}; ±${percentage(precision)} was asked for. Give a larger budget, more trials, or ask for less.`,
    ),
  ];
}

function excess(what: string, width: number | null, precision: number): string[] {
  if (width === null) return [`${what} is not known to any share`];
  return width > precision ? [`±${percentage(width)} in ${what}`] : [];
}

function percentage(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

/** Others' CPU time during the trials, of all threads, or more of it than of the work itself. */
function loadOfOthers({ trials }: TrialRun, threads: number): Finding[] {
  const total = (of: (window: WindowEnergy) => number): number =>
    trials.reduce((sum, { window }) => sum + of(window), 0);
  const seconds = total(({ durationS }) => durationS);
  const others = total(({ cpuS }) => cpuS.rest);
  const own = total(({ cpuS }) => cpuS.user);
  const busy = others / seconds;
  if (!(busy > MOST_LOAD * threads || others > Math.max(own, MOST_LOAD * seconds))) return [];
  return [
    invalid(
      'load of others',
      `other programs kept ${busy.toFixed(2)} of ${threads} processor threads busy, and the work itself ${(own / seconds).toFixed(2)}; ` +
        `at most ${MOST_LOAD * 100} % of the threads, and less than the work takes, is allowed. End them, or wait.`,
    ),
  ];
}
