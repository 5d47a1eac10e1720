import {
  costsOf,
  frontOf,
  worthsOf,
  type PrecisionRow,
  type PrecisionTable,
} from 'halfnote/mime/precision';

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
