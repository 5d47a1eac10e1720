import { duration } from '../../notebook/timing';
import { valueText, type Point } from '../../sweep/plan';
import { firstLine } from '../../errors';
import type { RunFacts } from '../../sweep/run-result';
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

/** `format=bf16 seed=3`. */
export function pointText({ parameters }: Point): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

/** The error itself of `Code cell 2 of 3 failed:` and a traceback. */
export function reasonOf(error: string): string {
  const [first = '', second] = error.split('\n');
  return first.endsWith('failed:') && second !== undefined
    ? `${first} ${second}`
    : firstLine(error);
}
