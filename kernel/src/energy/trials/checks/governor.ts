import { type Check, warning } from './check';
import { perCpu } from './cpus';

/** Whether the clock is left to rise and fall with the load. */
export const governor: Check = {
  concern: 'governor',
  begin: (sight) => {
    const found = [...new Set(perCpu(sight, 'cpufreq/scaling_governor'))];
    if (found.length === 0) return undefined;
    return () =>
      found.every((name) => name === 'performance')
        ? []
        : [
            warning(
              'governor',
              `the processor's clock follows the load (${found.join(', ')}); with the governor "performance" it is steadier.`,
            ),
          ];
  },
};
