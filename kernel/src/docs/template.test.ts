import { expect, it } from 'vitest';
import { fillTemplate } from './template';

it('each placeholder becomes its part, as often as it stands there', () => {
  const parts = { figures: '| 1 |', device: 'a $& `{x}`' };
  expect(fillTemplate('{{figures}}\n\non {{device}}, {{device}}', parts)).toBe(
    '| 1 |\n\non a $& `{x}`, a $& `{x}`',
  );
});

it('a placeholder without a part is refused by name', () => {
  expect(() => fillTemplate('{{figurs}}', { figures: '' })).toThrow(
    'The template has {{figurs}}; there is figures.',
  );
  expect(() => fillTemplate('{{toString}}', {})).toThrow('{{toString}}');
});

it('a part that the template leaves out is refused by name', () => {
  expect(() => fillTemplate('{{a}}', { a: '1', b: '2', c: '3' })).toThrow(
    'The template lacks {{b}}, {{c}}.',
  );
});
