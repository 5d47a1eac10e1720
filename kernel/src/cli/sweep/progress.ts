import { duration } from '../../notebook/timing';
import { pointText, type Point } from '../../sweep/plan';
import { reasonOf, type RunFacts } from '../../sweep/run-result';
import type { Terminal } from '../run/progress';

/** Says how far a sweep is: a line a point. */
export class SweepProgress {
  private done: number;

  constructor(
    private readonly total: number,
    done: number,
    private readonly terminal: Terminal,
  ) {
    this.done = done;
  }

  ran(point: Point, { status, cellsS, error }: RunFacts): void {
    this.done++;
    const width = String(this.total).length;
    const place = `[${String(this.done).padStart(width)}/${this.total}]`;
    const mark = status === 'finished' ? 'ok' : 'failed';
    const why = error === null ? '' : `: ${reasonOf(error)}`;
    this.say(
      `${place} ${mark.padEnd(6)} ${duration(cellsS).padStart(9)}  ${pointText(point)}${why}`,
    );
  }

  say(line: string): void {
    this.terminal.write(`${line}\n`);
  }
}
