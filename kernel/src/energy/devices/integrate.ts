import { MeterFailure } from './failure';
import type { Reading } from './meter';

/**
 * Joules from watts, by the trapezoidal rule over the moments at which it is called. A power that can't be
 * read, or is more than `mostWatts` and can't be true, is a gap; nothing is made up for the time up to the
 * next good one.
 */
export function integrate(readWatts: () => number, mostWatts: number): (nowS: number) => Reading {
  let joules = 0;
  let gaps = 0;
  let last: { readonly watts: number; readonly atS: number } | undefined;
  return (nowS) => {
    let watts: number;
    try {
      watts = readWatts();
      if (!(watts >= 0 && watts <= mostWatts)) {
        throw new Error(`${watts} W can't be true (0 to ${mostWatts} W)`);
      }
    } catch (error) {
      last = undefined;
      gaps++;
      throw new MeterFailure({ joules, gaps, resets: 0 }, error);
    }
    if (last !== undefined) joules += ((last.watts + watts) / 2) * (nowS - last.atS);
    last = { watts, atS: nowS };
    return { joules, watts, gaps, resets: 0 };
  };
}
