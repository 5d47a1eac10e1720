import {
  costsOf,
  frontOf,
  worthsOf,
  type PrecisionRow,
  type PrecisionTable,
} from 'halfnote/mime/precision';
import { element } from '../dom/element';

/** Rows that one reads before one asks for more. */
const SHOWN = 5;

/** The formats that a long table begins with, in its order: the baseline and those on a front, then others while there is room. */
export function firstRows(table: PrecisionTable): readonly PrecisionRow[] {
  const { rows, baseline } = table;
  if (rows.length <= SHOWN + 1) return rows;
  const [worth = 'sqnr'] = worthsOf(table);
  const fronts = costsOf(table).flatMap((cost) =>
    frontOf(table, cost, worth).points.flatMap((point) => (point.isOnFront ? [point.format] : [])),
  );
  const ranked = [
    ...rows.filter(({ format }) => format === baseline),
    ...rows.filter(({ format }) => format !== baseline && fronts.includes(format)),
    ...rows.filter(({ format }) => format !== baseline && !fronts.includes(format)),
  ];
  const first = new Set(ranked.slice(0, SHOWN));
  return rows.filter((row) => first.has(row));
}

/** A button below a long table that shows all of it, or the first rows again. */
export class AllRows {
  readonly node = element('button', { type: 'button', class: 'hn-button' });
  #isOpen = false;

  constructor(changed: () => void) {
    this.node.addEventListener('click', () => {
      this.#isOpen = !this.#isOpen;
      changed();
    });
  }

  /** The rows to show. */
  rowsOf(table: PrecisionTable): readonly PrecisionRow[] {
    const first = firstRows(table);
    const all = table.rows.length;
    this.node.hidden = first.length === all;
    this.node.setAttribute('aria-expanded', String(this.#isOpen));
    this.node.textContent = this.#isOpen
      ? 'Only the first formats'
      : `All ${all} formats (${first.length} shown: the baseline and the front first)`;
    return this.#isOpen ? table.rows : first;
  }
}
