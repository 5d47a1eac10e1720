import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestNotebook } from '../../../test/support/runtime-notebook';

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open();
  await notebook.run('const kept = 41;');
});
afterAll(() => notebook.close());

describe('code that goes wrong behind its cell', () => {
  it('tells of an error thrown in a timer, with its place, and goes on', async () => {
    const { stderr, result } = await notebook.run(
      `setTimeout(() => { throw new RangeError('late') }, 5);\nawait new Promise((f) => setTimeout(f, 60)); 'on'`,
    );
    expect(stderr).toMatch(/^Uncaught RangeError: late\ncell\[\d+\]:1:26/);
    expect(result).toBe("'on'");
  });

  it('tells of a rejection that nobody handles', async () => {
    const { stderr } = await notebook.run(
      `Promise.reject(new Error('nobody')); await new Promise((f) => setTimeout(f, 30));`,
    );
    expect(stderr).toContain('Uncaught Error: nobody');
  });

  it.each([
    ['a value', `5`, '5'],
    ['an error', `throw new RangeError('own')`, undefined],
    ['an await', `await null; 6`, '6'],
  ])('tells of it before the end of its cell, which ends by %s', async (_kind, end, result) => {
    const executed = await notebook.run(`(async () => { throw new Error('in time') })();\n${end}`);
    expect(executed.stderr).toContain('Uncaught Error: in time');
    expect(executed.result).toBe(result);
    expect(executed.outcome.status).toBe(result === undefined ? 'error' : 'ok');
  });

  it('can be interrupted in what its cell leaves behind', async () => {
    const executed = notebook.run(`(async () => { for (;;) await null })(); 5`);
    const count = notebook.lastCount;
    await notebook.until(() => notebook.seen(count).result === '5');
    await notebook.runtime.interrupt();
    expect((await executed).outcome).toMatchObject({ error: { ename: 'Interrupted' } });
  });

  it('tells of it also after the listeners of the process are removed', async () => {
    const { stderr } = await notebook.run(
      `process.removeAllListeners();\nsetTimeout(() => { throw new Error('still told') }, 5);\nawait new Promise((f) => setTimeout(f, 60));`,
    );
    expect(stderr).toContain('Uncaught Error: still told');
  });

  it('leaves variables as they were', async () => {
    expect((await notebook.run('kept + 1')).result).toBe('42');
  });
});

describe('a cell that overwrites what the kernel might need', () => {
  it.each([
    ['console', '(globalThis as any).console = undefined'],
    ['Promise', '(globalThis as any).Promise = null'],
    ['JSON', '(globalThis as any).JSON = 5'],
    ['the timers', '(globalThis as any).setTimeout = (globalThis as any).setImmediate = null'],
    ['process.emit', '(process as any).emit = () => false'],
    ['process.stdout.write', '(process.stdout as any).write = null'],
    ['process.exit', 'process.exit = (() => undefined) as never'],
    ['process', `Object.defineProperty(globalThis, 'process', { value: 1 })`],
  ])('does not keep the next cells from running: %s', async (_name, code) => {
    const other = await TestNotebook.open();
    try {
      await other.run('const kept = [{ a: 1 }, { a: 2 }];');
      expect((await other.run(`${code}; 'done'`)).result).toBe("'done'");
      expect((await other.run('kept')).result).toBe('[ { a: 1 }, { a: 2 } ]');
      expect((await other.run('await (async () => 3)()')).result).toBe('3');
      expect(await other.runtime.evaluate('kept.length')).toMatchObject({
        data: { 'text/plain': '2' },
      });
      const looping = other.run(`(await import('node:fs')).writeFileSync('loops', ''); for (;;);`);
      await other.until(() => existsSync(join(other.cwd, 'loops')));
      await other.runtime.interrupt();
      expect((await looping).outcome).toMatchObject({ error: { ename: 'Interrupted' } });
      expect((await other.run('kept[1].a')).result).toBe('2');
    } finally {
      await other.close();
    }
  });
});

describe('declarations of today', () => {
  it('dispose at the end of the cell: using', async () => {
    const { stdout } = await notebook.run(
      `using held = { [Symbol.dispose]() { console.log('disposed'); } };\nconsole.log('used');`,
    );
    expect(stdout).toBe('used\ndisposed\n');
  });

  it('dispose and wait: await using', async () => {
    const { stdout } = await notebook.run(
      `await using slow = { async [Symbol.asyncDispose]() { await null; console.log('gone'); } };\nconsole.log('used');`,
    );
    expect(stdout).toBe('used\ngone\n');
  });

  it('decorate methods', async () => {
    const { result } = await notebook.run(
      `function twice(f: () => number, _: ClassMethodDecoratorContext) { return () => 2 * f(); }\nclass Counter { @twice count() { return 21; } }\nnew Counter().count()`,
    );
    expect(result).toBe('42');
  });
});

it('shows what child processes print', async () => {
  const { stdout, stderr } = await notebook.run(
    `import { spawnSync } from 'node:child_process';\nspawnSync('sh', ['-c', 'echo out; echo err >&2'], { stdio: 'inherit' });\nawait new Promise((f) => setTimeout(f, 50));`,
  );
  expect({ stdout, stderr }).toEqual({ stdout: 'out\n', stderr: 'err\n' });
});
