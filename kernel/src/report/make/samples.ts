import { ACCOUNTS, type Account } from '../../energy/window';
import { OUTSIDE } from '../cell-name';
import type { Report } from '../schema';
import type { Trial } from './trial';
import { wholeTrial, windowOfCell, type Stretch } from './windows';

type Sample = Report['samples'][number];

/**
 * The raw figures of each trial and cell. Those of a trial add up to the whole of it: what its cells
 * leave stands under the cell {@link OUTSIDE}.
 * @param devices sources of the devices in the order of the report's list.
 */
export function samplesOf(trials: readonly Trial[], devices: readonly string[]): Sample[] {
  return trials.flatMap((trial, index) => {
    const whole = wholeTrial(trial);
    if (whole === undefined) return [];
    const cells = trial.cells.flatMap((cell) => {
      const window = windowOfCell(trial, cell);
      if (window === undefined) return [];
      return sample(index + 1, cell.index, window.startedAt, window, devices);
    });
    const total = sample(index + 1, OUTSIDE, trial.startedAt, whole, devices);
    return [...cells, cells.reduce(less, total)];
  });
}

function sample(
  trial: number,
  cell: number,
  startedAt: string,
  stretch: Stretch,
  devices: readonly string[],
): Sample {
  const joules = new Map(stretch.parts.map(({ source, machineJ }) => [source, machineJ.value]));
  return {
    trial,
    cell,
    startedAt,
    durationS: stretch.durationS,
    machineJ: stretch.machineJ.value,
    accountsJ: eachAccount((name) => stretch.accountsJ[name].value),
    devicesJ: devices.map((source) => joules.get(source) ?? null),
  };
}

function less(a: Sample, b: Sample): Sample {
  return {
    ...a,
    durationS: minus(a.durationS, b.durationS),
    machineJ: minus(a.machineJ, b.machineJ),
    accountsJ: eachAccount((name) => minus(a.accountsJ[name], b.accountsJ[name])),
    devicesJ: a.devicesJ.map((joules, i) =>
      joules === null ? null : minus(joules, b.devicesJ[i] ?? 0),
    ),
  };
}

/** What is left only because binary fractions are rounded is nothing. */
function minus(a: number, b: number): number {
  const left = a - b;
  return Math.abs(left) < 1e-12 * Math.abs(a) ? 0 : left;
}

export function eachAccount(figure: (name: Account) => number): Record<Account, number> {
  const [user = 0, halfnote = 0, rest = 0] = ACCOUNTS.map(figure);
  return { user, halfnote, rest };
}
