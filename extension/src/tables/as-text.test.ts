import { expect, it } from 'vitest';
import { tableAs } from './as-text';

interface Cell {
  readonly tagName: string;
  readonly colSpan: number;
  readonly title: string;
  readonly textContent: string;
}

const cell = (textContent: string, colSpan = 1, tagName = 'TD', title = ''): Cell => ({
  tagName,
  colSpan,
  title,
  textContent,
});
const row = (...cells: readonly Cell[]) => ({ cells });

const TABLE = {
  caption: { textContent: 'Errors of net_1' },
  tHead: {
    rows: [row(cell(''), cell('Weights', 2)), row(cell('Layer'), cell('bytes'), cell('why'))],
  },
  tBodies: [
    {
      rows: [
        row(cell('dense_1', 1, 'TH'), cell('1.5 kB'), cell('kept', 1, 'TD', 'kept in float')),
        row(cell('dense_2', 1, 'TH'), cell('800 B'), cell('–')),
      ],
    },
  ],
} as unknown as HTMLTableElement;

it('has groups, units in the heads, and the whole of texts that are shown short', () => {
  expect(tableAs('CSV', TABLE)).toBe(
    'Layer,Weights: bytes (kB),Weights: why\r\ndense_1,1.5,kept in float\r\ndense_2,0.800,\r\n',
  );
});

it('takes the star of the best for no part of a figure', () => {
  const starred = {
    caption: null,
    tHead: { rows: [row(cell('Format'), cell('Latency'))] },
    tBodies: [{ rows: [row(cell('int8'), cell('★ 2.41 ms')), row(cell('fp32'), cell('8.99 ms'))] }],
  } as unknown as HTMLTableElement;
  expect(tableAs('CSV', starred)).toBe('Format,Latency (ms)\r\nint8,2.41\r\nfp32,8.99\r\n');
});

it('says in LaTeX and Markdown how it came about', () => {
  expect(tableAs('LaTeX', TABLE, ['n = 3'])).toContain('{Errors of net\\_1. n = 3.}');
  expect(tableAs('Markdown', TABLE, ['n = 3'])).toContain('- n = 3');
});
