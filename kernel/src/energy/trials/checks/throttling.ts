import { type Check, invalid } from './check';
import { perCpu } from './cpus';

const COUNTERS = ['core_throttle_count', 'package_throttle_count'] as const;

/** Whether the processor was slowed down because of its temperature. */
export const throttling: Check = {
  concern: 'throttling',
  begin: (sight) => {
    const read = (): number[] =>
      COUNTERS.flatMap((counter) => perCpu(sight, `thermal_throttle/${counter}`)).map(Number);
    const before = read();
    if (before.length === 0) return undefined;
    return () => {
      const rises = read().map((count, i) => count - (before[i] ?? count));
      const times = rises.reduce((sum, rise) => sum + Math.max(0, rise), 0);
      return times === 0
        ? []
        : [
            invalid(
              'throttling',
              `heat slowed the processor down (its counters rose by ${times}); let it cool, or give it less work at once.`,
            ),
          ];
    };
  },
};
