import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HOST, type Host } from '../host';
import { packageRoot } from '../runtime/packages';
import { input } from './input';
import { page } from './pager';

function pretendNotebook(call: Host['call']): void {
  (globalThis as { [HOST]?: Partial<Host> })[HOST] = { call };
}

afterEach(() => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
  vi.restoreAllMocks();
});

describe('input', () => {
  it('asks the notebook, and gives back what was typed', async () => {
    const asked: unknown[] = [];
    pretendNotebook((method, params) => {
      asked.push([method, params]);
      return Promise.resolve('Ada');
    });
    expect(await input('Name? ')).toBe('Ada');
    expect(await input('Key: ', { password: true })).toBe('Ada');
    expect(await input()).toBe('Ada');
    expect(asked).toEqual([
      ['input.request', { prompt: 'Name? ', password: false }],
      ['input.request', { prompt: 'Key: ', password: true }],
      ['input.request', { prompt: '', password: false }],
    ]);
  });

  it('passes on why nobody can be asked', async () => {
    pretendNotebook(() => Promise.reject(new Error('allow_stdin is false')));
    await expect(input('?')).rejects.toThrow('allow_stdin is false');
  });

  it('asks the terminal in a plain script, and shows no password', () => {
    const script = `
      const { input } = require(${JSON.stringify(join(packageRoot, 'dist/frontend/input.js'))});
      (async () => {
        const [options] = process.argv.slice(1).map((text) => JSON.parse(text));
        console.log('got ' + (await input('Who? ', options)).length);
      })();`;
    const run = (options: object): string =>
      execFileSync(process.execPath, ['-e', script, JSON.stringify(options)], {
        input: 'secret\n',
        encoding: 'utf8',
      });
    expect(run({})).toContain('Who? ');
    expect(run({})).toContain('got 6');
    expect(run({ password: true })).toBe('Who? \ngot 6\n');
  });
});

describe('page', () => {
  it("goes with the cell's reply", async () => {
    const asked: unknown[] = [];
    pretendNotebook((method, params) => {
      asked.push([method, params]);
      return Promise.resolve();
    });
    await page({ 'text/plain': 'help' });
    expect(asked).toEqual([
      ['payload.add', { source: 'page', data: { 'text/plain': 'help' }, start: 0 }],
    ]);
  });

  it('goes to the console in a plain script', async () => {
    const said = vi.spyOn(console, 'log').mockReturnValue();
    await page({ 'text/plain': 'help' });
    await page({ 'text/html': '<b>help</b>' });
    expect(said.mock.calls).toEqual([['help'], ['text/html']]);
  });
});
