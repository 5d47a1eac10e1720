import { type Fallback, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, bytes, si } from '../../display/units';

export interface ExplanationCast {
  /** `fp32 → bf16`, or `rounded to bf16` for values that stay in the bytes of fp32. */
  readonly what: string;
  readonly count: number;
  readonly bytes: number;
  readonly seconds: number;
}

export interface ExplanationRow {
  readonly layer: string;
  readonly direction: 'forward' | 'backward';
  readonly op: string;
  readonly calls: number;
  /** What the op gives; for a product that reads another format, that too: `E4M3 × E4M3 → bf16`. */
  readonly format: string;
  readonly execution: 'native' | 'simulated';
  readonly engine: string;
  /** Each may hold for many ops: they are shown once, and numbered. */
  readonly causes: readonly string[];
  readonly casts: readonly ExplanationCast[];
}

/** What casts' columns stand under. */
export const CASTS = 'Casts';

const COLUMNS: readonly Column[] = [
  { header: 'Op' },
  { header: 'Pass', align: 'left' },
  { header: 'Calls' },
  { header: 'Format', align: 'left' },
  { header: 'Execution', align: 'left' },
  { header: 'made', align: 'left', group: CASTS },
  { header: 'bytes', group: CASTS },
  { header: 'time', group: CASTS },
  { header: 'Why', align: 'left' },
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
  const { op, direction, calls, format, execution, casts } = row;
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
    causeNumbers([row], reasons),
  ];
}

/** The numbers of what holds for some of the ops, in the list of reasons. */
export function causeNumbers(
  rows: readonly Pick<ExplanationRow, 'causes'>[],
  reasons: readonly string[],
): string {
  const numbers = new Set(
    rows.flatMap(({ causes }) => causes.map((cause) => reasons.indexOf(cause))),
  );
  return [...numbers]
    .sort((a, b) => a - b)
    .map((index) => index + 1)
    .join(', ');
}
