import { host } from '../../host';
import { median, quantile } from '../../quantities/statistics';

export interface Latency {
  /** Seconds per run. */
  readonly median: number;
  readonly p95: number;
  readonly runs: number;
}

export interface TimingOptions {
  readonly repeats: number;
  readonly warmUp: number;
  /** Fewer repeats are made when they would take longer than this, but never fewer than three. */
  readonly budgetS: number;
  /** Milliseconds of rest before each run, where one's threads go on after it has returned. */
  readonly restMs?: number;
}

const FEWEST = 3;

/**
 * Times synchronous functions in interleaved rounds, each round starting with another function, so
 * that a change in the machine's load meets all of them alike. `run` must wait for its result.
 */
export function timeInterleaved(
  runs: readonly (() => void)[],
  { repeats, warmUp, budgetS, restMs = 0 }: TimingOptions,
): Latency[] {
  let round = 0;
  const timed = (run: () => void): number => {
    rest(restMs);
    return seconds(run);
  };
  for (let i = 0; i < warmUp; i++) round = sum(runs.map(timed));
  const affordable = Math.max(FEWEST, Math.floor(budgetS / Math.max(round, 1e-9)));
  const rounds = Math.min(repeats, affordable);
  const samples = runs.map((): number[] => []);
  for (let i = 0; i < rounds; i++) {
    host()?.throwIfInterrupted();
    for (let k = 0; k < runs.length; k++) {
      const index = (i + k) % runs.length;
      const run = runs[index];
      if (run !== undefined) samples[index]?.push(timed(run));
    }
  }
  return samples.map((values) => ({
    median: median(values),
    p95: quantile(values, 0.95),
    runs: values.length,
  }));
}

function rest(milliseconds: number): void {
  if (milliseconds > 0) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  }
}

function seconds(run: () => void): number {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
