import { type Check, type Sight, warning } from './check';

export const turbo: Check = {
  concern: 'turbo',
  begin: (sight) => {
    const isOn = boosts(sight);
    if (isOn === undefined) return undefined;
    return () =>
      isOn
        ? [
            warning(
              'turbo',
              'turbo is on: speed and power depend on temperature and on idle cores.',
            ),
          ]
        : [];
  },
};

/**
 * Whether turbo is allowed: Intel's driver turns it off by a 1, the common interface on by a 1. Undefined
 * where neither tells.
 */
export function boosts(sight: Sight): boolean | undefined {
  const off = sight.read('/sys/devices/system/cpu/intel_pstate/no_turbo');
  const on = sight.read('/sys/devices/system/cpu/cpufreq/boost');
  if (off === undefined && on === undefined) return undefined;
  return off === undefined ? on === '1' : off === '0';
}
