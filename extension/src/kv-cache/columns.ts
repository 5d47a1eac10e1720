import { ABSENT, bytes, percent } from 'halfnote/mime';
import { bar } from '../dom/bar';
import { element } from '../dom/element';
import type { Column } from '../dom/table';
import type { Row } from './extent';

const count = (n: number): string => n.toLocaleString('en');
const orAbsent = (n: number): string => (n === 0 ? ABSENT : bytes(n));

const NAME: Column<Row> = {
  id: 'name',
  title: 'Format',
  hint: 'What keys and values are kept in',
  value: ({ name }) => name,
  cell: ({ name }) => name,
};
const TOTAL: Column<Row> = {
  ...figure(
    'total',
    'Total',
    'Keys, values, scales and the newest tokens',
    (row) => row.bytes.totalBytes,
  ),
  cell: ({ bytes: { totalBytes }, share, limitShare }) =>
    element('span', { class: 'hn-barred' }, [bytes(totalBytes), bar(share, limitShare)]),
};
const SCALES = figure(
  'scales',
  'Scales',
  'Scales and zero points',
  (row) => row.bytes.scaleBytes,
  orAbsent,
);
const NEWEST = figure(
  'newest',
  'Newest in fp32',
  'Tokens that are not coded yet',
  (row) => row.bytes.residualBytes,
  orAbsent,
);
const OTHERS = [
  figure('share', 'of fp32', 'Over keys and values in fp32', (row) => row.ofFp32, percent),
  figure(
    'token',
    'Per token',
    'Of one sequence',
    (row) => row.bytes.bytesPerToken,
    (n) => bytes(Math.round(n)),
  ),
];
const FIT: readonly Column<Row>[] = [
  {
    id: 'left',
    title: 'On the device',
    hint: 'What is left of its memory, or missing',
    numeric: true,
    value: ({ leftBytes }) => leftBytes,
    cell: ({ leftBytes = 0 }) =>
      leftBytes < 0
        ? element('span', { class: 'hn-worrying' }, [`✗ ${bytes(-leftBytes)} short`])
        : `✓ ${bytes(leftBytes)} left`,
  },
  figure(
    'longest',
    'Longest context',
    'Tokens that fit at this batch',
    (row) => row.longest ?? 0,
    count,
  ),
  figure(
    'largest',
    'Largest batch',
    'Sequences of this length that fit',
    (row) => row.largest ?? 0,
    count,
  ),
];

/** Columns that say something of these rows. */
export function columnsOf(rows: readonly Row[]): readonly Column<Row>[] {
  const some = (of: (row: Row) => number): boolean => rows.some((row) => of(row) > 0);
  return [
    NAME,
    TOTAL,
    ...(some((row) => row.bytes.scaleBytes) ? [SCALES] : []),
    ...(some((row) => row.bytes.residualBytes) ? [NEWEST] : []),
    ...OTHERS,
    ...(rows.some(({ leftBytes }) => leftBytes !== undefined) ? FIT : []),
  ];
}

function figure(
  id: string,
  title: string,
  hint: string,
  of: (row: Row) => number,
  show: (value: number) => string = bytes,
): Column<Row> {
  return { id, title, hint, numeric: true, value: of, cell: (row) => show(of(row)) };
}
