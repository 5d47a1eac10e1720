import { INJECTED } from '../cell-name';
import type { Report } from '../schema';
import { sha256, type Sha256 } from '../../hashing/canonical';
import { textHash } from '../../studies/notebook-hash';

/** A cell of a notebook as far as a report is concerned. */
export interface ReportedCell {
  /** In the notebook's own list of cells, as its file has it; `INJECTED` of the cell of `--param`. */
  readonly index: number;
  /** Null where the notebook gave it none. */
  readonly id: string | null;
  readonly type: string;
  readonly source: string;
}

/**
 * The hash of a notebook's text: types and sources of its cells, without outputs and metadata. The same
 * with any `--param`, whose cell has a hash of its own.
 */
export function notebookHash(cells: readonly ReportedCell[]): Sha256 {
  const own = cells.filter(({ index }) => index !== INJECTED);
  return textHash(own.map(({ type, source }) => ({ cell_type: type, source })));
}

/**
 * The identity of the code cells.
 * @param orders the execution count by index of the cell, of those that ran.
 */
export function cellIdentities(
  cells: readonly ReportedCell[],
  orders: ReadonlyMap<number, number | null>,
): Report['identity']['cells'] {
  return cells
    .filter(({ type }) => type === 'code')
    .map(({ index, id, source }) => ({
      index,
      id,
      hash: sha256(source),
      order: orders.get(index) ?? null,
    }));
}
