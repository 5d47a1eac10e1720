import { expect, it } from 'vitest';
import { figureOf, keysOf } from './sort-key';

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

it('takes a column of figures by their size in SI units', () => {
  expect(keysOf(['2 ms', '–', '900 µs', '1 s'])).toEqual({
    numeric: true,
    keys: [0.002, undefined, expect.closeTo(900e-6, 12), 1],
  });
});

it('takes a column of words as words, and what says nothing as missing', () => {
  expect(keysOf(['dense_10', 'conv', '', '3 models'])).toEqual({
    numeric: false,
    keys: ['dense_10', 'conv', undefined, '3 models'],
  });
});
