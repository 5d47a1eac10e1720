import { element } from '../dom/element';
import { holds, isLong, RowFilter } from '../dom/row-filter';
import { afterClick, orderBy } from '../dom/sort-order';
import { keysOf } from './sort-key';

const DONE = 'hnSortable';

/** Lets the tables within a node that `selector` finds be sorted by a click on a column's name, and long ones be filtered. */
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
  sortBy(names, body, rows);
  if (isLong(rows.length)) addFilter(table, rows);
}

function sortBy(
  names: HTMLTableRowElement,
  body: HTMLTableSectionElement,
  rows: readonly HTMLTableRowElement[],
): void {
  for (const [column, cell] of [...names.cells].entries()) {
    if (cell.textContent.trim() === '') continue;
    const button = element('button', { type: 'button', class: 'hn-sort', title: 'Sort' }, [
      ...cell.childNodes,
    ]);
    cell.replaceChildren(button);
    button.addEventListener('click', () => {
      const texts = rows.map((row) => row.cells[column]?.textContent.trim() ?? '');
      const { numeric, keys } = keysOf(texts);
      const sort = cell.getAttribute('aria-sort');
      const now = sort === 'ascending' || sort === 'descending' ? sort : undefined;
      const next = afterClick(now, numeric);
      for (const other of names.cells) other.removeAttribute('aria-sort');
      if (next === undefined) body.replaceChildren(...rows);
      else {
        cell.setAttribute('aria-sort', next);
        body.replaceChildren(...orderBy(keys, next).flatMap((i) => rows[i] ?? []));
      }
    });
  }
}

/** Above the box that the table scrolls in; rows that aren't asked for are hidden, in whatever order they are. */
function addFilter(table: HTMLTableElement, rows: readonly HTMLTableRowElement[]): void {
  const filter = new RowFilter((query) => {
    const found = rows.filter((row) => {
      const texts = [...row.cells].map((cell) => `${cell.textContent} ${cell.title}`);
      row.hidden = !holds(texts.join(' '), query);
      return !row.hidden;
    });
    filter.say(found.length, rows.length);
  });
  const box = table.parentElement;
  (box !== null && box.childElementCount === 1 ? box : table).before(filter.node);
}

function spans({ colSpan, rowSpan }: HTMLTableCellElement): boolean {
  return colSpan > 1 || rowSpan > 1;
}
