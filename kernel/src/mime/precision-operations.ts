import { type Fallback, table } from './fallback';
import type { ExplanationCast, ExplanationRow } from './precision-explanation';
import type { Column, Row } from './table';
import { ABSENT, bytes, si } from './units';

const COLUMNS: readonly Column[] = [
  { header: 'Op' },
  { header: 'Pass', align: 'left' },
  { header: 'Calls' },
  { header: 'Format', align: 'left' },
  { header: 'Execution', align: 'left' },
  { header: 'Casts', align: 'left' },
  { header: 'Cast bytes' },
  { header: 'Cast time' },
  { header: 'Why' },
];

/** The ops of one layer; `reasons` are those that the column Why numbers. */
export function operationTable(
  rows: readonly ExplanationRow[],
  reasons: readonly string[],
): Fallback {
  return table(
    COLUMNS,
    rows.map((row) => operation(row, reasons)),
  );
}

function operation(row: ExplanationRow, reasons: readonly string[]): Row {
  const { op, direction, calls, format, execution, casts, why } = row;
  const total = (of: (cast: ExplanationCast) => number): number =>
    casts.reduce((sum, cast) => sum + of(cast), 0);
  const [size, time] = [total((cast) => cast.bytes), total((cast) => cast.seconds)];
  return [
    op,
    direction,
    String(calls),
    format,
    execution,
    casts.map(({ what, count }) => `${count} ${what}`).join(', ') || ABSENT,
    casts.length === 0 ? ABSENT : bytes(size),
    casts.length === 0 ? ABSENT : si(time, 's'),
    String(reasons.indexOf(why) + 1),
  ];
}
