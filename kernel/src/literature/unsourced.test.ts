import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

describe('intervals without a source', () => {
  const root = join(__dirname, '../../..');
  const files = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs|md|ipynb)$/.test(name) && !name.includes('node_modules'))
      .map((name) => join(folder, name));

  it('are in no source, page or notebook any more', () => {
    const searched = ['kernel/src', 'extension/src', 'docs', 'notebooks', 'test/browser']
      .flatMap(files)
      .concat('README.md');
    expect(searched.length).toBeGreaterThan(500);
    // As they were kept as data, and the words that stood for a source.
    const marks = [/no single publication"/, /'commonly claimed/, /"?energySaved"?: \[\s*0/];
    const own = join('kernel/src/literature/unsourced.test.ts');
    const allowed = [own, join('kernel/src/analysis/comparison/claims.test.ts')];
    const found = searched
      .filter((name) => !allowed.includes(name))
      .filter((name) => {
        const text = readFileSync(join(root, name), 'utf8');
        return marks.some((mark) => mark.test(text));
      });
    expect(found).toEqual([]);
  });
});
