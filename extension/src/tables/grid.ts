import { gridOf as paperGrid, type Grid } from 'halfnote/mime/paper';

/** What a table of the page says, in the order in which it is shown. */
export function gridOf(table: HTMLTableElement, notes: readonly string[] = []): Grid {
  const names = [...(table.tHead?.rows ?? [])].map((row) => [...row.cells].flatMap(spanned));
  const last = names.at(-1) ?? [];
  const groups = names.length > 1 ? (names[0] ?? []) : [];
  const columns = last.map((header, i) => {
    const group = groups[i] ?? '';
    return group === '' ? { header } : { header, group };
  });
  const rows = [...table.tBodies].flatMap((body) =>
    [...body.rows].filter(({ hidden }) => !hidden).map((row) => [...row.cells].flatMap(spanned)),
  );
  return paperGrid({ caption: textOf(table.caption), columns, rows }, notes);
}

/** Its text, once for each column that it spans. */
function spanned(cell: HTMLTableCellElement): string[] {
  return Array<string>(cell.colSpan).fill(wholeText(cell));
}

/** Long texts are shown short, with the whole as their title. */
function wholeText(cell: HTMLTableCellElement): string {
  return cell.title === '' || cell.tagName === 'TH' ? textOf(cell) : cell.title;
}

/** Without the star of the best of a column, which is no part of a figure. */
function textOf(node: Node | null): string {
  return (node?.textContent ?? '').replace(/\s+/g, ' ').replace(/^ ?★ /, '').trim();
}
