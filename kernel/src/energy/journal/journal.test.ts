import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { windowOf } from '../window.fixture';
import { sealed } from './chain';
import { openAppendFile, type AppendFile } from './journal-file';
import { openJournal } from './open-journal';
import { parseJournal, readJournal, type Journal } from './read-journal';
import type { WindowRecord } from './records';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-journal-'));
  path = join(folder, 'run.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function record(id: number): WindowRecord {
  const accountsJ = { user: id + 0.1, halfnote: 0.2, rest: 3 };
  const window = windowOf({ id, parent: 0, name: `In [${id}]`, accountsJ });
  return { kind: 'window', window, requestId: `request ${id}`, executionCount: id };
}

/** Writes a session of windows 1 to `count` and gives its text. */
function written(count: number): string {
  const journal = openJournal(path);
  for (let id = 1; id <= count; id++) journal.append(record(id));
  journal.close();
  return readFileSync(path, 'utf8');
}

const ids = ({ sessions }: Journal): number[] =>
  sessions.flatMap(({ windows }) => windows.map(({ window }) => window.id));
const kinds = ({ problems }: Journal): string[] =>
  problems.map(({ kind, line }) => `${kind} at ${line}`);

describe('a journal', () => {
  it('gives back each window as it was, with the session they are of', () => {
    written(3);
    const journal = readJournal(path);
    expect(journal).toMatchObject({ intact: true, problems: [] });
    const [session] = journal.sessions;
    expect(session?.windows).toEqual([record(1), record(2), record(3)]);
    expect(session?.header).toMatchObject({ node: process.version, process: { pid: process.pid } });
    expect(session?.ended).toBe(true);
  });

  it('keeps figures that JSON lacks', () => {
    const journal = openJournal(path);
    const { window } = record(1);
    const endless = { ...window, machineJ: { ...window.machineJ, high: Infinity } };
    journal.append({ kind: 'window', window: endless });
    expect(readJournal(path).sessions[0]?.windows[0]?.window.machineJ.high).toBe(Infinity);
    journal.close();
  });

  it('can be read while it is written, and is then not ended', () => {
    const journal = openJournal(path);
    journal.append(record(1));
    expect(readJournal(path)).toMatchObject({ intact: true, sessions: [{ ended: false }] });
    journal.close();
  });

  it('is gone on with by the next kernel', () => {
    written(2);
    written(1);
    const journal = readJournal(path);
    expect(journal).toMatchObject({ intact: true, sessions: [{ ended: true }, { ended: true }] });
    expect(ids(journal)).toEqual([1, 2, 1]);
  });
});

describe('damage', () => {
  it('is found wherever the tail is cut, and costs the cut line only', () => {
    const text = written(3);
    const lineEnds = [...text.matchAll(/\n/g)].map(({ index }) => index);
    for (let size = 200; size < text.length; size += 37) {
      const whole = lineEnds.filter((at) => at < size).length;
      const cut = text.slice(0, size);
      if (whole === 0) continue;
      const journal = parseJournal('cut', cut);
      expect(ids(journal)).toEqual([1, 2, 3].slice(0, whole - 1));
      // A cut that leaves all of a line but its newline leaves the line.
      const leavesLine = lineEnds.includes(size);
      expect(kinds(journal)).toEqual(
        cut.endsWith('\n') || leavesLine ? [] : [`cut at ${whole + 1}`],
      );
    }
  });

  it('of any byte is found, with its line', () => {
    const text = written(3);
    for (let at = 0; at < text.length; at += 13) {
      const line = text.slice(0, at).split('\n').length;
      const other = text[at] === '0' ? '1' : '0';
      const altered = text.slice(0, at) + other + text.slice(at + 1);
      let journal: Journal;
      try {
        journal = parseJournal('altered', altered);
      } catch (error) {
        expect(line).toBe(1);
        expect(String(error)).toContain('not a readable energy journal');
        continue;
      }
      expect(journal.intact, `byte ${at}, ${String(text[at])} to ${other}`).toBe(false);
      expect(journal.problems[0]?.line).toBe(line);
    }
  });

  it('is found where a line was altered with a hash of its own', () => {
    const lines = written(3).trimEnd().split('\n');
    const third = JSON.parse(lines[2] ?? '') as { seq: number; prev: string; at: string };
    const { seq, prev, at } = third;
    const forged = sealed(record(20), { seq, prev }, at).line.trimEnd();
    const journal = parseJournal('forged', `${[...lines.with(2, forged)].join('\n')}\n`);
    expect(kinds(journal)).toEqual(['altered at 3']);
    expect(journal.problems[0]?.message).toContain('Line 3 is not what was written');
  });

  it('is found where lines are missing, doubled or in another order', () => {
    const lines = written(4).trimEnd().split('\n');
    const text = (chosen: readonly (string | undefined)[]): string => `${chosen.join('\n')}\n`;
    const without = parseJournal('missing', text([...lines.slice(0, 2), ...lines.slice(4)]));
    expect(kinds(without)).toEqual(['missing at 3']);
    expect(without.problems[0]?.message).toBe('2 lines are missing before line 3.');
    const doubled = parseJournal('doubled', text([...lines.slice(0, 3), ...lines.slice(2)]));
    expect(kinds(doubled)).toContain('altered at 4');
    const swapped = text([lines[0], lines[2], lines[1], ...lines.slice(3)]);
    expect(parseJournal('swapped', swapped).intact).toBe(false);
  });

  it('of the tail is gone on after, and stays told', () => {
    writeFileSync(path, written(2).trimEnd().slice(0, -40));
    written(1);
    const journal = readJournal(path);
    expect(ids(journal)).toEqual([1, 2, 1]);
    expect(kinds(journal)).toEqual(['cut at 4']);
    expect(journal.sessions.map(({ ended }) => ended)).toEqual([false, true]);
  });
});

describe('a file that is no journal', () => {
  it('is neither read nor written over', () => {
    writeFileSync(path, 'my diary\n');
    expect(() => readJournal(path)).toThrow(/it holds no line of a journal/);
    expect(() => openJournal(path)).toThrow(/the file holds something else/);
    expect(readFileSync(path, 'utf8')).toBe('my diary\n');
    expect(() => readJournal(join(folder, 'none.jsonl'))).toThrow(/ENOENT/);
  });

  it('is told from a journal of another version', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const place = { seq: 0, prev: `sha256:${'0'.repeat(64)}` };
    const { line } = sealed({ kind: 'header', schema: 'halfnote-journal/9' }, place, at);
    expect(() => parseJournal('newer', line)).toThrow(
      /"halfnote-journal\/9"; this version reads halfnote-journal\/1/,
    );
  });
});

describe('a disk that takes no more', () => {
  /** A file whose disk is full from the call `from` to the call `to`. */
  function full(from: number, to: number): (path: string) => AppendFile {
    let calls = 0;
    return (name) => {
      const file = openAppendFile(name);
      const append = (text: string): void => {
        calls += 1;
        if (calls >= from && calls < to) throw new Error('ENOSPC: no space left on device');
        file.append(text);
      };
      return { ...file, append };
    };
  }

  it('is told once, and what it cost stands in the journal', () => {
    const told: string[] = [];
    const open = full(3, 6);
    const journal = openJournal(path, { open, onProblem: (message) => told.push(message) });
    for (let id = 1; id <= 6; id++) journal.append(record(id));
    journal.close();
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('ENOSPC');
    expect(ids(readJournal(path))).toEqual([1, 5, 6]);
    expect(readJournal(path).problems).toMatchObject([
      { kind: 'lost', message: expect.stringContaining('3 records before line 3') as string },
    ]);
  });

  it('is no device and no pipe, which would be read without end, and no folder', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const other of ['/dev/full', '/dev/null', pipe]) {
      expect(() => openJournal(other)).toThrow(/not a regular file[^]*HALFNOTE_ENERGY_JOURNAL/);
      expect(() => readJournal(other)).toThrow(/not a regular file/);
    }
    expect(() => openJournal(folder)).toThrow(/EISDIR/);
  });

  it.skipIf(process.getuid?.() === 0)('is an error where the file may not be written', () => {
    appendFileSync(path, '');
    chmodSync(path, 0o400);
    expect(() => openJournal(path)).toThrow(/EACCES/);
  });

  it('is an error where the folder is missing', () => {
    expect(() => openJournal(join(folder, 'none', 'run.jsonl'))).toThrow(
      /"[^"]+run\.jsonl" can't be written: ENOENT[^]*HALFNOTE_ENERGY_JOURNAL/,
    );
  });
});
