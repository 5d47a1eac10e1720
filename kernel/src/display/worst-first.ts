import { type Fallback, fold, stacked, table } from './fallback';
import type { Column, Row, TableOptions } from './table';

/** Rows that one reads before one asks for more. */
const SHOWN = 5;

export interface WorstFirstOptions extends TableOptions {
  /** What a row is, in the plural: `layers`. */
  readonly what: string;
  /** By what the rows are ordered, as the head of the few says it: `largest error first`. */
  readonly order: string;
  /** Rows that stand below the few, and below all: totals. */
  readonly foot?: readonly Row[];
}

/**
 * Rows, the worst first: five of them, and all in the given order below a fold; few are shown as they are.
 * In text, where nothing folds, there is only the whole.
 * @param rank The rows' order by harm: indices into `rows`, the worst first
 */
export function worstFirst(
  columns: readonly Column[],
  rows: readonly Row[],
  rank: readonly number[],
  { what, order, foot = [], ...options }: WorstFirstOptions,
): Fallback {
  const all = table(columns, [...rows, ...foot], options);
  if (rows.length <= SHOWN + 1) return all;
  const worst = rank.slice(0, SHOWN).flatMap((index) => {
    const row = rows[index];
    return row === undefined ? [] : [row];
  });
  const caption = [options.caption, `${SHOWN} of ${rows.length} ${what}, ${order}`]
    .filter((part) => part !== undefined)
    .join(': ');
  const few = table(columns, [...worst, ...foot], { ...options, caption });
  const { html } = stacked(few, fold(`All ${rows.length} ${what}`, all));
  return { ...all, html };
}
