import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';
import { loadTypeScript } from './language/typescript';

const typescript = loadTypeScript();

/** What a later cell says of a module's names, and its value; of a cell without any, its own value. */
interface Module {
  readonly code: string;
  readonly value?: string;
  readonly later?: string;
  /** Declares modules, which TypeScript takes in a declaration file. */
  readonly isDeclaration?: boolean;
}

const REACT = 'const React = { createElement: (t: any, p: any, ...c: any[]) => ({ t, p, c }) };';

const MODULES: readonly Module[] = [
  { code: `export const a = 1, b = 'x';`, later: 'a + b', value: `'1x'` },
  { code: `export let n = 1;\nexport function inc() { n++; }`, later: 'inc(), n', value: '2' },
  { code: `export const { c, ...d } = { c: 1, e: 2 }`, later: 'c + d.e', value: '3' },
  { code: `export async function* gen() { yield 4; }`, later: 'typeof gen', value: `'function'` },
  {
    code: `export class K { private k = 5; get() { return this.k; } }`,
    later: 'new K().get()',
    value: '5',
  },
  { code: `export abstract class Abs { abstract f(): void }`, later: 'Abs.name', value: `'Abs'` },
  {
    code: `export interface I<X = string> { x: X }\nexport type T = I<number> & { y: 1 };`,
    later: 'const t: T = { x: 6, y: 1 }; t.x',
    value: '6',
  },
  {
    code: `export enum E { A = 3 }\nexport const enum CE { Z = 9 }`,
    later: 'E.A + CE.Z',
    value: '12',
  },
  {
    code: `export namespace N { export const q = 7; export interface In { a: number } }`,
    later: 'const ni: N.In = { a: 1 }; N.q',
    value: '7',
  },
  {
    code: `namespace Outer.Inner { export const z = 8 }\nexport import Short = Outer.Inner;`,
    later: 'Short.z',
    value: '8',
  },
  {
    code: `export declare const nowhere: number;\nexport declare function alsoNowhere(): void;\nexport const somewhere = 1;`,
    later: 'somewhere',
    value: '1',
  },
  { code: `export default function main() { return 3 }`, later: 'main()', value: '3' },
  { code: `export default class Named { x = 2 }`, later: 'new Named().x', value: '2' },
  {
    code: `export default interface Face { f: number }`,
    later: 'const face: Face = { f: 1 }; face.f',
    value: '1',
  },
  { code: `export default function () { return 3 }` },
  { code: `export default class { x = 1 }` },
  { code: `export default async () => 1`, value: '[AsyncFunction (anonymous)]' },
  { code: `export default { a: 1 }`, value: '{ a: 1 }' },
  {
    code: `const five = 5;\nexport { five };\nexport { five as six, five as default };`,
    later: 'five + six',
    value: '10',
  },
  {
    code: `class C1<X> { constructor(readonly v: X) {} }\nexport { C1 as C2 };\ninterface F1 { f: number }\nexport type { F1 as F2 };`,
    later: 'const c2: C2<F2> = new C2({ f: 4 }); c2.v.f',
    value: '4',
  },
  { code: `export { sep } from 'node:path'`, later: 'sep', value: `'/'` },
  {
    code: `export { sep as slash, type ParsedPath } from 'node:path';`,
    later: 'const pp: Partial<ParsedPath> = { root: slash }; pp.root',
    value: `'/'`,
  },
  {
    code: `export { default as osModule } from 'node:os'`,
    later: 'typeof osModule.EOL',
    value: `'string'`,
  },
  {
    code: `export type { Stats } from 'node:fs';`,
    later: 'let stats: Stats | undefined; typeof stats',
    value: `'undefined'`,
  },
  { code: `export * from 'node:querystring'`, later: `escape('ä')`, value: `'%C3%A4'` },
  {
    code: `export * as everything from 'node:querystring'`,
    later: `everything.escape('a')`,
    value: `'a'`,
  },
  {
    code: `import fs = require('node:fs');\nexport import zlib = require('node:zlib');`,
    later: 'typeof fs.readFileSync + typeof zlib.gzip',
    value: `'functionfunction'`,
  },
  {
    code: `console.log(EOL.length);\nimport { EOL } from 'node:os';`,
    later: 'EOL',
    value: `'\\n'`,
  },
  {
    code: `import type { PathLike } from 'node:fs';\nimport { type FileHandle, readFile as read } from 'node:fs/promises';\nlet h: FileHandle | PathLike | undefined;`,
    later: 'typeof read',
    value: `'function'`,
  },
  { code: `import data from './data.json' with { type: 'json' };`, later: 'data.rows', value: '3' },
  {
    code: `declare global { var sharedX: number; interface Array<T> { seventh(): T } }\nglobalThis.sharedX = 4;\nArray.prototype.seventh = function () { return this[6]; };\nexport {};`,
    later: '[sharedX, 0, 0, 0, 0, 0, sharedX].seventh()',
    value: '4',
  },
  {
    code: `import * as path from 'node:path';\ndeclare module 'node:path' { interface PlatformPath { invented(): number } }\nexport const hasIt = 'invented' in path;`,
    later: 'const invented: () => number = path.invented; typeof invented',
    value: `'undefined'`,
  },
  {
    code: `declare module 'untyped-thing' { export const u: number }`,
    isDeclaration: true,
    later: `import type { u } from 'untyped-thing'; const un: typeof u = 2; un`,
    value: '2',
  },
  {
    code: `declare module '*.svg' { const content: string; export default content }`,
    isDeclaration: true,
    later: `import type svg from './x.svg'; const picture: typeof svg = 's'; picture`,
    value: `'s'`,
  },
  { code: `#!/usr/bin/env node\nexport const fromShell = 1;`, later: 'fromShell', value: '1' },
  {
    code: `// @ts-nocheck\nexport const unchecked: number = 'text';`,
    later: 'unchecked',
    value: `'text'`,
  },
  {
    code: `// @ts-ignore\nexport const ignored: number = 'text';\n// @ts-expect-error\nexport const expected: number = 'text';`,
    later: 'ignored',
    value: `'text'`,
  },
  {
    code: `/// <reference types="node" />\nexport const pid: number = process.pid;`,
    later: 'typeof pid',
    value: `'number'`,
  },
  {
    code: `function logged(f: Function, { name }: ClassMethodDecoratorContext) { return function (this: any, ...args: any[]) { return [String(name), f.apply(this, args)]; } as any; }\nexport class Logged { @logged greet(n: string) { return n; } }`,
    later: `new Logged().greet('bob')`,
    value: `[ 'greet', 'bob' ]`,
  },
  {
    code: `export class Acc { accessor x = 3; static #n = 1; static { Acc.#n++; } static n() { return Acc.#n; } }`,
    later: 'new Acc().x + Acc.n()',
    value: '5',
  },
  { code: `export const words = /[\\p{L}--[a-z]]/v.test('A');`, later: 'words', value: 'true' },
  {
    code: `export const first = <const>['a'];\nexport const same = <X>(x: X): X => x;`,
    later: 'same(first[0])',
    value: `'a'`,
  },
  {
    code: `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nexport const viaRequire = typeof require('node:os').EOL;`,
    later: 'viaRequire',
    value: `'string'`,
  },
  {
    code: `import { dirname } from 'node:path';\nimport { fileURLToPath } from 'node:url';\nconst __filename = fileURLToPath(import.meta.url);\nconst __dirname = dirname(__filename);`,
    later: '__filename.startsWith(__dirname)',
    value: 'true',
  },
  {
    code: `const exports = { a: 1 };\nconst module = 2;\nconst tsLastExpr = 3;\nexports.a + module + tsLastExpr`,
    value: '6',
  },
  { code: `export const waited = await Promise.resolve(2);`, later: 'waited', value: '2' },
  {
    code: `${REACT}\nexport const element = <div className="x">hi</div>;`,
    later: 'element.c',
    value: `[ 'hi' ]`,
  },
  {
    code: `/** @jsx h */\nconst h = (t: any, p: any, ...c: any[]) => ({ t, c });\nexport const own = <b>x</b>;`,
    later: 'own.t',
    value: `'b'`,
  },
];

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open((cwd) => {
    writeFileSync(join(cwd, 'data.json'), '{"rows": 3}');
  });
});
afterAll(async () => {
  await notebook.close();
});

describe('what tsc takes as a module', () => {
  it('is all that is tried here', () => {
    expect(refusedByTypeScript(MODULES)).toEqual([]);
  });

  it.each(MODULES)('is a cell, and later cells know its names: $code', async (module) => {
    const run = await notebook.run(module.code);
    expect(run.outcome).toEqual({ status: 'ok' });
    // Names last longer than the next cell.
    await notebook.run('0');
    const { result, outcome } = module.later === undefined ? run : await notebook.run(module.later);
    expect(outcome).toEqual({ status: 'ok' });
    expect(result).toBe(module.value);
  });
});

describe('a cell that is more than a module', () => {
  it('exports once more what an earlier cell declares', async () => {
    await notebook.run('const early = 1;');
    await notebook.run('export { early, early as alias };');
    expect((await notebook.run('alias')).result).toBe('1');
  });

  it('may run again with its declarations for all modules changed', async () => {
    await notebook.run('declare global { var again: number; interface Again { a: 1; b: 2 } }');
    await notebook.run('declare global { var again: string; interface Again { a: 3 } }');
    const code = `const both = (x: Again): [3, 2] => [x.a, x.b]; const s: string = globalThis.again;`;
    expect((await notebook.run(code)).outcome.status).toBe('ok');
  });

  it('makes elements with the React of an earlier cell', async () => {
    await notebook.run(REACT);
    expect((await notebook.run(`(<a href="#">{1 + 1}</a>).c`)).result).toBe('[ 2 ]');
  });

  it('shows an element as it says itself', async () => {
    await notebook.run(
      `function View() {}\nconst jsx = (t: unknown) => ({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>hi</b>' }) });`,
    );
    const { outputs } = await notebook.run('/** @jsx jsx */\n<View />');
    expect(outputs).toMatchObject([{ kind: 'result', data: { 'text/html': '<b>hi</b>' } }]);
  });

  it('knows every global of this Node.js', async () => {
    const { result } = await notebook.run('Object.getOwnPropertyNames(globalThis).join()');
    const names = (result ?? '').replaceAll(`'`, '').split(',');
    expect(names).toContain('WebAssembly');
    const typed = names.map((name) => `typeof ${name}`).join(',\n');
    expect((await notebook.run(`[${typed}].length`)).result).toBe(String(names.length));
  });

  it('completes and explains what it exports', async () => {
    const code = 'export const point = { x: 1 };\nexport { point as p };\npoint.';
    const { matches } = await notebook.runtime.complete(code, code.length);
    expect(matches).toContain('x');
    const jsx = `${REACT}\nconst e = <div>{Math.s}</div>;`;
    const inside = await notebook.runtime.complete(jsx, jsx.indexOf('Math.s') + 6);
    expect(inside.matches).toContain('sqrt');
    const told = await notebook.runtime.inspect(code, code.indexOf('point') + 1, 0);
    expect(told?.['text/plain']).toContain('const point: {');
  });
});

describe('an error', () => {
  const INTERNAL = /tsLastExpr|tslab|__cells|__halfnote|__prev__|\bexports\b|ambient|[\w$]+_1\b/;

  it.each([
    [`function f() {`, /1:15 - '}' expected/],
    ['const a = ', /1:10 - Expression expected/],
    ['f(1,', /1:5 - '\)' expected/],
    ['class A {\n', /1:10 - '}' expected/],
    ['/* open', /1:8 - '\*\/' expected/],
    ['`open', /1:6 - Unterminated template/],
    ['const wrong: number = nothing.a;', /Cannot find name 'nothing'/],
    ['export { nothing }', /'nothing'/],
    [
      `interface P { b: string }\nconst q: P = p;`,
      /in type 'P' but required in type 'P \(of this cell\)'/,
    ],
    ['anything()', /^anything is not a function/],
    ['new anything()', /^anything is not a constructor/],
    [
      `import { cpus } from 'node:os';\n(cpus as any)().x()`,
      /^cpus\(\.\.\.\)\.x is not a function/,
    ],
    [`import own from './data.json';\n(own as any)()`, /^own is not a function/],
  ])('speaks of what the user wrote: %s', async (code, expected) => {
    await notebook.run(
      'interface P { a: number }\nconst p: P = { a: 1 };\nconst anything: any = 5;',
    );
    const { evalue, traceback } = errorOf(await notebook.run(code));
    expect(evalue.replace(/^cell\[\d+\]:/, '')).toMatch(expected);
    expect(traceback.join('\n')).not.toMatch(INTERNAL);
  });

  it.each(['() => 1', '(class {})'])('names nothing that has no name: %s', async (code) => {
    expect((await notebook.run(code)).result).toContain('(anonymous)');
  });
});

/** TypeScript's own word on the modules, all in one program. */
function refusedByTypeScript(modules: readonly Module[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-tsc-'));
  try {
    writeFileSync(join(folder, 'data.json'), '{"rows": 3}');
    const files = modules.map(({ code, isDeclaration }, index) => {
      const kind =
        isDeclaration === true ? 'd.ts' : code.includes('/>') || code.includes('</') ? 'tsx' : 'ts';
      const file = join(folder, `module${index}.${kind}`);
      writeFileSync(file, code);
      return file;
    });
    const options: ts.CompilerOptions = {
      module: typescript.ModuleKind.Preserve,
      moduleDetection: typescript.ModuleDetectionKind.Force,
      target: typescript.ScriptTarget.ESNext,
      jsx: typescript.JsxEmit.React,
      types: ['node'],
      typeRoots: [join(__dirname, '../../../node_modules/@types')],
      noEmit: true,
    };
    const program = typescript.createProgram(files, options);
    return files.flatMap((file) =>
      typescript
        .getPreEmitDiagnostics(program, program.getSourceFile(file))
        .map(
          ({ messageText }) =>
            `${file}: ${typescript.flattenDiagnosticMessageText(messageText, ' ')}`,
        ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
