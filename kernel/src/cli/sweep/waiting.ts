import type { SweepFolder } from '../../sweep/folder';
import type { Point } from '../../sweep/plan';
import { SweepProgress } from './progress';
import { factsOf } from './read-point';
import type { Terminal } from '../run/progress';

/** Says of each point that has run elsewhere, as its notebook appears. */
export class Watched {
  private readonly open: Set<Point>;
  private readonly progress: SweepProgress;

  constructor(
    private readonly sweep: SweepFolder,
    terminal: Terminal,
  ) {
    this.open = new Set(sweep.points.filter((point) => !this.hasRun(point)));
    this.progress = new SweepProgress(
      sweep.points.length,
      sweep.points.length - this.open.size,
      terminal,
    );
  }

  /** The points that haven't run yet, as of the last look. */
  get left(): readonly Point[] {
    return [...this.open];
  }

  /** Looks again. */
  look(): void {
    for (const point of this.open) {
      if (!this.hasRun(point)) continue;
      this.open.delete(point);
      const facts = factsOf(this.sweep, point);
      if (facts !== undefined) this.progress.ran(point, facts);
    }
  }

  say(line: string): void {
    this.progress.say(line);
  }

  private hasRun(point: Point): boolean {
    return this.sweep.isFinished(point) || this.sweep.hasFailed(point);
  }
}
