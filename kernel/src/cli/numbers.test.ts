import { expect, it } from 'vitest';
import { fraction, number, seconds, wholeNumber } from './numbers';

it('takes no empty text for a number: a variable of the shell that is not set is not 0', () => {
  for (const read of [number, seconds, wholeNumber, fraction]) {
    for (const text of ['', ' ', 'abc', '1 2', 'Infinity', 'NaN']) {
      expect(() => read(text), `${read.name}(${JSON.stringify(text)})`).toThrow('Allowed: ');
    }
  }
  expect(number('0')).toBe(0);
  expect(number(' -1.5e3')).toBe(-1500);
  expect(fraction('10 %')).toBe(0.1);
});
