import { host } from '../../host';

export interface BestOptions {
  /** How long runs are timed. */
  readonly seconds: number;
  readonly fewest: number;
}

/** The seconds of the fastest of some runs, after one that isn't timed. `run` must wait for its result. */
export function fastest(run: () => void, { seconds, fewest }: BestOptions): number {
  run();
  let best = Infinity;
  const end = performance.now() + seconds * 1000;
  for (let runs = 0; runs < fewest || performance.now() < end; runs++) {
    host()?.throwIfInterrupted();
    best = Math.min(best, secondsOf(run));
  }
  return best;
}

export function secondsOf(run: () => void): number {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1e9;
}
