import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

describe('the words of the shell', () => {
  const folder = resolve(__dirname, '..');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const said = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/trans\.(?:__|_n)\(\s*'([^']+)'/g)].map(([, words = '']) => words),
    ),
  );
  const file = resolve(folder, '../halfnote_lab/locale/zh_CN/LC_MESSAGES/halfnote.json');
  const { '': head, ...catalog } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    string,
    string[]
  >;

  it('all have Chinese ones, and there are none for what nobody says', () => {
    expect(said.size).toBeGreaterThan(60);
    expect([...said].sort()).toEqual(Object.keys(catalog).sort());
    expect(head).toMatchObject({ domain: 'halfnote', language: 'zh-CN' });
  });

  it('keep their figures in translation', () => {
    const places = (text: string): string => [...text.matchAll(/%\d/g)].sort().join();
    for (const [words, [translated = '']] of Object.entries(catalog))
      expect([words, places(translated)]).toEqual([words, places(words)]);
  });
});
