import { hashOf, type Sha256 } from '../hashing/canonical';

/** A cell as the file of a notebook has it: its source one text or lines. */
export interface StoredCell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
}

/** The hash of a notebook's text as its report has it: types and sources of its cells, without outputs. */
export function textHash(cells: readonly StoredCell[]): Sha256 {
  return hashOf(
    cells.map(({ cell_type, source }) => ({ type: cell_type, source: [source].flat().join('') })),
  );
}
