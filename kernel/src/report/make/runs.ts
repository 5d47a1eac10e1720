import { cellName } from '../cell-name';
import type { WindowRecord } from '../../energy/journal/records';
import type { Report } from '../schema';
import { scoresOf } from './outputs';
import type { Trial } from './trial';
import { wholeTrial, windowOfCell } from './windows';

/** What each trial said of itself, beside its figures. */
export function runsOf(trials: readonly Trial[]): Report['runs'] {
  return trials.map((trial, i) => ({
    trial: i + 1,
    failure: trial.failure,
    problems: [...new Set([...trial.problems, ...problemsOf(trial)])],
    warnings: [...trial.warnings],
    clockStepS: trial.clockStepS,
    results: scoresOf(trial),
  }));
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
