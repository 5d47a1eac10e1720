import { decodeNumber, type WireNumber } from '../../display/numbers';
import { scoreChange } from './score-words';
import type { PrecisionRow, PrecisionTable } from './table';

/** Figures of which a table marks the best. */
export type Ranked = 'score' | 'speedup' | 'latency' | 'energy' | 'weights' | 'sqnr' | 'error';

/** What stands before the best figure of a column, in bold: not told by color. */
export const BEST = '★';

type Pick = (row: PrecisionRow) => WireNumber | null | undefined;

const LEAST: Readonly<Partial<Record<Ranked, Pick>>> = {
  latency: ({ latencyS }) => latencyS?.median,
  energy: ({ energyJ }) => energyJ?.value,
  weights: ({ weightBytes }) => weightBytes,
  // Those of fp32 itself are no achievement.
  error: ({ maxError, sqnrDb }) => (decodeNumber(sqnrDb) === Infinity ? null : maxError),
};

const MOST: Readonly<Partial<Record<Ranked, Pick>>> = {
  speedup: ({ speedup }) => speedup,
  sqnr: ({ sqnrDb }) => (decodeNumber(sqnrDb) === Infinity ? null : sqnrDb),
};

/** The formats whose figure is the best of its column, where there are two to compare; a score only where it is shown to be better. */
export function bestFormats(table: PrecisionTable): ReadonlyMap<Ranked, ReadonlySet<string>> {
  const { rows, metric } = table;
  const areTimesValid = table.trials?.valid !== false;
  const best = new Map<Ranked, ReadonlySet<string>>();
  const mark = (column: Ranked, pick: Pick, sign: 1 | -1, among = rows): void => {
    const figures = among.flatMap((row) => {
      const figure = pick(row);
      const value = figure === null || figure === undefined ? NaN : sign * decodeNumber(figure);
      return Number.isFinite(value) ? [{ format: row.format, value }] : [];
    });
    const top = figures.reduce((most, { value }) => Math.max(most, value), -Infinity);
    const named = figures.filter(({ value }) => value === top).map(({ format }) => format);
    if (named.length > 0 && (named.length < figures.length || among !== rows))
      best.set(column, new Set(named));
  };
  for (const [column, pick] of Object.entries(LEAST)) mark(column as Ranked, pick, -1);
  for (const [column, pick] of Object.entries(MOST)) mark(column as Ranked, pick, 1);
  const better = rows.filter((row) => scoreChange(row, table) === 'better');
  mark('score', ({ score }) => score, metric === 'accuracy' ? 1 : -1, better);
  if (!areTimesValid)
    for (const column of ['latency', 'speedup', 'energy'] as const) best.delete(column);
  return best;
}
