import { element, type Child } from './element';
import { keepChildren } from './keep';
import { OWN_KEYS } from './own-keys';

export interface PlainColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Child;
}

/** A small table in the order of its rows: the first column names the row, the others are figures. */
export class PlainTable<Row> {
  readonly node: HTMLElement;
  readonly #body: HTMLTableSectionElement;
  readonly #columns: readonly PlainColumn<Row>[];

  constructor(caption: string, columns: readonly PlainColumn<Row>[]) {
    this.#columns = columns;
    this.#body = element('tbody');
    const head = columns.map(({ title }, index) =>
      element('th', { scope: 'col', class: index === 0 ? undefined : 'hn-number' }, [title]),
    );
    const table = element('table', { class: 'hn-table hn-plain' }, [
      element('caption', {}, [caption]),
      element('thead', {}, [element('tr', {}, head)]),
      this.#body,
    ]);
    this.node = element('div', { class: 'hn-scroll', tabindex: 0, role: 'group', ...OWN_KEYS }, [
      table,
    ]);
    this.node.setAttribute('aria-label', caption);
  }

  update(rows: readonly Row[], rowClass?: (row: Row) => string): void {
    keepChildren(
      this.#body,
      rows.map((row) =>
        element(
          'tr',
          { class: rowClass?.(row) },
          this.#columns.map(({ cell }, index) =>
            index === 0
              ? element('th', { scope: 'row' }, [cell(row)])
              : element('td', { class: 'hn-number' }, [cell(row)]),
          ),
        ),
      ),
    );
  }
}
