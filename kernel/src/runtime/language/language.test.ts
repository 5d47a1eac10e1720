import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CellSource } from '../contract';
import { createLanguage, type CompiledCell, type Language } from './language';

let folder: string;
let language: Language;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-language-'));
  language = createLanguage(folder);
});
beforeEach(() => {
  language.reset();
});
afterAll(() => {
  language.close();
  rmSync(folder, { recursive: true });
});

function compile(code: string, source?: CellSource): CompiledCell {
  const compiled = language.compile(code, 1, source);
  if (compiled.status !== 'ok') throw new Error(`did not compile: ${JSON.stringify(compiled)}`);
  return compiled.cell;
}

function declare(code: string): void {
  compile(code);
  language.commit('all');
}

describe('compile', () => {
  it('names what a cell declares, its imports, whether it has a value, and whether it awaits', () => {
    const cell = compile(
      `import { join } from 'node:path';\nconst a = await join('x', 'y');\nfor (var i = 0; i < 3; i++);\na`,
    );
    expect({ ...cell, names: [...cell.names].sort() }).toMatchObject({
      names: ['a', 'i', 'join'],
      imports: ['node:path'],
      hasValue: true,
      isAsync: true,
    });
  });

  it('does not take an await inside a function for a top-level one', () => {
    expect(compile('const f = async () => { await null; };').isAsync).toBe(false);
  });

  it.each(['', '  \n', '// only this', '/* or\nthat */'])('finds nothing to run in %j', (code) => {
    expect(language.compile(code, 1)).toEqual({ status: 'empty' });
  });

  it('lets later cells know what is declared by var in blocks and loops', () => {
    mkdirSync(join(folder, 'node_modules', 'boxes'), { recursive: true });
    writeFileSync(
      join(folder, 'node_modules', 'boxes', 'index.d.ts'),
      'export interface Box<T> { held: T }\nexport declare function box<T>(held: T): Box<T>;',
    );
    writeFileSync(
      join(folder, 'node_modules', 'boxes', 'index.js'),
      'exports.box = (held) => ({ held });',
    );
    declare(`import { box } from 'boxes'; interface Point { x: number } let i = 'text';`);
    declare(`for (var i = 0; i < 3; i++) {}
if (i) { var q = 'two', p: Point = { x: 1 }; } else { var never; }
for (var [k, { v }] of [[1, { v: true }]] as const) { var __x = box(k); }
try { var inTry = new Map([[1, [p]]]); } finally { label: { var inLabel = () => q; } }
switch (i) { case 1: var inCase = Symbol.iterator; }
while (false) { var fn = function () { var local = 1; return local; }; }`);
    const types: Readonly<Record<string, string>> = {
      i: 'number',
      q: 'string',
      p: 'Point',
      never: 'any',
      k: '1',
      v: 'true',
      __x: 'Box<1>',
      inTry: 'Map<number, Point[]>',
      inLabel: '() => string',
      inCase: 'symbol',
      fn: '() => number',
    };
    const exact = Object.entries(types).map(
      ([name, type]) => `{ const same: Same<typeof ${name}, ${type}> = true; }`,
    );
    compile(`import type { Box } from 'boxes';
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
${exact.join('\n')}`);
    expect(language.compile('local', 2).status).toBe('error');
  });

  it('forgets a cell that is not committed', () => {
    compile('const lost = 1;');
    expect(language.compile('lost', 2).status).toBe('error');
  });

  it('explains a chain of reasons below the error it belongs to', () => {
    const compiled = language.compile(`const f: (a: string) => void = (a: number) => {};`, 7);
    const lines = compiled.status === 'error' ? compiled.error.evalue.split('\n') : [];
    expect(lines[0]).toMatch(/^cell\[7\]:1:7 - Type '\(a: number\) => void' is not assignable/);
    expect(lines.slice(1).every((line) => line.startsWith('  '))).toBe(true);
    expect(lines.at(-1)).toContain(`Type 'string' is not assignable to type 'number'.`);
  });

  it('keeps only the values that ran when it is told so', () => {
    compile('const ran = 1;\nconst not = 2;\ninterface Kept { k: 1 }');
    language.commit(['ran']);
    expect(language.compile('const k: Kept = { k: 1 }; ran', 2).status).toBe('ok');
    expect(language.compile('not', 2).status).toBe('error');
  });
});

describe('complete', () => {
  it('completes members with their kinds', () => {
    declare(`const point = { xCoordinate: 1, move(by: number): void {} };`);
    const code = 'point.';
    const { matches, types, start, end } = language.complete(code, code.length);
    expect([start, end]).toEqual([6, 6]);
    expect(Object.fromEntries(matches.map((match, i) => [match, types[i]]))).toMatchObject({
      xCoordinate: 'property',
      move: 'method',
    });
  });

  it('replaces the word the cursor is in, and puts matching beginnings first', () => {
    declare('const learningRate = 1e-3; const slowLearning = 2;');
    const code = 'const other = learn';
    const { matches, start, end } = language.complete(code, code.length);
    expect(code.slice(start, end)).toBe('learn');
    expect(matches[0]).toBe('learningRate');
  });

  it('completes in the middle of code that does not compile', () => {
    expect(language.complete('if (Math.', 9).matches).toContain('sqrt');
  });
});

describe('inspect', () => {
  it('tells signature and documentation as text and Markdown', () => {
    declare(
      `/** Halves it.\n * @param n what to halve */\nfunction half(n: number): number { return n / 2; }`,
    );
    const bundle = language.inspect('half', 4, 0);
    expect(bundle?.['text/plain']).toBe(
      'function half(n: number): number\n\nHalves it.\n\n@param n what to halve',
    );
    expect(bundle?.['text/markdown']).toBe(
      '```typescript\nfunction half(n: number): number\n```\n\nHalves it.\n\n*@param* n what to halve',
    );
  });

  it('tells the documentation of a library', () => {
    const bundle = language.inspect('Math.sqrt(2)', 6, 0);
    expect(bundle?.['text/plain']).toContain('(method) Math.sqrt(x: number): number');
    expect(bundle?.['text/plain']).toContain('square root');
  });

  it('tells the documentation of a library that an import stands for', () => {
    declare(`import { join as glue } from 'node:path';`);
    const text = language.inspect('glue', 2, 0)?.['text/plain'];
    expect(text).toContain('(alias) (method) glue(...paths: string[]): string');
    expect(text).toContain('Join all arguments together and normalize the resulting path.');
  });

  it('tells the documentation that a member inherits from another file', () => {
    mkdirSync(join(folder, 'node_modules', 'shapes'), { recursive: true });
    const write = (name: string, text: string): void => {
      writeFileSync(join(folder, 'node_modules', 'shapes', name), text);
    };
    write('package.json', '{ "name": "shapes", "types": "index.d.ts" }');
    write('index.js', 'exports.Square = class {};');
    write(
      'base.d.ts',
      'export interface Shape {\n  /** How much it {@link Shape}. */\n  area(): number;\n}\n',
    );
    write(
      'index.d.ts',
      `import type { Shape } from './base';\nexport declare class Square implements Shape {\n  area(): number;\n}\n`,
    );
    declare(`import { Square } from 'shapes';`);
    const code = 'new Square().area()';
    expect(language.inspect(code, 14, 0)?.['text/plain']).toBe(
      '(method) Square.area(): number\n\nHow much it {@link Shape}.',
    );
    expect(language.inspect(code, 14, 1)?.['text/plain']).toMatch(/\n\narea\(\): number;$/);
  });

  describe('within the parentheses of a call', () => {
    const asked = (marked: string): string => {
      const bundle = language.inspect(marked.replace('|', ''), marked.indexOf('|'), 0);
      return String(bundle?.['text/plain']);
    };

    it('tells the signature with the parameter that is being written', () => {
      declare(
        `/** The area.\n * @param w in metres */\nfunction area(w: number, h = 2): number { return w * h; }`,
      );
      expect(asked('area(|')).toBe(
        'area(«w: number», h?: number): number\n\nParameter 1 of 2.\nw: in metres\n\nThe area.',
      );
      expect(asked('area(1, |)')).toMatch(/^area\(w: number, «h\?: number»\): number\n/);
      expect(asked('area(1, 2, |)')).toContain('It takes 2 parameters.');
      const markdown = language.inspect('area(1, )', 8, 0)?.['text/markdown'];
      expect(markdown).toMatch(/^`area\(w: number, `\*\*`h\?: number`\*\*`\): number`\n/);
    });

    it('tells a name first, where there is one', () => {
      declare('const width = 3; function scale(by: number): void {}');
      expect(asked('scale(wid|th)')).toMatch(/^const width: 3\n[^]*scale\(«by: number»\)/);
    });

    it('tells the overload that is meant, and the others', () => {
      declare(
        'function put(a: string): void; function put(a: number, ...b: number[]): void; function put(): void {}',
      );
      expect(asked('put(1, 2, 3, |)')).toMatch(
        /^put\(a: number, «\.\.\.b: number\[\]»\): void\n\nOverload 2 of 2\. Parameter 2 of 2\.\n\nput\(a: string\): void$/,
      );
    });

    it('tells the functions of libraries', () => {
      expect(asked('Math.max(1, |)')).toContain('max(«...values: number[]»): number');
    });

    it('tells nothing of a call that begins before the text that is asked about', () => {
      declare('function outer(a: number): void {}');
      const from = (start: number) => language.inspect('outer(1)', 7, 0, start);
      expect(from(6)).toBeUndefined();
      expect(from(0)?.['text/plain']).toContain('«a: number»');
    });
  });

  it('has nothing to say about white space', () => {
    expect(language.inspect('   ', 1, 0)).toBeUndefined();
  });
});

describe('inspect with detail', () => {
  const definition = (code: string, offset: number): string | undefined => {
    const bundle = language.inspect(code, offset, 1);
    const brief = language.inspect(code, offset, 0);
    const markdown = bundle?.['text/markdown'] as string | undefined;
    const plain = bundle?.['text/plain'] as string | undefined;
    expect(plain?.startsWith(brief?.['text/plain'] as string)).toBe(true);
    expect(markdown?.startsWith(brief?.['text/markdown'] as string)).toBe(true);
    const found = markdown
      ?.split('```typescript\n')
      .at(-1)
      ?.replace(/\n```$/, '');
    expect(plain?.endsWith(`\n\n${found}`)).toBe(true);
    return found;
  };

  it.each([
    ['half', 'function half(n: number) {\n  return n / 2; // exactly\n}'],
    ['rate', 'const rate = 1e-3,\n  steps = 10;'],
    ['steps', 'const rate = 1e-3,\n  steps = 10;'],
    ['second', 'const [first, { second }] = [1, { second: 2 }];'],
    ['let s: Size', `type Size = 'small' | 'large';`],
    ['point.move', 'move(by: number): void {\n  void by;\n}'],
    ['new Pen().draw', 'draw() {\n  return this.ink;\n}'],
    [
      'wide',
      'function wide(a: string): string;\nfunction wide(a: number): number;\nfunction wide(a: any) { return a; }',
    ],
  ])('shows what %j is as an earlier cell wrote it', (code, expected) => {
    declare(`/** Halves. */
function half(n: number) {
  return n / 2; // exactly
}
const rate = 1e-3,
  steps = 10;
const [first, { second }] = [1, { second: 2 }];
type Size = 'small' | 'large';
const point = {
  x: 1,
  move(by: number): void {
    void by;
  },
};
class Pen {
  ink = 'blue';
  draw() {
    return this.ink;
  }
}
function wide(a: string): string;
function wide(a: number): number;
function wide(a: any) { return a; }`);
    expect(definition(code, code.length)).toBe(expected);
  });

  it('shows a declaration in the cell that is being written', () => {
    const code = 'let open = 0; open';
    expect(definition(code, code.length)).toBe('let open = 0;');
  });

  it('shows the latest declaration that ran', () => {
    declare('let size = 1;');
    declare(`let size = 'two';`);
    compile(`let size = 3;`);
    language.commit([]);
    expect(definition('size', 2)).toBe(`let size = 'two';`);
  });

  it('shows the magic that made a variable, and what the user wrote around it', () => {
    const text = '%make small\nlet own = 1; let next = 2;';
    const code = 'const small = 1;\nlet own = 1; let next = 2;';
    const length = 'let own = 1; let next = 2;'.length;
    compile(code, { text, spans: [{ source: 12, target: 17, length }] });
    language.commit('all');
    expect(definition('small', 2)).toBe('%make small');
    expect(definition('own', 2)).toBe('let own = 1;');
  });

  it('shows the text of a library declaration, with all overloads', () => {
    expect(definition('parseInt', 3)).toBe(
      'declare function parseInt(string: string, radix?: number): number;',
    );
    expect(definition('Math.PI', 6)).toBe('readonly PI: number;');
    expect(definition('"".replace', 5)?.split('\n').length).toBeGreaterThan(1);
  });

  it('shows the import of a module', () => {
    declare(`import * as path from 'node:path';`);
    expect(definition('path', 2)).toBe(`import * as path from 'node:path';`);
  });

  it('forgets definitions with the variables', () => {
    declare('let gone = 1;');
    language.forget();
    expect(language.inspect('gone', 2, 1)).toBeUndefined();
  });
});

describe('isComplete', () => {
  it.each([
    ['1 + 1', { status: 'complete' }],
    ['function f() { return 1; }', { status: 'complete' }],
    ['for (const a of b) {', { status: 'incomplete', indent: '  ' }],
    ['const s = `open', { status: 'incomplete', indent: '' }],
    ['/* open', { status: 'incomplete', indent: '' }],
    ['f(1,', { status: 'incomplete', indent: '  ' }],
    ['const e = <b>x</b>', { status: 'complete' }],
    ['const = 3', { status: 'invalid' }],
    [')', { status: 'invalid' }],
  ])('%j is %j', (code, expected) => {
    expect(language.isComplete(code)).toEqual(expected);
  });
});
