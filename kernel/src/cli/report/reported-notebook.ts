import { readFileSync } from 'node:fs';
import { INJECTED } from '../../report/cell-name';
import type { ReportedCell } from '../../report/identity/cells';
import { isObject } from '../run/json';
import { readNotebook, sourceOf, type Notebook } from '../run/notebook';
import { readParameter, withParameters } from '../run/parameters';

export interface ReportedNotebook {
  /** As it runs: with its parameters set. */
  readonly notebook: Notebook;
  /** One for each cell of `notebook`, named as the file names it. */
  readonly cells: readonly ReportedCell[];
}

/**
 * A notebook with its parameters set, as it runs under `halfnote report`.
 * @throws HalfnoteError as `readNotebook`, `readParameter` and `withParameters` do.
 */
export function reportedNotebook(path: string, param: readonly string[]): ReportedNotebook {
  const own = readNotebook(path);
  const notebook = withParameters(own, new Map(param.map(readParameter)));
  const given = givenIds(path);
  const cells = notebook.cells.map((cell) => ({
    index: own.cells.includes(cell) ? own.cells.indexOf(cell) : INJECTED,
    id: given.has(cell.id) ? cell.id : null,
    type: cell.cell_type,
    source: sourceOf(cell),
  }));
  return { notebook, cells };
}

/** Reading a notebook gives ids to cells that have none, new ones each time. */
function givenIds(path: string): ReadonlySet<unknown> {
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const cells = isObject(content) && Array.isArray(content['cells']) ? content['cells'] : [];
  return new Set(cells.map((cell) => (isObject(cell) ? cell['id'] : undefined)));
}
