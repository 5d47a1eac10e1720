import { expect, it } from 'vitest';
import { duplicateKey } from './strange-json';

it('finds a key that an object has twice, behind texts of any length and escapes', () => {
  expect(duplicateKey('{"a":{"a":1},"b":[{"a":1},{"a":2}]}')).toBeUndefined();
  expect(duplicateKey('{"a":"\\\\","b":"\\"","a":1}')).toBe('a');
  expect(duplicateKey('{"\\u0061":1,"a":2}')).toBe('a');
  for (const text of ['x', '\n']) {
    const long = JSON.stringify({ long: text.repeat(text === 'x' ? 5e7 : 1e6) });
    expect(duplicateKey(`{"a":1,"b":${long},"a":2}`)).toBe('a');
  }
});
