import { element } from '../dom/element';
import { orderOf } from './sort-key';

const DONE = 'hnSortable';

/** Lets the tables within a node that `selector` finds be sorted by a click on a column's name. */
export function makeSortable(within: Element, selector: string): void {
  const found = within.matches(selector) ? [within] : [...within.querySelectorAll(selector)];
  for (const table of found) if (table instanceof HTMLTableElement) prepare(table);
}

function prepare(table: HTMLTableElement): void {
  if (DONE in table.dataset) return;
  const [body] = table.tBodies;
  const names = [...(table.tHead?.rows ?? [])].at(-1);
  if (body === undefined || names === undefined || body.rows.length < 2) return;
  const rows = [...body.rows];
  const width = names.cells.length;
  // Where cells span columns or rows, the order says something.
  if (rows.some((row) => row.cells.length !== width || [...row.cells].some(spans))) return;
  table.dataset[DONE] = '';
  for (const [column, cell] of [...names.cells].entries()) {
    if (cell.textContent.trim() === '') continue;
    const button = element('button', { type: 'button', class: 'hn-sort', title: 'Sort' }, [
      ...cell.childNodes,
    ]);
    cell.replaceChildren(button);
    button.addEventListener('click', () => {
      const next = afterClick(cell.getAttribute('aria-sort'));
      for (const other of names.cells) other.removeAttribute('aria-sort');
      if (next === undefined) body.replaceChildren(...rows);
      else {
        cell.setAttribute('aria-sort', next);
        const texts = rows.map((row) => row.cells[column]?.textContent.trim() ?? '');
        const order = orderOf(texts, next === 'descending');
        body.replaceChildren(...order.flatMap((i) => rows[i] ?? []));
      }
    });
  }
}

function spans({ colSpan, rowSpan }: HTMLTableCellElement): boolean {
  return colSpan > 1 || rowSpan > 1;
}

/** The largest first, then the smallest, then as it was. */
function afterClick(sort: string | null): 'descending' | 'ascending' | undefined {
  if (sort === null) return 'descending';
  return sort === 'descending' ? 'ascending' : undefined;
}
