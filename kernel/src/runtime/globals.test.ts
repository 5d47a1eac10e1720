import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open();
});
beforeEach(() => {
  notebook.calls.length = 0;
});
afterAll(async () => {
  await notebook.close();
});

describe('input in cells', () => {
  it('asks through the kernel without an import', async () => {
    const { result } = await notebook.run(`await input('Key: ', { password: true })`);
    const params = { prompt: 'Key: ', password: true };
    expect(notebook.calls).toEqual([{ method: 'input.request', params }]);
    expect(result).toContain("prompt: 'Key: '");
  });

  it("is the library's own function, of the same type", async () => {
    const { result } = await notebook.run(
      `import * as library from 'halfnote';
      const global: typeof library.input = input;
      const imported: typeof input = library.input;
      [global === imported, Object.keys(globalThis).includes('input')]`,
    );
    expect(result).toBe('[ true, false ]');
  });

  it('is typed: an answer is a promise of text, a prompt is text', async () => {
    const promise = await notebook.run(`const wrong: number = await input('?');`);
    expect(errorOf(promise).evalue).toContain(`'string' is not assignable to type 'number'`);
    const prompt = await notebook.run(`await input(42);`);
    expect(errorOf(prompt).evalue).toContain(`'number' is not assignable`);
    expect(notebook.calls).toEqual([]);
  });

  it('completes, and tells what it does', async () => {
    const { matches } = await notebook.runtime.complete('await inp', 9);
    expect(matches).toContain('input');
    const help = await notebook.runtime.inspect('input', 5, 0);
    expect(help?.['text/plain']).toContain('Promise<string>');
    expect(help?.['text/plain']).toContain('Asks the user for a line of text');
  });

  it.each([
    [`import { input } from 'halfnote';\ntypeof input`, `'function'`],
    [`const input = [1, 2];\ninput.length`, '2'],
    [`input[1]`, '2'],
    [`function f(input: number) { return input + 1; }\nf(1)`, '2'],
    [`function input(): number { return 7; }\ninput()`, '7'],
    [`let input = 'text';\ninput = input + '!';\ninput`, `'text!'`],
  ])('is hidden by a name of the user: %s', async (code, expected) => {
    expect((await notebook.run(code)).result).toBe(expected);
  });
});

it('is the program that runs, as a script asks', async () => {
  const { stdout } = await notebook.run(`if (require.main === module) console.log('main');`);
  expect(stdout).toBe('main\n');
});

it('is not loaded before it is named', async () => {
  const kernel = createRequire(join(__dirname, '../../package.json'));
  const file = kernel.resolve('./dist/frontend/input.js');
  const fresh = await TestNotebook.open();
  const loaded = `Object.keys((await import('node:module')).default['_cache' as never]).includes(${JSON.stringify(file)})`;
  try {
    expect((await fresh.run(loaded)).result).toBe('false');
    expect((await fresh.run(`typeof input`)).result).toBe(`'function'`);
    expect((await fresh.run(loaded)).result).toBe('true');
  } finally {
    await fresh.close();
  }
});
