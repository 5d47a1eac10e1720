import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

function compile(code: string): CompiledCell {
  const compiled = language.compile(code, 1);
  if (compiled.status !== 'ok') throw new Error(`did not compile: ${JSON.stringify(compiled)}`);
  return compiled.cell;
}

function declare(code: string): void {
  compile(code);
  language.commit('all');
}

describe('compile', () => {
  it('names what a cell declares, its imports, its last expression, and whether it awaits', () => {
    const cell = compile(
      `import { join } from 'node:path';\nconst a = await join('x', 'y');\nfor (var i = 0; i < 3; i++);\na`,
    );
    expect({ ...cell, names: [...cell.names].sort() }).toMatchObject({
      names: ['a', 'i', 'join'],
      imports: ['node:path'],
      lastExpression: 'tsLastExpr',
      isAsync: true,
    });
  });

  it('does not take an await inside a function for a top-level one', () => {
    expect(compile('const f = async () => { await null; };').isAsync).toBe(false);
  });

  it.each(['', '  \n', '// only this', '/* or\nthat */'])('finds nothing to run in %j', (code) => {
    expect(language.compile(code, 1)).toEqual({ status: 'empty' });
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

  it('has nothing to say about white space', () => {
    expect(language.inspect('   ', 1, 0)).toBeUndefined();
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
    ['const = 3', { status: 'invalid' }],
    [')', { status: 'invalid' }],
  ])('%j is %j', (code, expected) => {
    expect(language.isComplete(code)).toEqual(expected);
  });
});
