import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { magicsPage } from './docs';
import { locateMagics } from './locate';
import { findMagic } from './table';

it('docs/magics.md is up to date: run `node scripts/docs.mjs`', () => {
  const page = readFileSync(join(__dirname, '../../../docs/magics.md'), 'utf8');
  expect(page).toBe(magicsPage());
});

it('the page tells modulo from magics as the kernel does', () => {
  const isMagic = (line: string): boolean =>
    locateMagics(`a\n${line}`, (name) => findMagic(name) !== undefined).length > 0;
  const rows = [...magicsPage().matchAll(/^\| (`%.*`) \| (modulo|a magic|an unknown magic)/gm)];
  expect(rows.length).toBeGreaterThan(3);
  for (const [, lines = '', kind] of rows) {
    for (const [, line = ''] of lines.matchAll(/`([^`]+)`/g)) {
      expect([line, isMagic(line)]).toEqual([line, kind !== 'modulo']);
    }
  }
});
