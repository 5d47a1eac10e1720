import { setTimeout as sleep } from 'node:timers/promises';
import { HalfnoteError } from '../../errors';
import { watchParent } from '../../jupyter/parent';
import { pointText } from '../../sweep/plan';
import { reasonOf } from '../../sweep/run-result';
import type { Terminal } from '../run/progress';
import { runnersOf } from './kernels';
import { SweepProgress } from './progress';
import { MOST_DEATHS, runClaimed } from './run-claimed';
import { openSame } from './sweep';

/** The exit code where the point itself failed: its notebook is kept. */
const POINT_FAILED = 3;
/** How often to look whether the process that runs the point still does. */
const LOOK_MS = 300;

export interface OnePointOptions {
  /** Of the plan, from 0: what a scheduler numbers its tasks by. */
  readonly index: number;
  /** Points that run on the same machine meanwhile: threads are shared with them. */
  readonly workers?: number;
}

/**
 * Runs one point of a sweep, as a task of a scheduler does. One that has run already is left alone; one that
 * another process runs is waited for. Where JPY_PARENT_PID names the process that started this one, it ends with it.
 * @throws HalfnoteError `invalid-argument` for a point that the sweep lacks, `other-sweep`, `not-writable`.
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
  watchParent(end);
  try {
    for (let deaths = 1; !stopped.signal.aborted; deaths++) {
      const outcome = await runClaimed(sweep, point, runner, deaths === MOST_DEATHS);
      if (outcome.kind === 'died') {
        terminal.write(`${pointText(point)} runs again: ${reasonOf(outcome.facts.error ?? '')}\n`);
        continue;
      }
      if (outcome.kind === 'taken') {
        // By one that is about to die with its worker, perhaps: then the point is ours.
        deaths--;
        await sleep(LOOK_MS);
        continue;
      }
      if (outcome.kind === 'kept') {
        print(`${pointText(point)} has run before`);
        return;
      }
      new SweepProgress(1, 0, terminal).ran(point, outcome.facts);
      if (outcome.facts.error !== null) process.exitCode = POINT_FAILED;
      return;
    }
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
  } finally {
    for (const signal of signals) process.off(signal, end);
    await runner.close();
  }
  print(`${pointText(point)}: stopped`);
  process.exitCode = 130;
}
