import type { MachineState, Told } from '../../energy/trials/checks/machine-state';
import type { Report } from '../../report/schema';

const NAMES = ['governor', 'turbo', 'smt', 'powerSource'] as const;

/**
 * How the machine was set, as settings of a report: null where it doesn't tell, with the reason beside it.
 * @param states in their order; more than one value stands where a setting changed.
 */
export function machineSettings(states: readonly MachineState[]): Report['settings'] {
  return Object.fromEntries(
    NAMES.flatMap((name) => written(`machine.${name}`, [...states.map((state) => state[name])])),
  );
}

function written(name: string, all: readonly Told[]): (readonly [string, string | null])[] {
  const values = all.flatMap(({ value }) => value ?? []);
  const reason = all.find((told) => told.value === null)?.reason ?? 'no trial was run';
  return values.length === 0
    ? [
        [name, null],
        [`${name}.unknown`, reason],
      ]
    : [[name, [...new Set(values)].join(', then ')]];
}
