import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../../display/words';
import type { SweepFolder } from '../../sweep/folder';
import { pointText, type Point } from '../../sweep/plan';
import { reasonOf } from '../../sweep/run-result';
import { runnersOf } from './kernels';
import type { PointRunner } from './point-runner';
import { SweepProgress } from './progress';
import { MOST_DEATHS, runClaimed } from './run-claimed';
import type { Scheduler, ScheduleOptions } from './scheduler';

/** How often to look what other processes on the same folder have done. */
const LOOK_MS = 1000;

/** Runs a sweep on this machine: a kernel for each worker. */
export const runLocally: Scheduler = async (sweep, options) => {
  const { length: finished } = ran(sweep);
  const progress = new SweepProgress(sweep.points.length, finished, options.terminal);
  let hasSaid = false;
  for (;;) {
    const waiting = sweep.list().filter(({ state }) => state === 'waiting');
    if (waiting.length > 0) {
      await new LocalRun(sweep, progress, options).all(waiting.map(({ point }) => point));
    }
    const others = sweep.list().filter(({ state }) => state === 'running').length;
    if (options.stop.aborted || (others === 0 && ran(sweep).length === sweep.points.length)) return;
    if (!hasSaid && others > 0)
      progress.say(`Waits for ${counted(others, 'point')} that another process runs`);
    hasSaid = true;
    await sleep(LOOK_MS);
  }
};

function ran(sweep: SweepFolder): readonly Point[] {
  return sweep
    .list()
    .filter(({ state }) => state === 'finished' || state === 'failed')
    .map(({ point }) => point);
}

/** Some points, given to workers one by one. */
class LocalRun {
  /** How often a kernel has died with a point, by its key. */
  private readonly deaths = new Map<string, number>();

  constructor(
    private readonly sweep: SweepFolder,
    private readonly progress: SweepProgress,
    private readonly options: ScheduleOptions,
  ) {}

  async all(points: readonly Point[]): Promise<void> {
    const { workers = availableParallelism(), stop } = this.options;
    const runners = runnersOf(this.sweep, Math.min(workers, points.length));
    const queue = [...points];
    const ended = new AbortController();
    const kill = (): void => {
      queue.length = 0;
      for (const runner of runners) runner.kill();
    };
    ended.signal.addEventListener('abort', kill);
    const give = (): void => {
      ended.abort();
    };
    stop.addEventListener('abort', give);
    if (stop.aborted) give();
    try {
      const works = await Promise.allSettled(
        runners.map(async (runner) => {
          try {
            await this.work(runner, queue);
          } catch (error) {
            // A full disk, or no kernel, is so for all others too.
            const isFirst = !ended.signal.aborted;
            ended.abort();
            if (isFirst) throw error;
          }
        }),
      );
      const failure = works.find((work) => work.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
    } finally {
      stop.removeEventListener('abort', give);
      await Promise.all(runners.map((runner) => runner.close()));
    }
  }

  private async work(runner: PointRunner, queue: Point[]): Promise<void> {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
      const deaths = this.deaths.get(point.key) ?? 0;
      const outcome = await runClaimed(this.sweep, point, runner, deaths + 1 === MOST_DEATHS);
      if (outcome.kind === 'ran') this.progress.ran(point, outcome.facts);
      if (outcome.kind !== 'died') continue;
      this.deaths.set(point.key, deaths + 1);
      this.progress.say(`${pointText(point)} runs again: ${reasonOf(outcome.facts.error ?? '')}`);
      queue.push(point);
    }
  }
}
