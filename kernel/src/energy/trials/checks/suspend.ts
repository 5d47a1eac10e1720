import { uptimeS } from './boot-clock';
import { type Check, invalid, type Sight } from './check';

/** `/proc/uptime` has steps of 10 ms. */
const MOST_S = 0.5;

/**
 * Whether the machine slept: `/proc/uptime` is CLOCK_BOOTTIME, which goes on then, and the process's clock
 * is CLOCK_MONOTONIC, which doesn't.
 */
export const suspend: Check = {
  concern: 'suspend',
  begin: (sight) => {
    const before = ahead(sight);
    if (before === undefined) return undefined;
    return () => {
      const sleptS = (ahead(sight) ?? before) - before;
      return sleptS <= MOST_S
        ? []
        : [invalid('suspend', `the machine slept for ${sleptS.toFixed(1)} s in the meantime.`)];
    };
  },
};

function ahead(sight: Sight): number | undefined {
  const uptime = uptimeS(sight);
  return uptime === undefined ? undefined : uptime - sight.monotonicS();
}
