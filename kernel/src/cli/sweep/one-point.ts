import { HalfnoteError } from '../../errors';
import type { Terminal } from '../run/progress';
import { runnersOf } from './kernels';
import { pointText, reasonOf, SweepProgress } from './progress';
import { MOST_DEATHS, runClaimed } from './run-claimed';
import { openSame } from './sweep';

export interface OnePointOptions {
  /** Of the plan, from 0: what a scheduler numbers its tasks by. */
  readonly index: number;
  /** Points that run on the same machine meanwhile: threads are shared with them. */
  readonly workers?: number;
}

/**
 * Runs one point of a sweep, as a task of a scheduler does. One that has run already, or that another process
 * runs, is left alone.
 * @throws HalfnoteError `invalid-argument` for a point that the sweep lacks, `points-failed`, `other-sweep`.
 */
export async function runOnePoint(
  folder: string,
  { index, workers = 1 }: OnePointOptions,
  print: (text: string) => void,
  terminal: Terminal = process.stderr,
): Promise<void> {
  const sweep = openSame(folder);
  const point = sweep.points[index];
  if (point === undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      `The sweep has no point ${index}; allowed: 0 to ${sweep.points.length - 1}`,
    );
  }
  const [runner] = runnersOf(sweep, 1, workers);
  if (runner === undefined) return;
  const stopped = new AbortController();
  const end = (): void => {
    stopped.abort();
    runner.kill();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    for (let deaths = 1; ; deaths++) {
      const outcome = await runClaimed(sweep, point, runner, deaths === MOST_DEATHS);
      if (outcome.kind === 'died') {
        terminal.write(`${pointText(point)} runs again: ${reasonOf(outcome.facts.error ?? '')}\n`);
        continue;
      }
      if (outcome.kind !== 'ran') {
        print(
          `${pointText(point)}: ${outcome.kind === 'kept' ? 'has run before' : 'another process runs it'}`,
        );
        return;
      }
      new SweepProgress(1, 0, terminal).ran(point, outcome.facts);
      const { error } = outcome.facts;
      if (error !== null) throw new HalfnoteError('points-failed', reasonOf(error));
      return;
    }
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    print(`${pointText(point)}: stopped`);
    process.exitCode = 130;
  } finally {
    for (const signal of signals) process.off(signal, end);
    await runner.close();
  }
}
