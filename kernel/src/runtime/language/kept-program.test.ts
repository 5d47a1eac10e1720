import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KeptProgram } from './kept-program';
import { createLanguage, type CompileResult, type Language } from './language';

let folder: string;
let kept: Language;
let anew: Language;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-kept-'));
  writeFileSync(join(folder, 'beside.ts'), 'export const beside: number = 1;');
  kept = createLanguage(folder);
  anew = createLanguage(folder, { keepsPrograms: false });
});
afterAll(() => {
  kept.close();
  anew.close();
  rmSync(folder, { recursive: true });
});

/** Sessions in which each cell could see traces of the cells before it. */
const SESSIONS: Readonly<Record<string, readonly string[]>> = {
  'errors of an earlier cell': [
    'const a: number = "x";',
    '// @ts-expect-error nothing is wrong here\nconst a = 1;',
    'const a: number = "x";',
    '// @ts-ignore\nconst b: number = "x";',
    'const b: string = 1;\nb.nothing;',
  ],
  'a redeclared name': ['let x = 1;', 'x.toFixed()', 'let x = "s";', 'x.toFixed()', 'x.length'],
  'a redeclared type': [
    'interface P { a: number }\nconst p: P = { a: 1 };',
    'interface P { b: string }\nconst q: P = { a: 1 };',
    'const q: P = { b: "x" };\np.a + q.b.length',
  ],
  'classes and generics': [
    'class A<T> { constructor(readonly v: T) {} map<U>(f: (v: T) => U) { return new A(f(this.v)); } }',
    'const s = new A(1).map(String).map((t) => t.length);',
    's.v.toUpperCase()',
    's.v.toFixed()',
  ],
  imports: [
    `import { join } from 'node:path';`,
    `join(1)`,
    `import { join } from './nowhere';`,
    `import { beside } from './beside';\nbeside.length`,
    `import { beside } from './beside';\nbeside`,
    `const fs = await import('node:fs');`,
    `fs.readFileSync(1n)`,
  ],
  'a global that one cell declares': [
    'declare global { var shared: number }\nglobalThis.shared = 1;',
    'const n: string = globalThis.shared;',
    '1 + 1',
  ],
  'an augmented module': [
    `declare module 'node:path' { export function invented(): void }\nimport { invented } from 'node:path';`,
    `import { join } from 'node:path';\njoin('a').missing`,
  ],
  'a missing name, then the same name declared': ['later + 1', 'const later = 1;', 'later + 1'],
};

function session(language: Language, cells: readonly string[]): CompileResult[] {
  language.reset();
  return cells.map((code, index) => {
    const result = language.compile(code, index + 1);
    language.commit('all');
    return result;
  });
}

describe('a cell checked in an earlier cell’s program', () => {
  it.each(Object.entries(SESSIONS))(
    'gets what it gets in a program of its own: %s',
    (_name, cells) => {
      expect(session(kept, cells)).toEqual(session(anew, cells));
    },
  );

  it.each([
    ['without an import', ['1 + 1', 'const a = 1;', 'a + 1']],
    ['with one', [`import { join } from 'node:path';`, `join('a', 'b')`, `join('a', 'c')`]],
  ])('takes no program of its own: %s', (_name, cells) => {
    const language = createLanguage(folder);
    const adopt = vi.spyOn(KeptProgram.prototype, 'adopt');
    try {
      const [first = '', ...later] = cells;
      language.compile(first, 1);
      language.commit('all');
      for (const code of later) {
        adopt.mockClear();
        expect(language.compile(code, 2).status).toBe('ok');
        language.commit('all');
        expect(adopt.mock.results.map(({ value }) => value !== undefined)).toEqual([true]);
      }
    } finally {
      adopt.mockRestore();
      language.close();
    }
  });

  it('hears of a file that changed, and of one that appeared', () => {
    const use = `import { beside } from './beside';\nbeside.length`;
    expect(kept.compile(use, 1).status).toBe('error');
    writeFileSync(join(folder, 'beside.ts'), 'export const beside: string = "long enough";');
    expect(kept.compile(use, 2).status).toBe('ok');
    const later = `import { appeared } from './appeared';\nappeared`;
    expect(kept.compile(later, 3).status).toBe('error');
    writeFileSync(join(folder, 'appeared.ts'), 'export const appeared = 1;');
    expect(kept.compile(later, 4).status).toBe('ok');
  });
});
