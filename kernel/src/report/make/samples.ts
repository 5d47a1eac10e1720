import type { Account, PartEnergy } from '../../energy/window';
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
  const parts = new Map(stretch.parts.map((part) => [part.source, part]));
  return {
    trial,
    cell,
    startedAt,
    durationS: stretch.durationS,
    machineJ: stretch.machineJ.value,
    accountsJ: eachAccount((name) => stretch.accountsJ[name].value),
    cpuS: eachAccount((name) => stretch.cpuS[name]),
    devices: devices.map((source) => deviceSample(parts.get(source))),
  };
}

function less(a: Sample, b: Sample): Sample {
  return {
    ...a,
    durationS: minus(a.durationS, b.durationS),
    machineJ: minus(a.machineJ, b.machineJ),
    accountsJ: eachAccount((name) => minus(a.accountsJ[name], b.accountsJ[name])),
    cpuS: eachAccount((name) => minus(a.cpuS[name], b.cpuS[name])),
    devices: a.devices.map((device, i) => lessDevice(device, b.devices[i] ?? null)),
  };
}

type DeviceSample = Sample['devices'][number];

function deviceSample(part: PartEnergy | undefined): DeviceSample {
  if (part === undefined) return null;
  const { machineJ, accountsJ, idleJ, userIdleJ = null } = part;
  return {
    machineJ: machineJ.value,
    accountsJ: eachAccount((name) => accountsJ[name].value),
    idleJ,
    userIdleJ,
  };
}

function lessDevice(a: DeviceSample, b: DeviceSample): DeviceSample {
  if (a === null || b === null) return a;
  const known = (of: 'idleJ' | 'userIdleJ'): number | null => {
    const whole = a[of];
    return whole === null ? null : minus(whole, b[of] ?? 0);
  };
  return {
    machineJ: minus(a.machineJ, b.machineJ),
    accountsJ: eachAccount((name) => minus(a.accountsJ[name], b.accountsJ[name])),
    idleJ: known('idleJ'),
    userIdleJ: known('userIdleJ'),
  };
}

/** What is left only because binary fractions are rounded is nothing. */
function minus(a: number, b: number): number {
  const left = a - b;
  return Math.abs(left) < 1e-12 * Math.abs(a) ? 0 : left;
}

export function eachAccount<T>(figure: (name: Account) => T): Record<Account, T> {
  return { user: figure('user'), halfnote: figure('halfnote'), rest: figure('rest') };
}
