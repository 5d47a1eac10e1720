import type { Sight } from './check';

/**
 * Seconds since the boot, with those that the machine slept: `/proc/uptime` is CLOCK_BOOTTIME, in steps of
 * 10 ms. Undefined where it can't be read.
 */
export function uptimeS(sight: Sight): number | undefined {
  const uptime = Number(sight.read('/proc/uptime')?.split(/\s/, 1)[0] ?? NaN);
  return Number.isFinite(uptime) ? uptime : undefined;
}
