import { type Check, warning } from './check';

/** Intel's driver turns it off by a 1, the common interface on by a 1. */
export const turbo: Check = {
  concern: 'turbo',
  begin: (sight) => {
    const off = sight.read('/sys/devices/system/cpu/intel_pstate/no_turbo');
    const on = sight.read('/sys/devices/system/cpu/cpufreq/boost');
    if (off === undefined && on === undefined) return undefined;
    const boosts = off === undefined ? on === '1' : off === '0';
    return () =>
      boosts
        ? [
            warning(
              'turbo',
              'turbo is on: speed and power depend on temperature and on idle cores.',
            ),
          ]
        : [];
  },
};
