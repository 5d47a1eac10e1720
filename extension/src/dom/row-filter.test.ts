import { expect, it } from 'vitest';
import { holds, isLong } from './row-filter';

it('finds rows that hold all words, in whatever case and order', () => {
  expect(holds('dense_1 Dense int8', 'INT8 dense')).toBe(true);
  expect(holds('dense_1 Dense int8', 'int4')).toBe(false);
  expect(holds('dense_1 Dense int8', 'dense int4')).toBe(false);
  expect(holds('anything', '')).toBe(true);
});

it('is for tables of more than ten rows', () => {
  expect([isLong(10), isLong(11)]).toEqual([false, true]);
});
