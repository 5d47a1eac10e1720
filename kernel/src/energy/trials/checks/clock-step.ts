import { type Check, type Sight, warning } from './check';

/** What slewing may take a second: the kernel's limit of 500 ppm, for both clocks. */
const SLEW = 1e-3;
const MOST_S = 0.05;

/** Whether somebody set the clock on the wall. Durations don't come from it, but the times of trials do. */
export const clockStep: Check = {
  concern: 'clock step',
  begin: (sight) => {
    const startS = sight.monotonicS();
    const before = ahead(sight);
    return () => {
      const stepS = ahead(sight) - before;
      const allowedS = MOST_S + SLEW * (sight.monotonicS() - startS);
      return Math.abs(stepS) <= allowedS
        ? []
        : [
            warning(
              'clock step',
              `the clock was set by ${stepS.toFixed(2)} s in the meantime; the times at which trials began are wrong by that, their lengths aren't.`,
            ),
          ];
    };
  },
};

function ahead(sight: Sight): number {
  return sight.wallS() - sight.monotonicS();
}
