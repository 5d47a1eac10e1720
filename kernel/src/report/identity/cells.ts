import type { Report } from '../schema';
import { hashOf, sha256, type Sha256 } from './canonical';

/** A cell of a notebook as far as a report is concerned. */
export interface ReportedCell {
  /** In the notebook's list of cells. */
  readonly index: number;
  /** Null where the notebook gave it none. */
  readonly id: string | null;
  readonly type: string;
  readonly source: string;
}

/** The hash of a notebook's text: types and sources of its cells, without outputs and metadata. */
export function notebookHash(cells: readonly ReportedCell[]): Sha256 {
  return hashOf(cells.map(({ type, source }) => ({ type, source })));
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
