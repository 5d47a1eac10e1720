import { ABSENT } from 'halfnote/mime';
import { errorText, relativeText, shown, ulpText } from 'halfnote/mime/inspection';
import { element } from '../dom/element';
import type { Column } from '../dom/table';
import { bitsCell } from './bits';
import type { Row } from './row';

export const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'format',
    title: 'Format',
    hint: 'A number format',
    value: ({ format }) => format.label,
    cell: ({ format }) => format.label,
  },
  {
    id: 'bits',
    title: 'Bits',
    hint: 'Sign, exponent and significand; click one to turn it',
    value: ({ bits }) => bits.length,
    cell: bitsCell,
  },
  {
    id: 'code',
    title: 'Code',
    hint: 'The bits in hexadecimal, and the scale beside them',
    value: ({ code }) => code,
    cell: ({ reading, format }) =>
      element('code', {}, [
        reading.hex + (format.unit === null ? '' : ` × ${ulpText(Number(format.unit))}`),
      ]),
  },
  numeric('value', 'Value', 'What the code stands for', ({ reading }) => reading.value, shown),
  numeric(
    'error',
    'Error',
    'Distance from the number',
    ({ reading }) => reading.absoluteError,
    (error) => errorText(error),
  ),
  numeric(
    'relative',
    'Relative error',
    'The same over the number',
    ({ reading }) => reading.relativeError,
    (error) => relativeText(error),
  ),
  numeric(
    'ulp',
    'ulp',
    'Distance to the next value away from zero',
    ({ reading }) => reading.ulp,
    ulpText,
  ),
  {
    id: 'status',
    title: 'Status',
    hint: 'What became of the number, or what the turned code is',
    value: ({ reading }) => reading.status,
    cell: ({ reading }) => reading.status,
  },
];

export const NEIGHBORS = [
  { title: 'Format', cell: ({ format }: Row) => format.label },
  { title: 'Next below', cell: ({ reading }: Row) => orAbsent(reading.below) },
  { title: 'Value', cell: ({ reading }: Row) => shown(reading.value) },
  { title: 'Next above', cell: ({ reading }: Row) => orAbsent(reading.above) },
];

export function orAbsent(value: number | undefined): string {
  return value === undefined ? ABSENT : shown(value);
}

function numeric(
  id: string,
  title: string,
  hint: string,
  value: (row: Row) => number,
  show: (value: number) => string,
): Column<Row> {
  return { id, title, hint, numeric: true, value, cell: (row) => show(value(row)) };
}
