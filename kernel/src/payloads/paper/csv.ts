import { ABSENT } from '../../display/units';
import { headOf, type Grid } from './grid';

/** As most programs read them. */
const WRITTEN: Readonly<Record<string, string>> = {
  [ABSENT]: '',
  '∞': 'inf',
  '-∞': '-inf',
  '−∞': '-inf',
  NaN: 'nan',
};

/** RFC 4180: commas, lines ended by CR LF, quotes where a cell needs them. What is missing is empty. */
export function asCsv({ columns, rows }: Grid): string {
  const cells = rows.map((row) => row.map(({ text, figure }) => figure ?? WRITTEN[text] ?? text));
  return [columns.map((column) => headOf(column)), ...cells]
    .map((row) => `${row.map(quoted).join(',')}\r\n`)
    .join('');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
