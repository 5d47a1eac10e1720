import { HalfnoteError } from '../../errors';
import { isObject } from '../run/json';
import { sourceOf, type Cell, type Notebook } from '../run/notebook';

/** What nbgrader's metadata says of a cell. */
export interface GradedCell {
  readonly id: string;
  readonly maxPoints: number;
  /** By its tests, or by a person. */
  readonly graded: 'tests' | 'by-hand';
}

interface Marks {
  readonly id: string;
  readonly isGraded: boolean;
  readonly isSolution: boolean;
  readonly isLocked: boolean;
  readonly points: number;
}

/** nbgrader's marks of a cell; undefined where it has none. */
function marksOf({ metadata }: Cell): Marks | undefined {
  const { nbgrader } = metadata;
  if (!isObject(nbgrader) || typeof nbgrader['grade_id'] !== 'string') return undefined;
  const { grade_id: id, grade, solution, locked, points } = nbgrader;
  return {
    id,
    isGraded: grade === true,
    isSolution: solution === true,
    isLocked: solution !== true && (grade === true || locked === true),
    points: typeof points === 'number' ? points : 0,
  };
}

/**
 * The cells of a solution that give points, in their order.
 * @throws HalfnoteError `nothing-to-grade`.
 */
export function gradedCells(path: string, { cells }: Notebook): readonly GradedCell[] {
  const graded = cells.flatMap((cell): GradedCell[] => {
    const marks = marksOf(cell);
    if (marks?.isGraded !== true) return [];
    const { id, points: maxPoints, isSolution } = marks;
    return [{ id, maxPoints, graded: isSolution ? 'by-hand' : 'tests' }];
  });
  if (graded.length > 0) return graded;
  throw new HalfnoteError(
    'nothing-to-grade',
    `${path} has no cell that nbgrader's metadata give points.`,
    'Name the solution of an assignment, as `npm run course` makes it: --against solution.ipynb.',
  );
}

/** A submission as it is graded, and where its graded cells are in it. */
export interface Merged {
  readonly notebook: Notebook;
  /** Graded cells by id: their place in the list of cells. */
  readonly places: ReadonlyMap<string, number>;
  /** Cells with tests that the submission lacked, and that were put back. */
  readonly putBack: ReadonlySet<string>;
}

/**
 * A submission with the solution's tests, as nbgrader does it: cells that students may not change are the
 * solution's, cells with tests that are missing are put back behind what stands before them there.
 */
export function withTests(submission: Notebook, solution: Notebook): Merged {
  const fixed = new Map(
    solution.cells.flatMap((cell): [string, Cell][] => {
      const marks = marksOf(cell);
      return marks?.isLocked === true ? [[marks.id, cell]] : [];
    }),
  );
  const seen = new Set<string>();
  const cells = submission.cells.map((cell) => {
    const id = marksOf(cell)?.id;
    if (id === undefined) return cell;
    // A copy of a cell gives no points.
    if (seen.has(id)) return { ...cell, metadata: without(cell.metadata, 'nbgrader') };
    seen.add(id);
    const own = fixed.get(id);
    return own === undefined
      ? cell
      : { ...cell, cell_type: own.cell_type, source: sourceOf(own), metadata: own.metadata };
  });
  const putBack = new Set<string>();
  let before: string | undefined;
  for (const cell of solution.cells) {
    const marks = marksOf(cell);
    if (marks === undefined) continue;
    if (marks.isLocked && !seen.has(marks.id)) {
      const previous = before;
      const at = cells.findIndex((other) => marksOf(other)?.id === previous);
      cells.splice(previous === undefined ? 0 : at < 0 ? cells.length : at + 1, 0, cell);
      seen.add(marks.id);
      putBack.add(marks.id);
    }
    before = marks.id;
  }
  const places = new Map(
    cells.flatMap((cell, i): [string, number][] => {
      const id = marksOf(cell)?.id;
      return id === undefined ? [] : [[id, i]];
    }),
  );
  return { notebook: { ...submission, cells }, places, putBack };
}

function without(metadata: Cell['metadata'], name: string): Cell['metadata'] {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== name));
}
