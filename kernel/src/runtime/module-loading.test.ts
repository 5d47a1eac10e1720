import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';

/** JavaScript that Node.js loads too: each `main` exports what it saw. */
const AS_NODE: Readonly<Record<string, string>> = {
  // Circles: functions are there before their module has run, values aren't.
  'circle/main.mjs': `import { a } from './a.mjs'; import { log } from './log.mjs'; export const seen = [a, ...log];`,
  'circle/log.mjs': `export const log = [];`,
  'circle/a.mjs': `import { b, early } from './b.mjs'; import { log } from './log.mjs';
export function hoisted() { return 'hoisted'; }
export const a = b + 1; log.push(early);`,
  'circle/b.mjs': `import { hoisted, a } from './a.mjs'; import { log } from './log.mjs';
export let early = hoisted();
try { log.push(a); } catch (error) { log.push(error.name + ': ' + error.message); }
export const b = 1;`,
  // Exports are live, also through modules that pass them on.
  'live/main.mjs': `import { count, add } from './star.mjs'; import * as all from './star.mjs';
const before = count; add(); export const seen = [before, count, all.count, Object.keys(all)];`,
  'live/star.mjs': `export * from './counter.mjs'; export const own = 1; export const hidden = 'mine';`,
  'live/counter.mjs': `export let count = 0; export const add = () => { count++; }; export const hidden = 'its'; export default 5;`,
  // In order, whatever waits.
  'order/main.mjs': `import './one.mjs'; import './two.mjs'; import 'node:path'; import './three.mjs'; globalThis.order.push('main'); export const seen = globalThis.order;`,
  'order/one.mjs': `globalThis.order = ['one'];`,
  'order/two.mjs': `globalThis.order.push('two before'); await new Promise((r) => setTimeout(r, 5)); globalThis.order.push('two after');`,
  'order/three.mjs': `import './two.mjs'; globalThis.order.push('three');`,
  // Every way to export.
  'ways/main.mjs': `import f, { A, x, y, z as w, d } from './ways.mjs'; import g from './arrow.mjs'; import C from './class.mjs'; import v from './value.mjs'; import h from './hoisted.mjs'; import * as ns from './ways.mjs'; import { inner, again, default as same } from './pass.mjs';
export const seen = [f.name, f(), A.name, x, y, w, d, g.name, g(1), C.name, new C().m(), v, h.name, await h(), Object.keys(ns), inner.x, again, same === f, typeof import.meta.url, this === undefined];`,
  'ways/ways.mjs': `export default function named() { return 'f'; }
export class A {} export const [x, { y }] = [1, { y: 2 }]; const hidden = 3; export { hidden as z }; export var d = 4;`,
  'ways/arrow.mjs': `export default (n) => n + 1;`,
  'ways/class.mjs': `export default class { m() { return 'm'; } }`,
  'ways/value.mjs': `export default [1, 2].map((n) => n * 2);`,
  'ways/hoisted.mjs': `export default async function () { return 'async'; }`,
  'ways/pass.mjs': `export * as inner from './ways.mjs'; export { x as again, default } from './ways.mjs';`,
  // CommonJS in between.
  'mixed/main.mjs': `import cjs, { named } from './lib.cjs'; import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);
export const seen = [cjs.named, named, require('./lib.cjs') === cjs, (await import('./lib.cjs')).named, await cjs.later()];`,
  'mixed/lib.cjs': `exports.named = __filename.slice(-7); exports.later = async () => (await import('./value.mjs')).value;`,
  'mixed/value.mjs': `export const value = await 6;`,
  'meta/main.mjs': `export const seen = [import.meta.url, import.meta.filename, import.meta.dirname, import.meta.resolve('./x.mjs'), import.meta.resolve('fs')];`,
};

let notebook: TestNotebook;
const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(notebook.cwd, name)), { recursive: true });
  writeFileSync(join(notebook.cwd, name), text);
};
/** Files are told apart by when they were written. */
const rewrite = async (name: string, text: string): Promise<void> => {
  await new Promise((wait) => setTimeout(wait, 20));
  write(name, text);
};
const print = (value: string): string => `console.log(JSON.stringify(${value}));`;
const valueOf = async (code: string): Promise<unknown> => {
  const executed = await notebook.run(code);
  if (executed.outcome.status === 'error') throw new Error(errorOf(executed).traceback.join('\n'));
  return JSON.parse(executed.stdout);
};
const tracebackOf = async (code: string): Promise<string> =>
  errorOf(await notebook.run(code)).traceback.join('\n');

beforeAll(async () => {
  notebook = await TestNotebook.open();
  for (const [name, text] of Object.entries(AS_NODE)) write(name, text);
});
afterAll(() => notebook.close());

describe('modules beside the notebook load as in Node.js', () => {
  const groups = [...new Set(Object.keys(AS_NODE).map((name) => dirname(name)))];
  let byNode: Record<string, unknown>;
  beforeAll(() => {
    const script = `const seen = {}; for (const name of ${JSON.stringify(groups)}) seen[name] = (await import('./' + name + '/main.mjs')).seen; console.log(JSON.stringify(seen));`;
    write('judge.mjs', script);
    const options = { cwd: notebook.cwd, encoding: 'utf8' } as const;
    byNode = JSON.parse(execFileSync(process.execPath, ['judge.mjs'], options)) as typeof byNode;
  });

  it.each(groups)('%s', async (group) => {
    expect(readdirSync(join(notebook.cwd, group))).toContain('main.mjs');
    const seen = await valueOf(`import { seen } from './${group}/main.mjs';\n${print('seen')}`);
    expect(seen).toEqual(byNode[group]);
  });
});

describe('a module that changed', () => {
  it('is loaded again with those that import it; others keep their state', async () => {
    write('state.ts', 'export const started: number = Math.random();');
    write('low.ts', 'export const low: number = 1;');
    write(
      'high.ts',
      `import { low } from './low';\nimport { started } from './state';\nexport const sum = (): number[] => [low, started];`,
    );
    const cell = `import { sum } from './high';\n${print('sum()')}`;
    const [one, started] = (await valueOf(cell)) as number[];
    await rewrite('low.ts', 'export const low: number = 2;');
    expect([one, await valueOf(cell)]).toEqual([1, [2, started]]);
  });

  it('is loaded again by import(), and as JSON', async () => {
    write('data.json', '{"n": 1}');
    const cell = `import { n } from './data.json';\nimport all from './data.json' with { type: 'json' };\n${print(`[n, all.n, (await import('./data.json')).default.n]`)}`;
    expect(await valueOf(cell)).toEqual([1, 1, 1]);
    await rewrite('data.json', '{"n": 2}');
    expect(await valueOf(cell)).toEqual([2, 2, 2]);
  });

  it.each([
    ['require()', (name: string) => `require('./${name}').value()`],
    ['require() of a computed name', (name: string) => `require('./${name}' + '').value()`],
    ['import()', (name: string) => `(await import('./${name}')).value()`],
    [
      'import() of a computed name',
      (name: string) => `(await import('./${name}' as string)).value()`,
    ],
  ])('is loaded again by %s, also below what asks for it', async (way, load) => {
    const name = `again-${way.replaceAll(/\W/g, '')}`;
    write(`${name}-low.ts`, 'export const low: number = 1;');
    write(`${name}-js.js`, 'exports.value = () => 1;');
    const high = (factor: number): string =>
      `import { low } from './${name}-low';\nexport const loads: object = {};\nexport const value = (): number => ${factor} * low;`;
    write(`${name}.ts`, high(1));
    // A cell that names the files sends them; then they change without one that does.
    await notebook.run(`import { value } from './${name}';\nimport js from './${name}-js.js';`);
    const values = (): Promise<unknown> =>
      valueOf(print(`[${load(name)}, ${load(`${name}-js.js`)}]`));
    expect(await values()).toEqual([1, 1]);
    await rewrite(`${name}-low.ts`, 'export const low: number = 2;');
    await rewrite(`${name}-js.js`, 'exports.value = () => 2;');
    expect(await values()).toEqual([2, 2]);
    await rewrite(`${name}.ts`, high(10));
    expect(await values()).toEqual([20, 2]);
    const same = load(name).replace('value()', 'loads');
    expect(await valueOf(print(`${same} === ${same}`))).toBe(true);
  });

  it('keeps what enumerations were worth in others in step', async () => {
    write('kinds.ts', 'export const enum Kind { small = 1 }');
    write('uses.ts', `import { Kind } from './kinds';\nexport const small: number = Kind.small;`);
    const cell = `import { small } from './uses';\n${print('small')}`;
    expect(await valueOf(cell)).toBe(1);
    await rewrite('kinds.ts', 'export const enum Kind { small = 7 }');
    expect(await valueOf(cell)).toBe(7);
  });

  it('is tried again after it failed', async () => {
    write(
      'fails.ts',
      `if (!(globalThis as any).ready) throw new Error('not ready');\nexport const fine: boolean = true;`,
    );
    const cell = `import { fine } from './fails';\n${print('fine')}`;
    expect(await tracebackOf(cell)).toContain('Error: not ready');
    await notebook.run('(globalThis as any).ready = true;');
    expect(await valueOf(cell)).toBe(true);
  });

  it('finds what its author adds', async () => {
    write('lacks.ts', `import { added } from './added';\nexport const all: number = added;`);
    const cell = `import { all } from './lacks';\n${print('all')}`;
    expect(await tracebackOf(cell)).toContain(`lacks.ts:1:23 - Cannot find module './added'`);
    await rewrite('added.js', 'export const added = 1;');
    expect(await valueOf(cell)).toBe(1);
    await rewrite('added.ts', 'export const added: number = 2;');
    await rewrite(
      'lacks.ts',
      `import { added } from './added';\nexport const all: number = 10 * added;`,
    );
    expect(await valueOf(cell)).toBe(20);
  });

  it('is there after the cell process has ended', async () => {
    await notebook.run('process.exit(3)');
    expect(await valueOf(`import { low } from './low';\n${print('low')}`)).toBe(2);
  });
});

describe('stacks of modules', () => {
  const source = [
    '// one',
    '// two',
    'export function boom(x: number): number {',
    '  if (x > 0) throw new RangeError("boom " + x)',
    '  return x',
    '}',
    'export async function later(x: number): Promise<number> {',
    '  await null;',
    '  return boom(x);',
    '}',
    'export default (x: number): number => { return boom(x); };',
    'export class Deep { static run(x: number): number { return [x].map((n: number) => boom(n))[0]!; } }',
    'export const timer = (): void => { setTimeout(() => boom(9), 1); };',
  ].join('\n');

  it.each(['ts', 'mts', 'tsx', 'cts'])('show the lines of the .%s file', async (extension) => {
    const file = `stack-${extension}.${extension}`;
    write(file, source);
    const place = (line: number, column: number): string =>
      `${join(notebook.cwd, file)}:${line}:${column}`;
    const names = `import standard, { boom, later, Deep } from './${file}';`;
    expect(await tracebackOf(`${names}\nboom(3)`)).toMatch(
      new RegExp(
        `^RangeError: boom 3\n[\\s\\S]*at boom \\(${place(4, 20)}\\)\n    at cell\\[\\d+\\]:2`,
      ),
    );
    const async = await tracebackOf(`await later(3)`);
    expect(async).toContain(
      `at boom (${place(4, 20)})\n    at later (${place(9, 10)})\n    at async cell`,
    );
    expect(await tracebackOf(`standard(1)`)).toMatch(
      new RegExp(`at (?:default|.*default) \\(${place(11, 48)}\\)`),
    );
    expect(await tracebackOf(`Deep.run(1)`)).toContain(place(12, 83));
  });

  it.each(['down (1)', '(all) of (it', 'a #1 100% %20', 'ünï 文 [x]', 'cell[1]', "it's $&"])(
    'show the lines in the folder %j',
    async (folder) => {
      write(
        `${folder}/lib.ts`,
        `interface A { x: number }\n\nexport function boom(): never {\n  throw new Error("boom");\n}\nexport const later = async (): Promise<never> => { await null; return boom(); };`,
      );
      const place = `(${join(notebook.cwd, folder, 'lib.ts')}:`;
      const lib = `await import(${JSON.stringify(`./${folder}/lib`)})`;
      const atOnce = await tracebackOf(`(0, (${lib}).boom)()`);
      expect(atOnce).toContain(`    at boom ${place}4:9)\n    at cell[`);
      const later = await tracebackOf(`await (0, (${lib}).later)()`);
      expect(later).toContain(`    at boom ${place}4:9)\n    at later ${place}6:71)\n`);
    },
  );

  it('show the lines of a notebook in such a folder, and no frame of ours', async () => {
    const folder = '(it) #1 (1) %20 ü';
    const other = await TestNotebook.open(
      (cwd) => {
        mkdirSync(join(cwd, folder));
        writeFileSync(
          join(cwd, folder, 'top.ts'),
          `interface A {}\n\nawait null; throw new Error('top');`,
        );
      },
      {},
      folder,
    );
    try {
      const frames = async (code: string): Promise<string[]> =>
        errorOf(await other.run(code)).traceback.filter((line) => line.startsWith('    at '));
      const place = `${join(other.cwd, 'top.ts')}:3:19`;
      expect((await frames(`import './top';`))[0]).toBe(`    at ${place}`);
      expect((await frames(`await import('./top' as string)`))[0]).toBe(`    at ${place}`);
      for (const name of ['./none', 'nothing-here'])
        expect(await frames(`await import('${name}' as string)`)).toEqual([
          `    at cell[${other.lastCount}]:1:7`,
        ]);
    } finally {
      await other.close();
    }
  });

  it('show where a module fails when it loads, and in timers', async () => {
    write('on-load.ts', `export const x: number = 1\nthrow new Error("on load")`);
    write(
      'outer.ts',
      `interface Unused { a: 1 }\nimport { x } from './on-load';\nexport const y: number = x;`,
    );
    const place = `${join(notebook.cwd, 'on-load.ts')}:2:7`;
    for (const name of ['on-load', 'outer'])
      for (const code of [
        `import './${name}';`,
        `await import('./${name}')`,
        `await import('./${name}' + '')`,
      ])
        expect(await tracebackOf(code)).toMatch(
          new RegExp(`^Error: on load\n(?:cell[^\n]*\n.*\n.*\n)?    at ${place}`),
        );
    const { outcome } = await notebook.run(`import { timer } from './stack-ts';\ntimer();`);
    expect(outcome.status).toBe('ok');
    const count = notebook.lastCount;
    await notebook.until(() => notebook.seen(count).stderr.includes('boom'));
    expect(notebook.seen(count).stderr).toMatch(
      new RegExp(
        `Uncaught RangeError: boom 9\n    at boom \\(${join(notebook.cwd, 'stack-ts.ts')}:4:20\\)`,
      ),
    );
  });

  it('call what is imported by its name', async () => {
    write('lacking.ts', `export const f: any = 1, C: any = 2;\nexport default undefined as any;`);
    write(
      'calls.ts',
      `import none, { f, C } from './lacking';\nexport const call = (): void => { f(); };\nexport const make = (): void => { new C(); };\nexport const run = (): void => { none(); };`,
    );
    await notebook.run(
      `import { call, make, run } from './calls';\nimport { f, C } from './lacking';`,
    );
    for (const [code, message] of [
      ['call()', 'f is not a function'],
      ['make()', 'C is not a constructor'],
      ['run()', 'default is not a function'],
    ] as const) {
      const error = errorOf(await notebook.run(code));
      expect([error.evalue, error.traceback[0]]).toEqual([message, `TypeError: ${message}`]);
    }
    const { stdout } = await notebook.run(
      `import { f as g, C as D } from './lacking';\ntry { g(); } catch (error) { console.log(error); }\ntry { new D(); } catch (error) { console.log(error); }`,
    );
    expect(stdout).toMatch(
      /^TypeError: f is not a function\n.*:2:7\nTypeError: C is not a constructor\n.*:3:7\n$/,
    );
  });

  it('show where something that is nowhere was asked for', async () => {
    for (const name of ['./none', 'no-such-package-at-all']) {
      const lines = (await tracebackOf(`1;\nawait import('${name}' as string)`)).split('\n');
      const cell = `cell[${notebook.lastCount}]:2:7`;
      expect([lines[1], lines.at(-1)]).toEqual([cell, `    at ${cell}`]);
      expect(lines.filter((line) => line.startsWith('    at '))).toHaveLength(1);
    }
  });

  it('say where the syntax or the types of a module are wrong', async () => {
    write('wrong.ts', 'export const ok: number = 1;\nexport const = 2;');
    expect(await tracebackOf(`import './wrong';`)).toContain(
      'wrong.ts:2:14 - Variable declaration',
    );
    expect(await tracebackOf(`await import('./wrong' as string)`)).toContain('wrong.ts:2:');
    write('typed.ts', `export const f: (a: string) => void = (a: number) => {};`);
    const lines = (await tracebackOf(`import './typed';`)).split('\n');
    expect(lines[0]).toMatch(/^typed\.ts:1:14 - Type '\(a: number\) => void'/);
    expect(lines.slice(1).every((line) => line.startsWith('  '))).toBe(true);
  });
});

describe('errors that a cell prints', () => {
  const shown = async (code: string): Promise<string> => {
    const { stdout, stderr, result } = await notebook.run(code);
    return [stdout, stderr, result].join('');
  };
  const make = `const fail = (): Error => { try { JSON.parse('{'); throw new Error('none'); } catch (error) { return error as Error; } };`;

  it.each([
    ['console.error', 'console.error(fail())'],
    ['console.log', 'console.log(fail())'],
    ['console.warn', 'console.warn(fail())'],
    ['util.inspect', `console.log((await import('node:util')).inspect(fail()))`],
    ['its stack', 'console.log(fail().stack)'],
    ['as a value', 'fail()'],
  ])('show the message and the user’s frames: %s', async (_name, code) => {
    const text = await shown(`${make}\n${code}`);
    expect(text).toMatch(/^SyntaxError: .*JSON/);
    const frames = text.split('\n').filter((line) => /^\s+at /.test(line));
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.every((frame) => /cell\[\d+\]:\d+:\d+\)?$/.test(frame))).toBe(true);
  });

  it('show causes, several at once, Node.js’s own, and traces alike', async () => {
    const text = await shown(
      `${make}\nimport fs from 'node:fs';\nlet missing: unknown;\ntry { fs.readFileSync('/nowhere'); } catch (error) { missing = error; }\nconsole.error(new Error('outer', { cause: fail() }));\nconsole.error(new AggregateError([fail(), missing], 'both'));\nconsole.trace('here');\nclass Mine extends Error { code = 7; }\nconsole.log(new Mine('own'));`,
    );
    for (const part of [
      'Error: outer',
      '[cause]: SyntaxError',
      'AggregateError: both',
      'ENOENT',
      'Trace: here',
      'own\n',
      'code: 7',
    ])
      expect(text).toContain(part);
    const frames = text.split('\n').filter((line) => /^\s+at /.test(line));
    expect(frames.length).toBeGreaterThan(6);
    expect(frames.filter((frame) => !/cell\[\d+\]:\d+:\d+\)?(?: \{|,)?$/.test(frame))).toEqual([]);
  });
});

describe('a module that loads', () => {
  it('can be interrupted in a loop and while it waits, and loads whole the next time', async () => {
    const flag = '(globalThis as any).free';
    write(
      'loops.ts',
      `console.log('running'); while (!${flag}) {}\nexport const done: string = 'looped';`,
    );
    write(
      'waits.ts',
      `console.log('running'); if (!${flag}) await new Promise(() => {});\nexport const done: string = 'waited';`,
    );
    await notebook.run('let kept = 11;');
    for (const [name, word] of [
      ['loops', 'looped'],
      ['waits', 'waited'],
    ] as const) {
      const stopped = await notebook.interruptWhenRunning(
        `import { done } from './${name}';\ndone`,
      );
      expect(errorOf(stopped).ename).toBe('Interrupted');
      await notebook.run(`${flag} = true;`);
      expect((await notebook.run(`import { done } from './${name}';\ndone`)).result).toBe(
        `'${word}'`,
      );
      await notebook.run(`${flag} = false;`);
    }
    expect((await notebook.run('kept')).result).toBe('11');
  });

  it.each([
    ['ts', ''],
    ['ts', 'export const enum Kind { small = 1 }'],
    ['ts', 'export interface Shape { area: number }'],
    ['ts', 'declare const typed: number;'],
    ['js', '// a comment'],
    ['cts', ''],
  ])('may have nothing that runs: .%s, %j', async (extension, text) => {
    write(`nothing.${extension}`, text);
    for (const code of [
      `import './nothing.${extension}';`,
      `await import('./nothing.' + '${extension}');`,
    ])
      expect((await notebook.run(code)).outcome.status).toBe('ok');
  });

  it('gives its namespace as Node.js shows it', async () => {
    write('shown.ts', 'export const b: number = 2;\nexport const a: string = "1";');
    expect((await notebook.run(`await import('./shown')`)).result).toBe(
      `[Module: null prototype] { a: '1', b: 2 }`,
    );
  });
});
