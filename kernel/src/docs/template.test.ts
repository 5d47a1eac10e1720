import { expect, it } from 'vitest';
import { fillTemplate, withSection } from './template';

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

it('a section is made anew between its comments, as often as it is made', () => {
  const begin = '<!-- a: made by `node scripts/docs.mjs` -->';
  const page = `# Title\n\n${begin}\nold\n<!-- end of a -->\nrest`;
  const made = withSection(page, 'a', 'new $& text');
  expect(made).toBe(`# Title\n\n${begin}\n\nnew $& text\n\n<!-- end of a -->\nrest`);
  expect(withSection(made, 'a', 'new $& text')).toBe(made);
  expect(() => withSection(page, 'b', '')).toThrow('no section between <!-- b:');
});
