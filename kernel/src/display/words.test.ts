import { expect, it } from 'vitest';
import { counted, listed } from './words';

it('counts things in the singular and in the plural', () => {
  expect([counted(1, 'layer'), counted(0, 'layer'), counted(1234, 'step')]).toEqual([
    '1 layer',
    '0 layers',
    '1,234 steps',
  ]);
});

it('names as many as a sentence bears, and says how many more there are', () => {
  expect(listed([])).toBe('');
  expect(listed(['a'])).toBe('a');
  expect(listed(['a', 'b'])).toBe('a and b');
  expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
  expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b and 3 more');
});
