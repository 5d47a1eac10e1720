import { expect, it } from 'vitest';
import { afterClick, orderBy } from './sort-order';

it('sorts figures the largest first and words from A on, then the other way, then as it was', () => {
  const clicks = (numeric: boolean): (string | undefined)[] => {
    const first = afterClick(undefined, numeric);
    const second = afterClick(first, numeric);
    return [first, second, afterClick(second, numeric)];
  };
  expect(clicks(true)).toEqual(['descending', 'ascending', undefined]);
  expect(clicks(false)).toEqual(['ascending', 'descending', undefined]);
});

it('orders figures by size and words with the numbers in them, those that are missing last', () => {
  expect(orderBy([2, undefined, 10, NaN, 1], 'ascending')).toEqual([4, 0, 2, 1, 3]);
  expect(orderBy([2, undefined, 10, NaN, 1], 'descending')).toEqual([2, 0, 4, 1, 3]);
  expect(orderBy(['dense_10', 'conv', undefined, 'dense_2'], 'ascending')).toEqual([1, 3, 0, 2]);
});

it('leaves equal rows in their order', () => {
  expect(orderBy([1, 1, 0], 'ascending')).toEqual([2, 0, 1]);
  expect(orderBy([1, 1, 0], 'descending')).toEqual([0, 1, 2]);
});
