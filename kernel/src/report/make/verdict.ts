import { percent } from '../../display/units';
import type { WindowRecord } from '../../energy/journal/records';
import { cellName } from '../cell-name';
import type { Report } from '../schema';
import { countedTrials, type Trial } from './trial';
import { wholeTrial, windowOfCell } from './windows';

/** Others may keep this much of the processor busy; more, and they share in the figures of the machine. */
export const MOST_LOAD_OF_OTHERS = 0.1;

/** Whether the measurement holds, and if not, why. */
export function verdictOf(
  trials: readonly Trial[],
  energy: Report['energy'],
  threads: number,
): Report['verdict'] {
  const reasons = [
    ...trials.flatMap(({ failure }, i) =>
      failure === null ? [] : [`trial ${i + 1} failed in ${cellName(failure.cell)}`],
    ),
    ...(energy.devices.length === 0 ? ['no device was measured'] : []),
    ...(energy.machineJ.complete ? [] : ['the energy is incomplete']),
    ...new Set(trials.flatMap((trial) => [...trial.problems, ...problemsOf(trial)])),
    ...loadOfOthers(countedTrials(trials), threads),
  ];
  return { valid: reasons.length === 0, reasons };
}

function problemsOf(trial: Trial): string[] {
  const lacking = trial.cells.filter((cell) => windowOfCell(trial, cell) === undefined);
  return [
    ...trial.windows.flatMap(({ window }) => window.problems),
    ...trial.windows.flatMap((record) =>
      record.window.status === 'interrupted'
        ? [`${windowName(trial, record)} was interrupted`]
        : [],
    ),
    ...lacking.map(({ index }) => `no energy was measured of ${cellName(index)}`),
    ...(wholeTrial(trial) === undefined ? ['the kernel measured no energy'] : []),
  ];
}

/** A cell's window is called after its execution count, which isn't the cell's place. */
function windowName({ cells }: Trial, { window, executionCount }: WindowRecord): string {
  const cell = cells.find(({ order }) => order === executionCount);
  return window.kind === 'cell' && cell !== undefined ? cellName(cell.index) : window.name;
}

/** By the CPU time of all cells: that is what the figures are about. */
function loadOfOthers(trials: readonly Trial[], threads: number): string[] {
  const windows = trials.flatMap((trial) =>
    trial.cells.flatMap((cell) => windowOfCell(trial, cell) ?? []),
  );
  const wallS = windows.reduce((sum, { durationS }) => sum + durationS, 0);
  const othersS = windows.reduce((sum, { cpuS }) => sum + cpuS.rest, 0);
  const load = wallS === 0 ? 0 : othersS / (wallS * Math.max(1, threads));
  return load <= MOST_LOAD_OF_OTHERS
    ? []
    : [
        `other programs used ${percent(load)} of the processor while the cells ran (up to ${percent(MOST_LOAD_OF_OTHERS)} is taken)`,
      ];
}
