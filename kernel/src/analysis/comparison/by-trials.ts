import { verdictText } from '../../energy/trials/judge';
import type { TrialMachine } from '../../energy/trials/machine';
import { measureVariants } from '../../energy/trials/measure';
import type { TrialsResult, VariantFigures } from '../../energy/trials/result';
import type { TrialsOptions } from '../../energy/trials/settings';
import { attributedOf, type Trial } from '../../energy/trials/trial';
import type { RowTrials } from '../../payloads/precision/trials';
import { mean, median, quantile } from '../../quantities/statistics';
import { welch } from '../../quantities/welch';
import { onWire } from '../../payloads/precision/comparison-text';
import type { Candidate, Outputs } from './candidates/candidate';
import type { EnergyReading } from './energy';
import type { BaselineOf, CandidateFigures, Measured } from './measured';
import { runAndWait } from './run-and-wait';

/** Measures time and energy of candidates together, by trials that alternate at random. */
export async function measureByTrials(
  candidates: readonly Candidate[],
  batch: Outputs,
  options: TrialsOptions,
  { baselineOf, machine }: { readonly baselineOf: BaselineOf; readonly machine: TrialMachine },
): Promise<Measured> {
  if (candidates.length === 0) return { of: new Map(), notes: [] };
  const variants = candidates.map((candidate) => ({
    name: candidate.format,
    run: () => {
      runAndWait(candidate, batch);
    },
  }));
  const result = await measureVariants(variants, options, machine);
  const { verdict, rounds } = result;
  const of = new Map(
    candidates.flatMap((candidate) => {
      const figures = figuresOf(candidate.format, baselineOf(candidate).format, result);
      return figures === undefined ? [] : [[candidate, figures] as const];
    }),
  );
  return {
    of,
    notes: [
      `Measured by ${rounds} trials of each format: ${verdictText(verdict)}.`,
      ...verdict.warnings.map(({ concern, detail }) => `While measuring, ${concern}: ${detail}`),
    ],
    trials: { valid: verdict.valid, verdict: verdictText(verdict), rounds },
  };
}

function figuresOf(
  format: string,
  baseline: string,
  result: TrialsResult,
): CandidateFigures | undefined {
  const figures = result.variants.find(({ name }) => name === format);
  if (figures === undefined) return undefined;
  const own = result.trials.filter(({ variant }) => variant === format);
  const other = result.trials.filter(({ variant }) => variant === baseline);
  const seconds = own.map(secondsPerRun);
  const duration = other.length === 0 ? undefined : welch(other.map(secondsPerRun), seconds);
  const known = figures.energyJ !== null && other.every(hasEnergy);
  const energy =
    known && duration ? welch(other.map(joulesPerRun), own.map(joulesPerRun)) : undefined;
  const trials: RowTrials = {
    count: figures.trials,
    durationS: figures.durationS,
    energyJ: figures.energyJ,
    machineJ: figures.machineJ,
    against:
      format === baseline || duration === undefined
        ? null
        : { durationS: onWire(duration), energyJ: energy === undefined ? null : onWire(energy) },
  };
  return {
    latency: { median: median(seconds), p95: quantile(seconds, 0.95), runs: figures.runs },
    speedup: duration === undefined ? null : 1 / duration.ratio.value,
    energy: energyOf(figures, own),
    trials,
  };
}

function energyOf(
  { energyJ }: VariantFigures,
  trials: readonly Trial[],
): EnergyReading | undefined {
  if (energyJ === null) return undefined;
  const parts = trials.flatMap(({ window }) => window.parts);
  const sources = new Set(parts.map(({ component, source }) => `${component}: ${source}`));
  const grams = trials.map(({ co2eG, runs }) => (co2eG === null ? NaN : co2eG / runs));
  const co2eG = mean(grams);
  return {
    energyJ: energyJ.value,
    interval: { low: energyJ.low, high: energyJ.high },
    method: energyJ.method,
    source: [...sources].join('; '),
    co2eG: Number.isFinite(co2eG) ? co2eG : undefined,
  };
}

function hasEnergy({ window }: Trial): boolean {
  return window.parts.length > 0;
}

function secondsPerRun({ durationS, runs }: Trial): number {
  return durationS / runs;
}

function joulesPerRun(trial: Trial): number {
  return attributedOf(trial).value / trial.runs;
}
