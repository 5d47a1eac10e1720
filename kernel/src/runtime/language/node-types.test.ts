import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLanguage, type CompileResult, type Language } from './language';
import { AUGMENTED_NAME, mayDependOnNodeTypes } from './node-types';
import { typeRoots } from './resolution';
import { loadTypeScript } from './typescript';

const typescript = loadTypeScript();

describe('what Node.js adds to the types of ECMAScript', () => {
  it('is under names that make a cell wait for it', () => {
    const without = globalTypes([]);
    const withNode = globalTypes(['node']);
    const changed = [...without]
      .filter(([name, members]) => withNode.get(name) !== members)
      .map(([name]) => name);
    expect(changed).toContain('ErrorConstructor');
    expect(changed.filter((name) => !AUGMENTED_NAME.test(name))).toEqual([]);
  });
});

describe('a cell', () => {
  it.each([
    '1 + 1',
    'const xs = [1, 2].map((x) => Math.sqrt(x));',
    'interface P { a: number }\nclass A<T> { constructor(readonly v: T) {} }',
    'await Promise.resolve(1)',
    'export {};',
  ])('of ECMAScript alone needs no more: %s', (code) => {
    expect(mayDependOnNodeTypes(typescript, parse(code))).toBe(false);
  });

  it.each([
    `import fs from 'fs';`,
    `import fs = require('fs');`,
    `export * from 'fs';`,
    `await import('fs')`,
    `let s: import('fs').Stats;`,
    `import.meta.dirname`,
    `let m: ImportMeta;`,
    `declare global { var x: number }`,
    `namespace N { export const a = 1 }`,
    `globalThis.process`,
    `Error.captureStackTrace({})`,
    `let E: TypeErrorConstructor;`,
    `// @ts-expect-error\nprocess.pid = 'x';`,
    `// @ts-ignore\nprocess.nothing`,
  ])('may mean something else with Node.js: %s', (code) => {
    expect(mayDependOnNodeTypes(typescript, parse(code))).toBe(true);
  });
});

describe('the first cells of a notebook', () => {
  let folder: string;
  let informed: Language;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'halfnote-first-'));
    informed = createLanguage(folder);
    informed.readAhead();
  });
  afterAll(() => {
    informed.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    [['1 + 1', 'const a = 2;', 'a.toFixed()', 'console.log(a)', 'a.nothing']],
    [['const e = 1;', 'e = 2;', 'process.pid = "x"', 'e']],
    [['const t: NodeJS.Timeout = setTimeout(() => {}, 1);', 't.unref()', 't.nothing']],
    [['const now = Date.now();', '// @ts-expect-error\nprocess.nothing;', 'now']],
    [['const x: number = "s";', 'const x: string = "s";', 'x']],
    [['let first = [1, 2];', `import { join } from 'node:path';\njoin(first)`, 'first.at(0)']],
  ])('come out as if Node’s types had been read before: %j', (cells) => {
    const fresh = createLanguage(folder);
    informed.reset();
    try {
      for (const [index, code] of cells.entries()) {
        const compiled = run(fresh, code, index);
        expect(compiled).toEqual(run(informed, code, index));
      }
    } finally {
      fresh.close();
    }
  });

  it('complete names of Node.js', () => {
    const fresh = createLanguage(folder);
    try {
      run(fresh, '1 + 1', 1);
      expect(fresh.complete('process.pi', 10).matches).toContain('pid');
    } finally {
      fresh.close();
    }
  });
});

function run(language: Language, code: string, executionCount: number): CompileResult {
  const compiled = language.compile(code, executionCount);
  if (compiled.status === 'ok') language.commit('all');
  return compiled;
}

function parse(code: string): ts.SourceFile {
  return typescript.createSourceFile('cell.ts', code, typescript.ScriptTarget.Latest, true);
}

/** The global types of ECMAScript's library, each as the sorted names of its members. */
function globalTypes(types: readonly string[]): Map<string, string> {
  const options: ts.CompilerOptions = {
    lib: ['lib.esnext.d.ts'],
    types: [...types],
    typeRoots: typeRoots(process.cwd()),
    target: typescript.ScriptTarget.Latest,
    module: typescript.ModuleKind.ESNext,
    moduleResolution: typescript.ModuleResolutionKind.Bundler,
  };
  const program = typescript.createProgram([__filename], options);
  const checker = program.getTypeChecker();
  const scope = program.getSourceFile(__filename);
  const found = new Map<string, string>();
  if (!scope) return found;
  for (const symbol of checker.getSymbolsInScope(scope, typescript.SymbolFlags.Type)) {
    const isLibrary = symbol.declarations?.some((declaration) =>
      program.isSourceFileDefaultLibrary(declaration.getSourceFile()),
    );
    if (isLibrary !== true) continue;
    const members = checker
      .getDeclaredTypeOfSymbol(symbol)
      .getProperties()
      .map(({ escapedName }) => String(escapedName).replace(/@\d+$/, ''));
    found.set(symbol.name, members.sort().join(' '));
  }
  return found;
}
