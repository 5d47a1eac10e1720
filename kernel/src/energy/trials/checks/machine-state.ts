import { powerSource } from './battery';
import type { Sight } from './check';
import { perCpu } from './cpus';
import { boosts } from './turbo';

/** How the machine is set, as far as it tells. */
export interface MachineState {
  readonly governor: Told;
  readonly turbo: Told;
  /** Whether two threads share a core. */
  readonly smt: Told;
  readonly powerSource: Told;
}

/** A value, or why there is none. */
export type Told =
  | { readonly value: string; readonly reason?: undefined }
  | { readonly value: null; readonly reason: string };

const SMT = '/sys/devices/system/cpu/smt/active';

/** What of the machine changes speed and power, and isn't its hardware. Never throws. */
export function machineState(sight: Sight): MachineState {
  const governors = [...new Set(perCpu(sight, 'cpufreq/scaling_governor'))].sort();
  const turbo = boosts(sight);
  const smt = sight.read(SMT);
  return {
    governor: told(
      governors.length === 0 ? undefined : governors.join(', '),
      'no processor of /sys/devices/system/cpu has a cpufreq/scaling_governor that can be read',
    ),
    turbo: told(
      turbo === undefined ? undefined : onOff(turbo),
      'neither intel_pstate/no_turbo nor cpufreq/boost of /sys/devices/system/cpu can be read',
    ),
    smt: told(smt === undefined ? undefined : onOff(smt === '1'), `${SMT} can't be read`),
    powerSource: told(
      powerSource(sight),
      '/sys/class/power_supply lists neither a battery nor a mains supply',
    ),
  };
}

function told(value: string | undefined, reason: string): Told {
  return value === undefined ? { value: null, reason } : { value };
}

function onOff(is: boolean): string {
  return is ? 'on' : 'off';
}
