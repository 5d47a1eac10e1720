import { execFileSync, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, TestNotebook } from '../../../test/support/runtime-notebook';

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open();
});
afterAll(async () => {
  await notebook.close();
});

describe('a cell process that dies', () => {
  it.each([
    ['process.exit(3)', 'exit code 3', 'process.exit'],
    [`process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {})`, 'SIGSEGV', 'Native code'],
    [`process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})`, 'SIGKILL', 'memory'],
    ['process.abort()', 'SIGABRT', 'Native code'],
  ])('fails the cell with the reason, and the next cell runs: %s', async (code, reason, hint) => {
    const executed = await notebook.run(`console.log('last words'); ${code}`);
    const error = errorOf(executed);
    expect(error.ename).toBe('CellProcessDied');
    expect(error.evalue).toContain(reason);
    expect(error.evalue).toContain('All variables are lost');
    expect(error.traceback.join('\n')).toContain(hint);
    expect(executed.stdout).toBe('last words\n');
    expect((await notebook.run('1 + 1')).result).toBe('2');
  });

  it('prints one line for a process that was ended on purpose', async () => {
    expect(errorOf(await notebook.run('process.exit(0)')).traceback).toEqual([
      'CellProcessDied: The cell process ended with exit code 0, since process.exit was called. ' +
        'All variables are lost; the next cell starts in a fresh process.',
    ]);
  });

  it('takes its declarations with it', async () => {
    await notebook.run('const before = 1;');
    await notebook.run('process.exit(1)');
    expect(errorOf(await notebook.run('before')).evalue).toContain(`Cannot find name 'before'`);
    expect((await notebook.runtime.complete('befo', 4)).matches).not.toContain('before');
  });

  it('says that memory ran out', async () => {
    const small = await TestNotebook.open(undefined, { NODE_OPTIONS: '--max-old-space-size=40' });
    try {
      const error = errorOf(
        await small.run(
          'const all: number[][] = [];\nfor (;;) all.push(Array.from({ length: 1e4 }, (_, i) => i + 0.5));',
        ),
      );
      expect(error.ename).toBe('CellProcessDied');
      expect(error.traceback.join('\n')).toContain('ran out of memory');
    } finally {
      await small.close();
    }
  });

  it('is told in the last cell when no cell was running', async () => {
    const { result } = await notebook.run(
      `process.on('SIGUSR2', () => process.exit(4)); process.pid`,
    );
    const count = notebook.lastCount;
    process.kill(Number(result), 'SIGUSR2');
    await notebook.until(() => notebook.seen(count).stderr.includes('exit code 4'));
    expect((await notebook.run('2')).result).toBe('2');
  });
});

it('ends with the kernel process, also in the middle of a loop', async () => {
  const kernel = resolve(__dirname, '..', '..');
  const script = `
    const { createRuntime } = require(${JSON.stringify(join(kernel, 'dist', 'runtime', 'runtime.js'))});
    createRuntime({ cwd: process.cwd() }, { output: (_, o) => process.stdout.write(o.text ?? ''), call: async () => {} })
      .then((runtime) => runtime.execute({ requestId: 'r', code: 'console.log(process.pid); for (;;);', executionCount: 1 }));`;
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  parent.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await notebook.until(() => /\d+\n/.test(text));
  const pid = Number(text);
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await notebook.until(() => !isRunning(pid));
});

function isRunning(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith(
      'Z',
    );
  } catch {
    return false;
  }
}
