/** How steps ran, for whoever asks how fast they can be. */
export interface StepStatistics {
  /** Steps of optimizers since the start. */
  readonly steps: number;
  /** Of these, how many ran as one program. */
  readonly asOneProgram: number;
  /** Replays of programs of any kind. */
  readonly replays: number;
  readonly programs: number;
  /** Why a program that had begun to match was left, and how often, most often first. */
  readonly misses: readonly Reason[];
  /** What never becomes a program, and why. */
  readonly refusals: readonly Reason[];
}

export interface Reason {
  readonly why: string;
  readonly count: number;
}

/** Counts reasons. */
export class Reasons {
  private readonly counts = new Map<string, number>();

  note(why: string): void {
    this.counts.set(why, (this.counts.get(why) ?? 0) + 1);
  }

  /** Most often first. */
  sorted(): Reason[] {
    return [...this.counts]
      .map(([why, count]) => ({ why, count }))
      .sort((a, b) => b.count - a.count);
  }
}

/** Counts. */
export class Counter {
  steps = 0;
  asOneProgram = 0;
  replays = 0;
  private readonly misses = new Reasons();
  private readonly refusals = new Reasons();

  miss(why: string): void {
    this.misses.note(why);
  }

  refuse(why: string): void {
    this.refusals.note(why);
  }

  report(programs: number): StepStatistics {
    const { steps, asOneProgram, replays } = this;
    return {
      steps,
      asOneProgram,
      replays,
      programs,
      misses: this.misses.sorted(),
      refusals: this.refusals.sorted(),
    };
  }
}

/** How many reasons a line names. */
const NAMED = 3;

/** As a part of such a line: `; misses: ...`; empty where there are none. */
export function listReasons(name: string, reasons: readonly Reason[]): string {
  if (reasons.length === 0) return '';
  const named = reasons.slice(0, NAMED).map(({ why, count }) => `${why} (${count})`);
  return `; ${name}: ${named.join(', ')}`;
}

/** For example `312 of 320; misses: Mul in place of Add, cell 3, line 12 (1)`. */
export function describeSteps({ steps, asOneProgram, misses, refusals }: StepStatistics): string {
  return (
    `${asOneProgram} of ${steps}` +
    listReasons('misses', misses) +
    listReasons('op by op', refusals)
  );
}
