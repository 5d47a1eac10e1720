import { dirname, resolve } from 'node:path';
import { KernelClient } from '../run/client';
import { findKernel } from '../run/kernel-process';
import { readNotebook, writeNotebook } from '../run/notebook';
import { NotebookRun } from '../run/notebook-run';
import type { Terminal } from '../run/progress';
import { checkLanguage } from '../run/run';
import { type GradedCell, gradedCells, type Merged, withTests } from './merge';
import { pointsOf } from './points';
import { type CellGrade, type Grade, gradeOf } from './result';

export interface GradeOptions {
  /** The solution, with all tests. */
  readonly against: string;
  /** Seconds that one cell may take. */
  readonly timeout: number;
  /** Where cells run. Default: the submission's folder. */
  readonly cwd?: string;
  /** Where the submission goes as it was graded, with its outputs. */
  readonly output?: string;
}

/**
 * Runs a submission with the tests of the solution, every cell whatever became of those before, and gives
 * each graded cell its points.
 * @throws HalfnoteError `invalid-notebook`, `nothing-to-grade`, `wrong-language`, `not-writable`.
 */
export async function gradeNotebook(
  path: string,
  options: GradeOptions,
  terminal: Terminal = process.stderr,
): Promise<Grade> {
  const solution = readNotebook(options.against);
  const graded = gradedCells(options.against, solution);
  const submission = readNotebook(path);
  const spec = findKernel();
  checkLanguage(path, submission, spec);
  const merged = withTests(submission, solution);
  const client = await KernelClient.start(spec, resolve(options.cwd ?? dirname(resolve(path))));
  try {
    const run = new NotebookRun(merged.notebook, client, terminal, options.timeout);
    await run.all({ keepsGoing: true });
    if (options.output !== undefined)
      await writeNotebook(resolve(options.output), run.result(spec, 'halfnote'));
    const cells = graded.map((cell) => gradeCell(cell, merged, run));
    return gradeOf(path, options.against, cells);
  } finally {
    await client.close();
  }
}

function gradeCell(
  graded: GradedCell,
  { notebook, places, putBack }: Merged,
  run: NotebookRun,
): CellGrade {
  const byHand = graded.graded === 'by-hand';
  const place = places.get(graded.id);
  const cell = place === undefined ? undefined : notebook.cells[place];
  const nothing = { ...graded, points: byHand ? null : 0, durationS: null };
  if (cell === undefined) return { ...nothing, reason: 'The submission has no such cell.' };
  if (byHand) return { ...nothing, reason: null };
  const ran = run.ran.find(({ index }) => index === place);
  if (ran === undefined) return { ...nothing, reason: 'The cell did not run.' };
  const { points, reason } = pointsOf(run.outputs(cell), ran.failure, graded.maxPoints);
  const missing = putBack.has(graded.id) ? 'The submission lacked this cell. ' : '';
  return {
    ...graded,
    points,
    reason: reason === undefined ? null : `${missing}${reason}`,
    durationS: ran.durationS,
  };
}
