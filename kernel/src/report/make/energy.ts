import { exact } from '../../quantities/make';
import { mean } from '../../quantities/statistics';
import { meanOf } from '../../quantities/mean-of';
import type { Quantity } from '../../quantities/quantity';
import type { PartEnergy } from '../../energy/window';
import type { Report } from '../schema';
import { countedTrials, type Trial } from './trial';
import { accountsOf, wholeTrial, windowOfCell } from './windows';

type Energy = Report['energy'];

/** A clock's time counts as a counter's. */
export function seconds(durationS: number): Quantity {
  return exact(durationS, { method: 'counter' });
}

/**
 * The figures of the run and of each cell over the trials, without carbon of cells.
 * @param toGrams of energy in joules.
 */
export function energyOf(
  trials: readonly Trial[],
  toGrams: (energyJ: Quantity) => Quantity,
): Energy {
  const counted = countedTrials(trials);
  const wholes = counted.flatMap((trial) => wholeTrial(trial) ?? []);
  const mean = (figures: readonly Quantity[]): Quantity =>
    figures.length === 0 ? NOTHING : notNegative(meanOf(figures));
  return {
    durationS: mean(wholes.map(({ durationS }) => seconds(durationS))),
    machineJ: mean(wholes.map(({ machineJ }) => machineJ)),
    accountsJ: accountsOf(
      wholes.map(({ accountsJ }) => accountsJ),
      mean,
    ),
    devices: devicesOf(wholes.map(({ parts }) => parts)),
    cells: cellsOf(counted, toGrams),
  };
}

/** Student's interval of few trials knows no bound; joules, seconds and grams have one. */
export function notNegative(figure: Quantity): Quantity {
  return { ...figure, low: Math.max(Math.min(0, figure.value), figure.low) };
}

/** Not measured at all: a total of 0 that says that it is incomplete. */
export const NOTHING: Quantity = {
  ...exact(0, { method: 'modelled', samples: 0 }),
  complete: false,
};

/** A device that a trial lacks makes the figure of the others incomplete. */
function devicesOf(trials: readonly (readonly PartEnergy[])[]): Energy['devices'] {
  const names = [...new Set(trials.flatMap((parts) => parts.map(({ source }) => source)))];
  return names.flatMap((name) => {
    const same = trials.flatMap((parts) => parts.find(({ source }) => source === name) ?? []);
    const [first] = same;
    if (first === undefined) return [];
    const whole = same.length === trials.length;
    const mean = (figures: readonly Quantity[]): Quantity => {
      const figure = notNegative(meanOf(figures));
      return { ...figure, complete: figure.complete && whole };
    };
    const machineJ = mean(same.map((part) => part.machineJ));
    return [
      {
        component: first.component,
        source: name,
        method: machineJ.method,
        machineJ,
        accountsJ: accountsOf(
          same.map(({ accountsJ }) => accountsJ),
          mean,
        ),
        idleJ: meanOrNull(same.map(({ idleJ }) => idleJ)),
        userIdleJ: meanOrNull(same.map(({ userIdleJ }) => userIdleJ ?? null)),
      },
    ];
  });
}

/** Null where one of them isn't known. */
export function meanOrNull(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length < values.length ? null : mean(known);
}

function cellsOf(
  trials: readonly Trial[],
  toGrams: (energyJ: Quantity) => Quantity,
): Energy['cells'] {
  const indices = [...new Set(trials.flatMap(({ cells }) => cells.map(({ index }) => index)))];
  return indices.flatMap((index) => {
    const windows = trials.flatMap((trial) => {
      const cell = trial.cells.find((candidate) => candidate.index === index);
      return (cell && windowOfCell(trial, cell)) ?? [];
    });
    if (windows.length === 0) return [];
    const energyJ = notNegative(meanOf(windows.map((window) => window.energyJ)));
    return [
      {
        index,
        durationS: notNegative(meanOf(windows.map(({ durationS }) => seconds(durationS)))),
        energyJ,
        co2eG: toGrams(energyJ),
      },
    ];
  });
}
