import { mean } from '../../quantities/statistics';
import { OUTSIDE } from '../make/samples';
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
 * Counts the energies of a complete report again from its raw samples. Who alters a figure and its hashes
 * has to alter these as well.
 */
export function recount(report: Report): Miscount[] {
  const { energy, samples, status } = report;
  if (status === 'failed') return [];
  const trials = [...new Set(samples.map(({ trial }) => trial))];
  const overTrials = (figure: (sample: Sample) => number): number =>
    mean(
      trials.map((trial) =>
        samples
          .filter((sample) => sample.trial === trial)
          .reduce((sum, sample) => sum + figure(sample), 0),
      ),
    );
  const figures: (readonly [string, number, number])[] = [
    ['trials', report.trials, trials.length],
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
          overTrials(({ devicesJ }) => devicesJ[i] ?? 0),
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

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}
