import { element, type Child } from './element';
import { keepChildren } from './keep';
import { OWN_KEYS } from './own-keys';
import { holds, isLong, RowFilter } from './row-filter';
import { afterClick, type Direction, orderBy } from './sort-order';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** How the figures were found, or of what: a second line in the head. */
  readonly subtitle?: string;
  /** What the column means, with its unit. */
  readonly hint: string;
  /** The value to sort by; undefined sorts last. */
  readonly value: (row: Row) => number | string | undefined;
  readonly cell: (row: Row) => Child;
  readonly numeric?: boolean;
  /** Neighbors with the same group stand under one head. */
  readonly group?: string;
}

export interface Sort {
  readonly column: string;
  readonly direction: Direction;
}

interface Options<Row> {
  readonly caption: string;
  columns: readonly Column<Row>[];
  readonly rowClass?: (row: Row) => string;
  readonly sort?: Sort | undefined;
  /** False where what is around the table filters its rows. Default: long tables have a field for it. */
  readonly hasFilter?: boolean;
}

/** Rows that one reads, and a page bears; what comes after them is reached by sorting. */
const MOST_ROWS = 200;

/** The rows in the order of `sort`; rows without a value come last either way. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | undefined,
): readonly Row[] {
  const column = columns.find(({ id }) => id === sort?.column);
  if (column === undefined || sort === undefined) return rows;
  return orderBy(rows.map(column.value), sort.direction).flatMap((i) => rows[i] ?? []);
}

/** A real table that sorts by a click on a column's name, and shows the rows asked for. The first column names the row. */
export class SortableTable<Row> {
  readonly node: HTMLElement;
  readonly #options: Options<Row>;
  readonly #head = element('thead');
  readonly #body: HTMLTableSectionElement;
  readonly #caption: HTMLElement;
  readonly #filter: RowFilter | undefined;
  #rows: readonly Row[] = [];
  #sort: Sort | undefined;

  constructor(options: Options<Row>) {
    this.#options = options;
    this.#sort = options.sort;
    this.#body = element('tbody');
    this.#caption = element('caption', {}, [options.caption]);
    const table = element('table', { class: 'hn-table' }, [this.#caption, this.#head, this.#body]);
    const scroll = element('div', { class: 'hn-scroll', tabindex: 0, role: 'group', ...OWN_KEYS }, [
      table,
    ]);
    scroll.setAttribute('aria-label', options.caption);
    if (options.hasFilter !== false)
      this.#filter = new RowFilter(() => {
        this.update(this.#rows);
      });
    this.node = element('div', {}, [...(this.#filter ? [this.#filter.node] : []), scroll]);
    this.#showHead();
  }

  /** Other columns may say other things of the rows; the reader's order stays. */
  setColumns(columns: readonly Column<Row>[]): void {
    this.#options.columns = columns;
    this.#showHead();
  }

  update(rows: readonly Row[]): void {
    this.#rows = rows;
    const { caption, columns, rowClass } = this.#options;
    const query = this.#filter?.query ?? '';
    const found = query === '' ? rows : rows.filter((row) => holds(this.#textOf(row), query));
    if (this.#filter !== undefined) {
      this.#filter.node.hidden = !isLong(rows.length);
      this.#filter.say(found.length, rows.length);
    }
    this.#caption.textContent =
      found.length > MOST_ROWS
        ? `${caption}: the first ${MOST_ROWS} of ${found.length.toLocaleString('en')} rows in this order`
        : caption;
    const shown = sorted(found, columns, this.#sort).slice(0, MOST_ROWS);
    keepChildren(
      this.#body,
      shown.map((row) =>
        element(
          'tr',
          { class: rowClass?.(row) },
          columns.map((column, index) =>
            index === 0
              ? element('th', { scope: 'row' }, [column.cell(row)])
              : element('td', { class: column.numeric === true ? 'hn-number' : undefined }, [
                  column.cell(row),
                ]),
          ),
        ),
      ),
    );
  }

  /** What a row shows, cell by cell. */
  #textOf(row: Row): string {
    return this.#options.columns
      .map(({ cell }) => element('span', {}, [cell(row)]).textContent)
      .join(' ');
  }

  #showHead(): void {
    const { columns } = this.#options;
    const names = element(
      'tr',
      {},
      columns.map((column) => this.#header(column)),
    );
    keepChildren(this.#head, [...groupHeads(columns), names]);
  }

  #header(column: Column<Row>): HTMLElement {
    const button = element('button', { type: 'button', class: 'hn-sort', title: column.hint }, [
      column.title,
      ...(column.subtitle === undefined
        ? []
        : [' ', element('span', { class: 'hn-subtitle' }, [column.subtitle])]),
    ]);
    const cell = element(
      'th',
      { scope: 'col', class: column.numeric === true ? 'hn-number' : undefined },
      [button],
    );
    button.addEventListener('click', () => {
      this.#toggle(column.id, column.numeric === true);
      const head = button.closest('th');
      for (const other of this.#head.querySelectorAll('th')) other.removeAttribute('aria-sort');
      if (this.#sort !== undefined) head?.setAttribute('aria-sort', this.#sort.direction);
      this.update(this.#rows);
    });
    if (this.#sort?.column === column.id) cell.setAttribute('aria-sort', this.#sort.direction);
    return cell;
  }

  #toggle(column: string, numeric: boolean): void {
    const now = this.#sort?.column === column ? this.#sort.direction : undefined;
    const direction = afterClick(now, numeric);
    this.#sort = direction === undefined ? undefined : { column, direction };
  }
}

/** The row above the column names, when columns are grouped. */
function groupHeads<Row>(columns: readonly Column<Row>[]): HTMLElement[] {
  if (columns.every(({ group }) => group === undefined)) return [];
  const spans: { group: string | undefined; span: number }[] = [];
  for (const { group } of columns) {
    const last = spans.at(-1);
    if (last !== undefined && last.group === group) last.span += 1;
    else spans.push({ group, span: 1 });
  }
  return [
    element(
      'tr',
      { class: 'hn-groups' },
      spans.map(({ group, span }) =>
        group === undefined
          ? element('td', { colspan: span })
          : element('th', { colspan: span, scope: 'colgroup' }, [group]),
      ),
    ),
  ];
}
