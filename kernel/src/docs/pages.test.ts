import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { magicsIn } from '../magics/language/located';
import { MAGICS } from '../magics/table';
import { makePage, makeReadme, PAGE_NAMES } from './pages';
import { VOCABULARY_FILES, vocabularyText } from './vocabulary';

const read = (path: string): string => readFileSync(join(__dirname, '../../..', path), 'utf8');

it.each(PAGE_NAMES)('docs/%s is up to date: run `node scripts/docs.mjs`', (name) => {
  expect(read(`docs/${name}`)).toBe(makePage(name, read(`docs/templates/${name}`)));
});

it.each(VOCABULARY_FILES)('%s is up to date: run `node scripts/docs.mjs`', (file) => {
  expect(read(file)).toBe(vocabularyText());
});

it('README.md has the verdicts of the runs: run `node scripts/docs.mjs`', () => {
  expect(read('README.md')).toBe(makeReadme(read('README.md')));
});

it('every template is made into a page', () => {
  const templates = readdirSync(join(__dirname, '../../../docs/templates'));
  expect(templates.toSorted()).toEqual(PAGE_NAMES.toSorted());
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
  const rows = [
    ...read('docs/templates/magics.md').matchAll(
      /^\| (`%.*`) \| (modulo|a magic|an unknown magic)/gm,
    ),
  ];
  expect(rows.length).toBeGreaterThan(3);
  for (const [, lines = '', kind] of rows) {
    for (const [, line = ''] of lines.matchAll(/`([^`]+)`/g)) {
      expect([line, isMagic(line)]).toEqual([line, kind !== 'modulo']);
    }
  }
});
