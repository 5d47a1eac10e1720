import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { windowOf } from '../window.fixture';
import { openJournal } from './open-journal';
import { readJournal } from './read-journal';

const BUILT = join(__dirname, '../../../dist/energy/journal/open-journal.js');
const KILLS = 25;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-killed-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes windows for ever, and says of each when it is written. */
function script(path: string, first: number): string {
  const window = windowOf({ id: 0, name: 'w', accountsJ: { user: 1, halfnote: 1, rest: 1 } });
  return `
    const { writeSync } = require('node:fs');
    const { openJournal } = require(${JSON.stringify(BUILT)});
    const journal = openJournal(${JSON.stringify(path)});
    const window = ${JSON.stringify(window)};
    for (let id = ${first}; ; id++) {
      journal.append({ kind: 'window', window: { ...window, id } });
      writeSync(1, id + '\\n');
    }`;
}

/** Runs a writer and kills it some time after its first window; the last window that it spoke of. */
function killed(path: string, first: number, afterMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', script(path, first)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let failure = '';
    child.stderr.on('data', (data: Buffer) => (failure += String(data)));
    child.stdout.on('data', (data: Buffer) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
      said += String(data);
    });
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(Number(said.trimEnd().split('\n').at(-1)));
      else reject(new Error(failure));
    });
  });
}

it('loses nothing but the open window when its process is killed, at any of many moments', async () => {
  expect(existsSync(BUILT)).toBe(true);
  const path = join(folder, 'killed.jsonl');
  let last = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const said = await killed(path, last + 1, kill * 1.7);
    const journal = readJournal(path);
    const ids = journal.sessions.flatMap(({ windows }) => windows.map(({ window }) => window.id));
    // Each window once, in order, all that were spoken of, and at most the one that was being written.
    expect(ids).toEqual(ids.map((_, index) => index + 1));
    expect(ids.length - said).toBeGreaterThanOrEqual(0);
    expect(ids.length - said).toBeLessThanOrEqual(1);
    expect(journal.problems.every(({ kind }) => kind === 'cut')).toBe(true);
    expect(journal.sessions.every(({ ended }) => !ended)).toBe(true);
    last = ids.length;
  }
  expect(readJournal(path).sessions).toHaveLength(KILLS);
}, 120_000);

it('is refused to a second kernel while the first one runs, and free once that is gone', async () => {
  const path = join(folder, 'shared.jsonl');
  const child = spawn(process.execPath, [
    '-e',
    `require(${JSON.stringify(BUILT)}).openJournal(${JSON.stringify(path)});
     console.log('open'); setInterval(() => {}, 1000);`,
  ]);
  const gone = new Promise((resolve) => child.on('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(() => openJournal(path)).toThrow(new RegExp(`process ${String(child.pid)} writes it`));
  child.kill('SIGKILL');
  await gone;
  openJournal(path).close();
  expect(readJournal(path)).toMatchObject({ intact: true, sessions: [{}, { ended: true }] });
});
