import { percent } from '../../display/units';
import { cellName, OUTSIDE } from '../cell-name';
import type { Report } from '../schema';
import { countedTrials } from './trial';

/** Others may keep this much of the processor busy; more, and they share in the figures of the machine. */
export const MOST_LOAD_OF_OTHERS = 0.1;

type Judged = Pick<Report, 'runs' | 'samples' | 'energy' | 'hardware'>;

/** Whether the measurement holds, and if not, why. From the report's own data alone: `verify` does it again. */
export function verdictOf(report: Judged): Report['verdict'] {
  const { runs, energy } = report;
  const reasons = [
    ...runs.flatMap(({ failure, trial }) =>
      failure === null ? [] : [`trial ${trial} failed in ${cellName(failure.cell)}`],
    ),
    ...(energy.devices.length === 0 ? ['no device was measured'] : []),
    ...(energy.machineJ.complete ? [] : ['the energy is incomplete']),
    ...new Set(runs.flatMap(({ problems }) => problems)),
    ...loadOfOthers(report),
  ];
  return { valid: reasons.length === 0, reasons, remarks: runs.flatMap(clockRemark) };
}

/** By the CPU time of all cells: that is what the figures are about. */
function loadOfOthers({ runs, samples, hardware }: Judged): string[] {
  const counted = new Set(countedTrials(runs).map(({ trial }) => trial));
  const cells = samples.filter(({ trial, cell }) => counted.has(trial) && cell !== OUTSIDE);
  const wallS = cells.reduce((sum, { durationS }) => sum + durationS, 0);
  const othersS = cells.reduce((sum, { cpuS }) => sum + cpuS.rest, 0);
  const load = wallS === 0 ? 0 : othersS / (wallS * Math.max(1, hardware.cpu.threads));
  return load <= MOST_LOAD_OF_OTHERS
    ? []
    : [
        `other programs used ${percent(load)} of the processor while the cells ran (up to ${percent(MOST_LOAD_OF_OTHERS)} is taken)`,
      ];
}

/**
 * No figure hangs on the clock on the wall: durations, and the energy that is integrated over them, are by
 * a clock that nobody sets, and one intensity stands for all hours.
 */
function clockRemark({ trial, clockStepS }: Report['runs'][number]): string[] {
  if (clockStepS === 0) return [];
  const direction = clockStepS > 0 ? 'forward' : 'back';
  return [
    `trial ${trial}: the clock was set ${direction} by ${Math.abs(clockStepS).toFixed(2)} s: times of day from then on (startedAt, createdAt) are off by that against those before, and with them which cell a seed is said to be set in, and which files count as made by the run; seconds, joules and grams hold, since durations are by the monotonic clock and the grid's intensity is the same at every hour`,
  ];
}
