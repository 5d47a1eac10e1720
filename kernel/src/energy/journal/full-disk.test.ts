import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { windowOf } from '../window.fixture';
import { openJournal } from './open-journal';
import { readJournal } from './read-journal';

const BUILT = join(__dirname, '../../../dist/energy/journal/open-journal.js');
const WINDOWS = 40;
/** Blocks of 512 bytes that the shell lets a file have: some lines, and no whole number of them. */
const BLOCKS = 40;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-full-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes windows, and says what it is told; without its end, as if it were killed. */
function script(path: string): string {
  const window = windowOf({ id: 0, name: 'w', accountsJ: { user: 1, halfnote: 1, rest: 1 } });
  return `
    const { openJournal } = require(${JSON.stringify(BUILT)});
    const told = [];
    const journal = openJournal(${JSON.stringify(path)}, { onProblem: (message) => told.push(message) });
    const window = ${JSON.stringify(window)};
    for (let id = 1; id <= ${WINDOWS}; id++) journal.append({ kind: 'window', window: { ...window, id } });
    console.log(JSON.stringify({ told, lost: journal.lost }));`;
}

describe.runIf(process.platform === 'linux')('a journal that outgrows its disk', () => {
  it('keeps each line that fits, no half one, tells once, and goes on when there is room', () => {
    expect(existsSync(BUILT)).toBe(true);
    const path = join(folder, 'run.jsonl');
    // The limit cuts a write in its middle, as a full disk does: some bytes are taken, then comes the error.
    const run = spawnSync(
      'sh',
      ['-c', `ulimit -f ${BLOCKS}; exec "$0" -e "$1"`, process.execPath, script(path)],
      {
        encoding: 'utf8',
      },
    );
    expect(run.stderr).toBe('');
    const { told, lost } = JSON.parse(run.stdout) as { told: string[]; lost: number };
    expect(told).toEqual([expect.stringMatching(/can't be written: EFBIG.*Energy is measured on/)]);
    const journal = readJournal(path);
    // A line that counts what is lost is short, and may still fit.
    expect(journal.problems.every(({ kind }) => kind === 'lost')).toBe(true);
    const counted = journal.problems.reduce(
      (sum, { message }) => sum + Number.parseInt(message, 10),
      0,
    );
    const written = journal.sessions[0]?.windows.map(({ window }) => window.id) ?? [];
    expect(written).toEqual(written.map((_, index) => index + 1));
    expect(written.length).toBeGreaterThan(2);
    expect(written.length + counted + lost).toBe(WINDOWS);
    expect(readFileSync(path, 'utf8').endsWith('}\n')).toBe(true);
    openJournal(path).close();
    const later = readJournal(path);
    expect(later.sessions.map(({ ended }) => ended)).toEqual([false, true]);
    expect(later.problems).toEqual(journal.problems);
  });
});
