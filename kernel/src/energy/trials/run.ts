import { leastStretchS } from '../monitor/idle-baseline';
import type { WindowEnergy } from '../window';
import type { TrialMachine, Variant } from './machine';
import { chanceOf } from './order';
import { halfWidths } from './precision';
import { repeat, repeatFor } from './repeat';
import type { TrialSettings } from './settings';
import { longestStepS, type Trial } from './trial';

/** Windows without work, by which idle power is known. */
const IDLE_WINDOWS = 5;
/** A window lasts so many steps of the slowest counter. */
export const LEAST_STEPS = 10;
/** And so long where no counter has steps: CPU time comes in ticks of 10 ms on some systems. */
const LEAST_TRIAL_S = 0.2;
/** Fewer, and Student's interval covers less often than it says when the scatter decides the number. */
export const LEAST_AUTO_TRIALS = 10;
/** Of a budget: idle windows altogether, and the fewest trials where slow counters make them long. */
const IDLE_SHARE = 0.1;
const TRIALS_SHARE = 0.5;

export interface TrialRun {
  readonly idle: readonly WindowEnergy[];
  readonly trials: readonly Trial[];
  readonly rounds: number;
  /** Whether what was asked for was reached before the budget ended. */
  readonly endedBy: 'precision' | 'trials' | 'budget';
  readonly elapsedS: number;
}

/**
 * Idle windows, warm-up, then rounds with one trial of each variant in an order left to chance, each after
 * a rest. The rest and the trial have random lengths within a counter's step, so that trials begin and end
 * anywhere in it. And the work runs for a step before its window: the counter lags behind by a part of a step, and would else
 * count the rest before the work and not the work's end.
 */
export async function runTrials(
  variants: readonly Variant[],
  settings: TrialSettings,
  machine: TrialMachine,
): Promise<TrialRun> {
  const startS = machine.nowS();
  const elapsedS = (): number => machine.nowS() - startS;
  const budgetS = settings.budgetS ?? Infinity;
  const idle = await machine.whileIdle(() => idleWindows(machine, budgetS));
  const stepS = longestStepS(idle);
  const planned = settings.trials === 'auto' ? LEAST_AUTO_TRIALS : settings.trials;
  const mostS = (budgetS * TRIALS_SHARE) / (planned * variants.length);
  const leastS = Math.min(windowLengthS(stepS), mostS);
  const leadInS = new Map<Variant, number>();
  for (const variant of variants) {
    const runS = await warmUp(variant, settings, machine, leastS);
    // Another run of long work would double the time; then the steps stay in the interval instead.
    leadInS.set(variant, runS > leastS ? 0 : stepS);
  }

  const chance = chanceOf(settings.seed);
  const trials: Trial[] = [];
  let rounds = 0;
  let roundS = 0;
  let endedBy: TrialRun['endedBy'] | undefined;
  while (endedBy === undefined) {
    const beganS = machine.nowS();
    for (const index of chance.order(rounds, variants.length)) {
      const variant = variants[index];
      if (variant === undefined) continue;
      const order = trials.length;
      const [restShare, lengthShare] = chance.shares(order);
      await machine.restS(settings.coolDownS + restShare * stepS);
      const lengths = { leadInS: leadInS.get(variant) ?? 0, leastS: leastS + lengthShare * stepS };
      const steady = lengths.leadInS >= stepS;
      const measured = await windowOf(variant, machine, lengths);
      trials.push({ variant: variant.name, round: rounds, order, steady, ...measured });
    }
    rounds++;
    roundS = machine.nowS() - beganS;
    const widths = variants.map(({ name }) => halfWidths(trials, name));
    const reached = widest(widths.flatMap(({ energy, duration }) => [energy, duration]));
    machine.onRound?.({ rounds, elapsedS: elapsedS(), reached });
    endedBy = ended(settings, { rounds, reached, nextEndS: elapsedS() + roundS });
  }
  return { idle, trials, rounds, endedBy, elapsedS: elapsedS() };
}

function ended(
  { trials, precision, budgetS }: TrialSettings,
  now: { readonly rounds: number; readonly reached: number | null; readonly nextEndS: number },
): TrialRun['endedBy'] | undefined {
  if (trials === 'auto') {
    const precise = now.reached !== null && now.reached <= (precision ?? 0);
    if (now.rounds >= LEAST_AUTO_TRIALS && precise) return 'precision';
  } else if (now.rounds >= trials) return 'trials';
  return budgetS !== null && now.nextEndS > budgetS ? 'budget' : undefined;
}

function widest(widths: readonly (number | null)[]): number | null {
  const known = widths.filter((width) => width !== null);
  return known.length < widths.length ? null : Math.max(...known);
}

function windowLengthS(stepS: number): number {
  return Math.max(LEAST_TRIAL_S, LEAST_STEPS * stepS);
}

/**
 * The first one tells how long the others have to be. The rest after them makes a time of which the
 * monitor learns what devices draw idle that don't tell it.
 */
async function idleWindows(machine: TrialMachine, budgetS: number): Promise<WindowEnergy[]> {
  const startS = machine.nowS();
  const mostS = (budgetS * IDLE_SHARE) / IDLE_WINDOWS;
  const windows: WindowEnergy[] = [];
  let lengthS = Math.min(LEAST_TRIAL_S, mostS);
  for (let i = 0; i < IDLE_WINDOWS; i++) {
    const { window } = await machine.window('idle', () => machine.restS(lengthS));
    windows.push(window);
    lengthS = Math.min(windowLengthS(longestStepS(windows)), mostS);
  }
  const stretchS = leastStretchS(longestStepS(windows));
  const missingS = Math.min(stretchS, budgetS * IDLE_SHARE) - (machine.nowS() - startS);
  if (missingS > 0) await machine.restS(missingS);
  return windows.length > 1 && lengthS > LEAST_TRIAL_S ? windows.slice(1) : windows;
}

/** Seconds of one run; 0 where there was none. */
async function warmUp(
  variant: Variant,
  { warmUp: times }: TrialSettings,
  machine: TrialMachine,
  leastS: number,
): Promise<number> {
  const nowS = (): number => machine.nowS();
  if (times === null) {
    const { durationS, runs } = await repeatFor(variant, leastS, nowS);
    return durationS / runs;
  }
  const startS = nowS();
  await repeat(variant.run, times);
  await variant.synchronize?.();
  return times === 0 ? 0 : (nowS() - startS) / times;
}

async function windowOf(
  variant: Variant,
  machine: TrialMachine,
  { leadInS, leastS }: { readonly leadInS: number; readonly leastS: number },
): Promise<Omit<Trial, 'variant' | 'round' | 'order' | 'steady'>> {
  const nowS = (): number => machine.nowS();
  if (leadInS > 0) await repeatFor(variant, leadInS, nowS);
  let repeated = { runs: 0, durationS: 0 };
  const measured = await machine.window(`trial of ${variant.name}`, async () => {
    repeated = await repeatFor(variant, leastS, nowS);
  });
  return { ...measured, ...repeated };
}
