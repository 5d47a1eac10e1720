import type { GradedCell } from './merge';

/** What one graded cell got. */
export interface CellGrade extends GradedCell {
  /** Null where a person has to grade it. */
  readonly points: number | null;
  /** Why it isn't all. */
  readonly reason: string | null;
  readonly durationS: number | null;
}

/** What a submission got. */
export interface Grade {
  readonly submission: string;
  readonly against: string;
  /** Of the cells with tests. */
  readonly points: number;
  readonly maxPoints: number;
  /** That a person can still give. */
  readonly pointsByHand: number;
  readonly cells: readonly CellGrade[];
}

export function gradeOf(submission: string, against: string, cells: readonly CellGrade[]): Grade {
  const sum = (graded: CellGrade['graded'], of: (cell: CellGrade) => number): number =>
    cells.filter((cell) => cell.graded === graded).reduce((total, cell) => total + of(cell), 0);
  return {
    submission,
    against,
    points: sum('tests', ({ points }) => points ?? 0),
    maxPoints: sum('tests', ({ maxPoints }) => maxPoints),
    pointsByHand: sum('by-hand', ({ maxPoints }) => maxPoints),
    cells,
  };
}

/** The same as Gradescope reads it from an autograder's `results/results.json`. */
export function forGradescope({ cells }: Grade): object {
  return {
    tests: cells
      .filter(({ graded }) => graded === 'tests')
      .map(({ id, points, maxPoints, reason }) => ({
        name: id,
        score: points ?? 0,
        max_score: maxPoints,
        status: points === maxPoints ? 'passed' : 'failed',
        ...(reason === null ? {} : { output: reason }),
      })),
  };
}
