import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { magicsPage } from './magics';
import { formatsPage } from './formats';
import { precisionPage } from './precision';
import { magicsIn } from '../magics/language/located';
import { MAGICS } from '../magics/table';

const read = (path: string): string => readFileSync(join(__dirname, '../../..', path), 'utf8');

it.each([
  ['docs/magics.md', magicsPage],
  ['docs/formats.md', formatsPage],
  ['docs/precision.md', precisionPage],
])('%s is up to date: run `node scripts/docs.mjs`', (path, page) => {
  expect(read(path)).toBe(page());
});

it('docs/library.md names nothing that the library lacks', () => {
  const page = read('docs/library.md');
  const index = read('kernel/src/index.ts');
  const imported = [...page.matchAll(/import \{([^}]*)\} from 'halfnote'/g)].flatMap(
    ([, names = '']) => names.split(','),
  );
  const [table = ''] = /^## What there is$.*?(?=^## )/ms.exec(page) ?? [];
  const tabled = [...table.matchAll(/^\| [^|]* \|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)(?:\(.*?\))?`/g)].map(([, name = '']) => name),
  );
  const names = [...imported, ...tabled].map((name) => name.trim()).filter((name) => name !== '');
  expect(names.length).toBeGreaterThan(30);
  for (const name of names) expect(index).toMatch(new RegExp(`\\b${name}\\b`));
});

it('docs/library.md names every function of the library', () => {
  const page = read('docs/library.md');
  const exported = [...read('kernel/src/index.ts').matchAll(/^export \{([^}]*)\}/gms)].flatMap(
    ([, names = '']) => names.split(','),
  );
  const functions = exported.map((name) => name.trim()).filter((name) => /^[a-z]\w*$/.test(name));
  expect(functions.length).toBeGreaterThan(100);
  expect(functions.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
});

it('the page tells modulo from magics as the kernel does', () => {
  const isMagic = (line: string): boolean => magicsIn(MAGICS, `a\n${line}`).length > 0;
  const rows = [...magicsPage().matchAll(/^\| (`%.*`) \| (modulo|a magic|an unknown magic)/gm)];
  expect(rows.length).toBeGreaterThan(3);
  for (const [, lines = '', kind] of rows) {
    for (const [, line = ''] of lines.matchAll(/`([^`]+)`/g)) {
      expect([line, isMagic(line)]).toEqual([line, kind !== 'modulo']);
    }
  }
});
