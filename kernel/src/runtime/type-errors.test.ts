import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open((cwd) => {
    writeFileSync(join(cwd, 'imports-nothing.ts'), `import { gone } from './gone';\ngone();`);
  });
});
beforeEach(async () => {
  await types('strict');
});
afterAll(async () => {
  await notebook.close();
});

async function types(checks: 'strict' | 'warn' | 'off'): Promise<string | undefined> {
  return (await notebook.run(`await (await import('halfnote')).typeChecks('${checks}')`)).result;
}

const CELL = `import { join } from 'node:path';
import { nothing } from 'node:os';
console.log('a statement');
let counter = 0;
function good(n: number) { return n + 1; }
function usesGood() { return good(1); }
function bad(): string { return 5; }
function usesBad() { return bad(); }
function usesUsesBad() { return usesBad(); }
function usesCounter() { return counter; }
class Point { constructor(readonly x: number) {} static origin = { x: 0 }; [Symbol.toStringTag] = 'P'; }
class Runs { static x = console.log('a static value'); }
class Extends extends Runs {}
interface Shape { area: number }
type Wrong = Missing[];
type Fine = Shape | Point;
enum Color { Red, Green }
function over(a: string): string;
function over(a: number): number;
function over(a: any) { return a; }
const holder = { good };
export function exported(s: Shape) { return s.area; }`;

describe('a type error', () => {
  it('costs a cell its statements and what depends on it, and nothing else', async () => {
    const executed = await notebook.run(CELL);
    const error = errorOf(executed);
    expect(executed.outputs).toEqual([]);
    const kept = 'good, usesGood, over, exported, join, Point, Shape, Fine, Color';
    expect(error.evalue.split('\n').slice(-1)).toEqual([
      `Defined all the same, as no error reaches them: ${kept}. Nothing else of the cell ran.`,
    ]);
    const use = `const f: Fine = new Point(3);\n[join('a', 'b'), usesGood(), f.constructor.name, Point.origin.x, Color.Green, over(4), exported({ area: 2 })]`;
    const { result } = await notebook.run(use);
    expect(result?.replace(/\s+/g, ' ')).toBe(`[ 'a/b', 2, 'Point', 0, 1, 4, 2 ]`);
  });

  it.each([
    'bad',
    'usesBad',
    'usesUsesBad',
    'counter',
    'usesCounter',
    'Runs',
    'Extends',
    'holder',
    'nothing',
  ])('leaves undefined what it reaches and what would have to run: %s', async (name) => {
    await notebook.run(CELL);
    expect(errorOf(await notebook.run(name)).evalue).toContain(`Cannot find name '${name}'`);
  });

  it('leaves a variable of an earlier cell to what was written for it', async () => {
    await notebook.run('let shared = 1;');
    await notebook.run(
      `let shared = 2;\nfunction readShared() { return shared; }\nconst n: number = 'x';`,
    );
    expect((await notebook.run('shared')).result).toBe('1');
    expect((await notebook.run('readShared')).outcome.status).toBe('error');
  });

  it('keeps the lines of what it leaves', async () => {
    await notebook.run(
      `const n: number = 'x';\nfunction thrower() {\n  throw new Error('there');\n}`,
    );
    const cell = `cell[${notebook.lastCount}]`;
    expect(errorOf(await notebook.run('thrower()')).traceback).toContain(
      `    at thrower (${cell}:3:9)`,
    );
  });

  it('costs everything where the syntax is wrong, or an import fails', async () => {
    await notebook.run('function unsound() {}\nconst = 3;');
    expect((await notebook.run('unsound')).outcome.status).toBe('error');
    const failing = `import { thing } from './throws.cjs';\nfunction beside() {}\nconst n: number = 'x';`;
    expect(errorOf(await notebook.run(failing)).evalue).not.toContain('thing.');
  });
});

describe('%types', () => {
  it('warn shows the error beside the output, and runs the cell', async () => {
    expect(await types('warn')).toMatch(/^warn: /);
    const { result, outputs, stderr, stdout } = await notebook.run(
      `const n: number = 'text';\nconsole.log('ran');\nn`,
    );
    expect([result, stdout, stderr]).toEqual([`'text'`, 'ran\n', '']);
    const display = outputs.find((output) => output.kind === 'display');
    expect(display?.output.data['text/plain']).toContain(
      `cell[${notebook.lastCount}]:1:7 - Type 'string' is not assignable to type 'number'.`,
    );
    expect((await notebook.run('n')).result).toBe(`'text'`);
  });

  it.each(['warn', 'off'] as const)(
    '%s lets a missing name throw where it is used',
    async (checks) => {
      await types(checks);
      const executed = await notebook.run(`console.log('before');\nabsent();`);
      expect(executed.stdout).toBe('before\n');
      expect(errorOf(executed)).toMatchObject({
        ename: 'ReferenceError',
        evalue: 'absent is not defined',
      });
      expect(errorOf(executed).traceback).toContain(`cell[${notebook.lastCount}]:2:1`);
    },
  );

  it.each([
    ['strict', "import 'NAME'; console.log('ran');"],
    ['strict', "// @ts-ignore\nimport x from 'NAME'; console.log(x);"],
    ['warn', "import x from 'NAME'; console.log('ran');"],
    ['warn', "import { y } from 'NAME'; y"],
    ['warn', "export * from 'NAME'; console.log('ran');"],
    ['off', "import x from 'NAME'; console.log('ran');"],
  ] as const)('%s leaves an import of nothing to what loads it: %s', async (checks, code) => {
    await types(checks);
    const nothing = `Cannot find module '`;
    for (const [name, message] of [
      ['nope-not-there', `${nothing}nope-not-there'`],
      ['./gone', `${nothing}./gone'`],
      ['#gone', `${nothing}#gone'`],
      ['node:gone', 'No such built-in module: node:gone'],
      ['./imports-nothing', `${nothing}./gone'`],
    ] as const) {
      if (checks === 'strict' && name === './imports-nothing') continue;
      const executed = await notebook.run(code.replace('NAME', name));
      expect(executed.stdout).toBe('');
      expect(errorOf(executed).ename).toBe('Error');
      expect(errorOf(executed).evalue.split('\n')[0]).toBe(message);
    }
  });

  it('off shows nothing', async () => {
    await types('off');
    const { outputs } = await notebook.run(`const quiet: number = 'text';\nquiet`);
    expect(outputs.map(({ kind }) => kind)).toEqual(['result']);
  });

  it.each(['warn', 'off'] as const)('%s still refuses what cannot run', async (checks) => {
    await types(checks);
    const twice = errorOf(await notebook.run('let twice = 1;\nlet twice = 2;'));
    expect(twice.evalue).toContain(`:1:5 - Cannot redeclare block-scoped variable 'twice'.`);
    expect(errorOf(await notebook.run('const = 3;')).ename).toBe('TypeScriptError');
  });
});
