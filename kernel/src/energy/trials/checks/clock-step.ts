import { uptimeS } from './boot-clock';
import { type Check, type Sight, warning } from './check';

/** What slewing may take a second: the kernel's limit of 500 ppm, for both clocks. */
const SLEW = 1e-3;
const MOST_S = 0.05;

/** Whether somebody set the clock on the wall. Durations don't come from it, but the times of trials do. */
export const clockStep: Check = {
  concern: 'clock step',
  begin: (sight) => {
    const step = watchClock(sight);
    return () => {
      const stepS = step();
      return stepS === 0
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

/** By how many seconds the clock on the wall was set forward since; 0 where it was steered at most. */
export function watchClock(sight: Sight): () => number {
  const startS = steadyS(sight);
  const before = sight.wallS() - startS;
  return () => {
    const nowS = steadyS(sight);
    const stepS = sight.wallS() - nowS - before;
    return Math.abs(stepS) <= MOST_S + SLEW * (nowS - startS) ? 0 : stepS;
  };
}

/** The clock on the wall goes on while the machine sleeps: that is no step of it. */
function steadyS(sight: Sight): number {
  return uptimeS(sight) ?? sight.monotonicS();
}
