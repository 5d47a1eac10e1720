import { element } from './element';
import { OWN_KEYS } from './own-keys';

/** Tables of up to so many rows are seen whole. */
const FEW_ROWS = 10;

/** Whether a table is long enough to look for rows in it. */
export function isLong(rows: number): boolean {
  return rows > FEW_ROWS;
}

/** Whether a row's text holds all words of a query, in whatever case. */
export function holds(text: string, query: string): boolean {
  const said = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}

/** A field that asks for rows, and says how many there are, to a screen reader too. */
export class RowFilter {
  readonly node: HTMLElement;
  readonly #field: HTMLInputElement;
  readonly #found = element('span', { role: 'status', class: 'hn-found' });

  constructor(changed: (query: string) => void) {
    this.#field = element('input', { type: 'search', class: 'hn-filter-field', ...OWN_KEYS });
    this.node = element('div', { class: 'hn-filter' }, [
      element('label', {}, ['Filter rows ', this.#field]),
      this.#found,
    ]);
    this.#field.addEventListener('input', () => {
      changed(this.query);
    });
  }

  get query(): string {
    return this.#field.value.trim();
  }

  /** Says how many rows are left; nothing while none is asked for. */
  say(found: number, all: number): void {
    const text = this.query === '' ? '' : `${found} of ${all} rows`;
    if (this.#found.textContent !== text) this.#found.textContent = text;
  }
}
