/** A table as text, cell by cell. */
export interface Grid {
  readonly caption: string;
  /** One name a column; of grouped columns `group: name`. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a table of the page says, in the order in which it is shown. */
export function gridOf(table: HTMLTableElement): Grid {
  const names = [...(table.tHead?.rows ?? [])].map((row) => [...row.cells].flatMap(spanned));
  const last = names.at(-1) ?? [];
  const groups = names.length > 1 ? (names[0] ?? []) : [];
  return {
    caption: textOf(table.caption),
    head: last.map((name, i) => [groups[i], name].filter(Boolean).join(': ')),
    rows: [...table.tBodies].flatMap((body) =>
      [...body.rows].filter(({ hidden }) => !hidden).map((row) => [...row.cells].flatMap(spanned)),
    ),
  };
}

/** Its text, once for each column that it spans. */
function spanned(cell: HTMLTableCellElement): string[] {
  return Array<string>(cell.colSpan).fill(wholeText(cell));
}

/** Long texts are shown short, with the whole as their title. */
function wholeText(cell: HTMLTableCellElement): string {
  return cell.title === '' || cell.tagName === 'TH' ? textOf(cell) : cell.title;
}

function textOf(node: Node | null): string {
  return (node?.textContent ?? '').replace(/\s+/g, ' ').trim();
}
