import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open();
});
afterAll(async () => {
  await notebook.close();
});

describe('values', () => {
  it('shows the value of the last expression', async () => {
    expect((await notebook.run('const six = 6;\nsix * 7')).result).toBe('42');
  });

  it('shows null and does not show undefined', async () => {
    expect((await notebook.run('null')).result).toBe('null');
    expect((await notebook.run('undefined')).outputs).toEqual([]);
  });

  it('runs a cell of comments without an output', async () => {
    const { outcome, outputs } = await notebook.run('// nothing\n/* here */\n');
    expect({ outcome, outputs }).toEqual({ outcome: { status: 'ok' }, outputs: [] });
  });

  it('shows an array of flat records as a table, with its text escaped', async () => {
    const { outputs } = await notebook.run(`[{ name: '<b>', n: 1 }, { name: 'c', n: 2 }]`);
    const [output] = outputs;
    expect(output?.kind === 'result' && output.data['text/html']).toContain(
      '<td>&#60;b&#62;</td><td>1</td>',
    );
    expect(output?.kind === 'result' && output.data['text/plain']).toContain(`name: '<b>'`);
  });

  it('lets an object say how it is shown', async () => {
    const { outputs } = await notebook.run(
      `({ [Symbol.for('Jupyter.display')]() { return { 'text/plain': 'me', 'text/html': '<i>me</i>' }; } })`,
    );
    expect(outputs).toEqual([
      { kind: 'result', data: { 'text/plain': 'me', 'text/html': '<i>me</i>' }, metadata: {} },
    ]);
  });

  it('sends bytes of an image as base64', async () => {
    const { outputs } = await notebook.run(
      `({ [Symbol.for('Jupyter.display')]: () => ({ 'image/png': new Uint8Array([1, 2, 3]) }) })`,
    );
    expect(outputs[0]?.kind === 'result' && outputs[0].data['image/png']).toBe('AQID');
  });

  it('reports an object whose display throws as an error of the cell', async () => {
    const executed = await notebook.run(
      `({ [Symbol.for('Jupyter.display')]() { throw new RangeError('no'); } })`,
    );
    expect(errorOf(executed)).toMatchObject({ ename: 'RangeError', evalue: 'no' });
  });

  it('takes a variable of an earlier cell as a shorthand property', async () => {
    await notebook.run('let size = 2; const shape = { size, inner: { size: 5 } };');
    expect(
      (await notebook.run('size = 3; JSON.stringify([{ size }, { shape, size }])')).result,
    ).toBe(`'[{"size":3},{"shape":{"size":2,"inner":{"size":5}},"size":3}]'`);
    expect((await notebook.run('[1].map((size) => ({ size }))[0].size')).result).toBe('1');
    await notebook.run('({ size = 9 } = {} as { size?: number });');
    expect((await notebook.run('size')).result).toBe('9');
    await notebook.run('({ size } = { size: 4 });');
    expect((await notebook.run('(() => ({ size }))().size')).result).toBe('4');
  });

  it('evaluates an expression in the scope of the cells', async () => {
    await notebook.run('let scoped = 20;');
    expect(await notebook.runtime.evaluate('scoped + 1')).toEqual({ data: { 'text/plain': '21' } });
    expect(await notebook.runtime.evaluate('missing')).toMatchObject({ ename: 'TypeScriptError' });
    expect(await notebook.runtime.evaluate('JSON.parse("{")')).toMatchObject({
      ename: 'SyntaxError',
    });
  });
});

describe('declarations', () => {
  it('lets a function of an earlier cell and a later cell share a variable', async () => {
    await notebook.run('let counter = 0;\nfunction increment() { counter++; return counter; }');
    await notebook.run('counter = 10;');
    expect((await notebook.run('increment()')).result).toBe('11');
    expect((await notebook.run('counter')).result).toBe('11');
  });

  it('calls a function of an earlier cell without a this', async () => {
    await notebook.run('function whoami(this: unknown) { return this === undefined; }');
    expect((await notebook.run('whoami()')).result).toBe('true');
  });

  it('lets a later cell declare a name anew, with another type', async () => {
    await notebook.run('const again = 1;');
    await notebook.run(`const again = 'text';`);
    expect((await notebook.run('again.toUpperCase()')).result).toBe(`'TEXT'`);
  });

  it('keeps types, classes, enums and destructured names', async () => {
    await notebook.run(
      'interface Point { x: number }\nclass Box { constructor(readonly p: Point) {} }\nenum Color { Red = 3 }\nconst { a, ...others } = { a: 1, b: 2 };',
    );
    const { result } = await notebook.run(
      'const box = new Box({ x: 5 } satisfies Point); [box.p.x, Color.Red, a, others.b]',
    );
    expect(result).toBe('[ 5, 3, 1, 2 ]');
  });

  it('waits for a top-level await and for await', async () => {
    const { result } = await notebook.run(
      `let sum = await Promise.resolve(1);\nfor await (const n of (async function* () { yield 2; yield 3; })()) sum += n;\nsum`,
    );
    expect(result).toBe('6');
  });

  it('keeps the declarations of a failed cell that ran, and the old value of one that did not', async () => {
    await notebook.run(`const old = 'old';`);
    await notebook.run(
      `const early = 1;\ntype Early = { e: number };\nthrow new Error('stop');\nconst old = 2;\nconst unreached = 3;`,
    );
    expect((await notebook.run('const typed: Early = { e: early }; typed.e')).result).toBe('1');
    expect((await notebook.run('old.length')).result).toBe('3');
    expect(errorOf(await notebook.run('unreached')).evalue).toContain(
      `Cannot find name 'unreached'`,
    );
  });

  it('keeps the old value and type of what JavaScript declares ahead of its line', async () => {
    await notebook.run(
      `enum Mode { A = 1 }\nnamespace Old { export const a = 1 }\nvar vv = 3, inBlock = 4;\nfunction fail(): void { throw new Error('f') }`,
    );
    await notebook.run(
      `var ran = 'ran'; let best: number | undefined; fail()\nenum Mode { A = 'x' }\nnamespace Old { export const a = 'x' }\nvar vv = 'x', never = 1; { var inBlock = 'x' }`,
    );
    const { result, outcome } = await notebook.run(
      `const kept: number[] = [Mode.A, Old.a, vv, inBlock]; [...kept, ran, best]`,
    );
    expect(outcome).toEqual({ status: 'ok' });
    expect(result).toBe(`[ 1, 1, 3, 4, 'ran', undefined ]`);
    expect(errorOf(await notebook.run('never')).evalue).toContain('never');
  });

  it('says where a magic stands when one is in a block, and only then', async () => {
    const hint = 'A magic stands at the start of a statement outside brackets.';
    const inBlock = errorOf(await notebook.run(`if (true) {\n  %time 1 + 1\n}`));
    expect(inBlock.traceback.filter((line) => line === hint)).toHaveLength(1);
    expect(inBlock.evalue).toContain(hint);
    expect(errorOf(await notebook.run(`const five = 5 +\n  ;`)).evalue).not.toContain(hint);
  });

  it('runs nothing of a cell with a type error, and names every error with line and column', async () => {
    await notebook.run('let touched = false;');
    const error = errorOf(
      await notebook.run(`touched = true;\nconst n: number = 'a';\nconst s: string = 1;`),
    );
    const cell = `cell[${notebook.lastCount}]`;
    expect(error.ename).toBe('TypeScriptError');
    expect(error.evalue.split('\n')).toEqual([
      `${cell}:2:7 - Type 'string' is not assignable to type 'number'.`,
      `${cell}:3:7 - Type 'number' is not assignable to type 'string'.`,
    ]);
    expect(error.traceback).toContain(`  2 | const n: number = 'a';`);
    expect((await notebook.run('touched')).result).toBe('false');
  });

  it('reports a syntax error with its place', async () => {
    const error = errorOf(await notebook.run('const = 3;'));
    expect(error.evalue).toContain(
      `cell[${notebook.lastCount}]:1:7 - Variable declaration expected.`,
    );
  });
});

describe('errors', () => {
  it('maps stack frames to lines of the cell, without frames of ours', async () => {
    const error = errorOf(
      await notebook.run(
        `interface Gone { a: 1 }\n\nfunction fails(): never {\n  throw new TypeError('bad');\n}\n\nfails();`,
      ),
    );
    const cell = `cell[${notebook.lastCount}]`;
    expect(error).toMatchObject({ ename: 'TypeError', evalue: 'bad' });
    expect(error.traceback).toEqual([
      'TypeError: bad',
      `${cell}:4:9`,
      `  4 |   throw new TypeError('bad');`,
      '    |         ^',
      `    at fails (${cell}:4:9)`,
      `    at ${cell}:7:1`,
    ]);
  });

  it('names the cell in which a function was written when another one calls it', async () => {
    await notebook.run(`function thrower() {\n  throw new Error('from there');\n}`);
    const written = notebook.lastCount;
    const error = errorOf(await notebook.run('\nthrower();'));
    expect(error.traceback).toContain(`    at thrower (cell[${written}]:2:9)`);
    expect(error.traceback).toContain(`    at cell[${notebook.lastCount}]:2:1`);
  });

  it('maps frames after an await, and those that user code reads itself', async () => {
    const error = errorOf(await notebook.run(`await null;\n\nthrow new Error('later');`));
    expect(error.traceback).toContain(`cell[${notebook.lastCount}]:3:7`);
    const { stdout } = await notebook.run(`\n\nconsole.log(new Error('here').stack);`);
    expect(stdout).toContain(`cell[${notebook.lastCount}]:3:13`);
  });

  it('shows the chain of causes', async () => {
    const { traceback } = errorOf(
      await notebook.run(
        `throw new Error('outer', { cause: new RangeError('inner', { cause: 'root' }) });`,
      ),
    );
    expect(traceback.filter((line) => /^(Error|RangeError|Caused by|'root')/.test(line))).toEqual([
      'Error: outer',
      'Caused by:',
      'RangeError: inner',
      'Caused by:',
      `'root'`,
    ]);
  });

  it.each([
    [`throw 'text';`, 'text'],
    ['throw null;', 'null'],
    ['throw { code: 7 };', '{ code: 7 }'],
  ])('reports what is thrown without being an error: %s', async (code, evalue) => {
    expect(errorOf(await notebook.run(code))).toMatchObject({ ename: 'Thrown', evalue });
  });

  it('reports an error of an error class by the class', async () => {
    const error = errorOf(
      await notebook.run(`class MyError extends Error {}\nthrow new MyError('mine');`),
    );
    expect(error.ename).toBe('MyError');
  });

  it('survives an uncaught error of a timer and says where it was', async () => {
    await notebook.run(`setTimeout(() => {\n  throw new Error('in a timer');\n}, 1); 0`);
    const count = notebook.lastCount;
    await notebook.until(() => notebook.seen(count).stderr.includes('in a timer'));
    expect(notebook.seen(count).stderr).toContain(`cell[${count}]:2:9`);
    expect((await notebook.run('1')).result).toBe('1');
  });
});
