import { mean } from '../../quantities/statistics';
import { OUTSIDE } from '../cell-name';
import type { Report } from '../schema';

/** A figure that isn't what the report's own raw samples give. */
export interface Miscount {
  /** Its place in the report. */
  readonly place: string;
  readonly stated: number;
  readonly recounted: number;
}

/** Sums of many floats differ in their last digits. */
const TOLERANCE = 1e-9;

/**
 * Counts the energies of a complete report again from its raw samples, by the rules that made them: a
 * trial, cell or device without a measurement is left out of the mean, and a total without any is 0. Who
 * alters a figure and its hashes has to alter the samples as well.
 */
export function recount(report: Report): Miscount[] {
  const { energy, samples, status } = report;
  if (status === 'failed') return [];
  const trials = [...new Set(samples.map(({ trial }) => trial))].map((trial) =>
    samples.filter((sample) => sample.trial === trial),
  );
  const overTrials = (figure: (sample: Sample) => number): number => meanSum(trials, figure);
  const figures: (readonly [string, number, number])[] = [
    ['trials', report.trials, trialsOf(report, trials.length)],
    ['energy.durationS', energy.durationS.value, overTrials(({ durationS }) => durationS)],
    ['energy.machineJ', energy.machineJ.value, overTrials(({ machineJ }) => machineJ)],
    ...(['user', 'halfnote', 'rest'] as const).map(
      (name) =>
        [
          `energy.accountsJ.${name}`,
          energy.accountsJ[name].value,
          overTrials(({ accountsJ }) => accountsJ[name]),
        ] as const,
    ),
    ...energy.devices.map(
      ({ machineJ }, i) =>
        [
          `energy.devices.${i}.machineJ`,
          machineJ.value,
          meanSum(
            trials.filter((trial) => hasDevice(trial, i)),
            ({ devicesJ }) => devicesJ[i] ?? 0,
          ),
        ] as const,
    ),
    ...energy.cells.map(({ index, energyJ }, i) => {
      const own = samples.filter(({ cell }) => cell === index && cell !== OUTSIDE);
      const recounted = mean(own.map(({ accountsJ }) => accountsJ.user));
      return [`energy.cells.${i}.energyJ`, energyJ.value, recounted] as const;
    }),
  ];
  return figures
    .filter(([, stated, recounted]) => !near(stated, recounted))
    .map(([place, stated, recounted]) => ({ place, stated, recounted }));
}

type Sample = Report['samples'][number];

/** A trial without any measurement has no samples; then the verdict says so. */
function trialsOf({ samples, trials, verdict }: Report, sampled: number): number {
  if (verdict.valid) return sampled;
  return samples.reduce((last, { trial }) => Math.max(last, trial), trials);
}

/** The mean over the trials of a figure's sum in each; 0 without trials. */
function meanSum(trials: readonly Sample[][], figure: (sample: Sample) => number): number {
  if (trials.length === 0) return 0;
  return mean(trials.map((samples) => samples.reduce((sum, sample) => sum + figure(sample), 0)));
}

/** Whether a device was measured in a trial: a cell's window may lack what the whole has. */
function hasDevice(samples: readonly Sample[], device: number): boolean {
  return samples.some(({ devicesJ }) => (devicesJ[device] ?? null) !== null);
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}
