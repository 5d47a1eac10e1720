import { host } from '../../host';

export interface SampleOptions {
  /** For each run; all take turns, so that a change in the machine's load meets all of them alike. */
  readonly secondsEach: number;
  readonly warmUp: number;
  readonly fewest: number;
}

/**
 * Seconds of each call of each function, one list a function. `run` must wait for its result. Each is
 * called until it has had its seconds, and at least `fewest` times.
 */
export function sampleInTurns(
  runs: readonly (() => void)[],
  { secondsEach, warmUp, fewest }: SampleOptions,
): number[][] {
  for (let i = 0; i < warmUp; i++) for (const run of runs) run();
  const samples = runs.map((): number[] => []);
  const spent = runs.map(() => 0);
  const isDone = (i: number): boolean =>
    (spent[i] ?? 0) >= secondsEach && (samples[i]?.length ?? 0) >= fewest;
  while (!runs.every((_, i) => isDone(i))) {
    host()?.throwIfInterrupted();
    runs.forEach((run, i) => {
      if (isDone(i)) return;
      const start = process.hrtime.bigint();
      run();
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      samples[i]?.push(seconds);
      spent[i] = (spent[i] ?? 0) + seconds;
    });
  }
  return samples;
}
