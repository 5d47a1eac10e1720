import { asCsv, asLatex, asMarkdown, type Grid } from 'halfnote/mime/paper';
import { gridOf } from './grid';

const WRITTEN: Readonly<Record<'CSV' | 'Markdown' | 'LaTeX', (grid: Grid) => string>> = {
  CSV: asCsv,
  Markdown: asMarkdown,
  LaTeX: (grid) => asLatex(grid),
};

/** How a table is written as text, and how files of it end. */
export const TABLE_FORMATS = { CSV: 'csv', Markdown: 'md', LaTeX: 'tex' } as const;

export type TableFormat = keyof typeof TABLE_FORMATS;

/** A table of the page as text, to be put into a paper. */
export function tableAs(
  format: TableFormat,
  table: HTMLTableElement,
  notes: readonly string[] = [],
): string {
  return WRITTEN[format](gridOf(table, notes));
}
