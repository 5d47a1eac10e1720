import { expect, it } from 'vitest';
import { figureOf, orderOf } from './sort-key';

it.each([
  ['1.5 ms', 0.0015],
  ['12 µs', 12e-6],
  ['3 min 20 s', 180],
  ['1,234', 1234],
  ['−1.7 pt', -1.7],
  ['<0.01%', 0.01],
  ['2.00x', 2],
  ['1.2e-9', 1.2e-9],
  ['101 MB', 101e6],
  ['5 models', 5],
  ['12.5 GFLOP/s', 12.5e9],
  ['40 J (38 to 42)', 40],
  ['–', undefined],
  ['fp16', undefined],
])('reads the figure of %s', (text, figure) => {
  const found = figureOf(text);
  if (figure === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(figure, 12);
});

it('orders figures by their size in SI units, those that are missing last', () => {
  const cells = ['2 ms', '–', '900 µs', '1 s'];
  expect(orderOf(cells, false).map((i) => cells[i])).toEqual(['900 µs', '2 ms', '1 s', '–']);
  expect(orderOf(cells, true).map((i) => cells[i])).toEqual(['1 s', '2 ms', '900 µs', '–']);
});

it('orders words as words, with the numbers in them', () => {
  const cells = ['dense_10', 'conv', '', 'dense_2'];
  expect(orderOf(cells, false).map((i) => cells[i])).toEqual(['conv', 'dense_2', 'dense_10', '']);
});

it('leaves equal cells in their order', () => {
  expect(orderOf(['1', '1', '0'], false)).toEqual([2, 0, 1]);
});
