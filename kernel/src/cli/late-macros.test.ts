import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { macros } from '../magics/macros';
import { lateMacros } from './late-macros';

const TEXTS = [
  '',
  '1 + 1',
  'tensor.',
  '!ls',
  '?tensor',
  'tensor?',
  'const rest = 7 % 3;',
  '%precision bf16',
  'let a = 1;\n%time a',
  '%%time\na',
  '?%time',
  '%ti',
];

describe('the magics that are loaded late', () => {
  it.each(TEXTS)('are what they are when they are loaded at once: %j', (code) => {
    expect(lateMacros.expand(code)).toEqual(macros.expand(code));
    for (let offset = 0; offset <= code.length; offset++) {
      const view = macros.view(code, offset);
      const late = lateMacros.view(code, offset);
      expect([late.code, late.offset]).toEqual([view.code, view.offset]);
      expect(late.toSource(offset)).toBe(view.toSource(offset));
      expect(lateMacros.complete(code, offset)).toEqual(macros.complete(code, offset));
      expect(lateMacros.inspect(code, offset)).toEqual(macros.inspect(code, offset));
    }
  });

  it('have nothing to do with any cell of the sources that holds no sign of theirs', () => {
    const folder = join(__dirname, '../runtime/language');
    const texts = readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .filter((text) => !text.includes('%'));
    expect(texts.length).toBeGreaterThan(10);
    for (const text of texts) expect(macros.expand(text)).toEqual(lateMacros.expand(text));
  });
});
