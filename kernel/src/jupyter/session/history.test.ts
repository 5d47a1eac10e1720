import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { History } from './history';
import { HistoryFile } from './history-file';

const DIST = join(__dirname, '../../../dist/jupyter/session');

function filled(): History {
  const history = new History();
  ['1+2+3', 'x', '1+2+3', 'let s = `a\nb`'].forEach((input, i) => {
    history.add(i + 1, input);
  });
  history.setOutput(1, '6');
  return history;
}

const search = { access: 'search', unique: false, n: undefined, output: false } as const;
const range = { access: 'range', session: 0, start: 1, stop: undefined, output: false } as const;

describe('history', () => {
  it('gives the last n cells, oldest first', () => {
    expect(filled().query({ access: 'tail', n: 2, output: false })).toEqual([
      [1, 3, '1+2+3'],
      [1, 4, 'let s = `a\nb`'],
    ]);
    expect(filled().query({ access: 'tail', n: 0, output: false })).toEqual([]);
  });

  it('adds outputs on request, null where there was none', () => {
    expect(filled().query({ ...range, output: true, stop: 3 })).toEqual([
      [1, 1, ['1+2+3', '6']],
      [1, 2, ['x', null]],
    ]);
  });

  it('gives a range without its end', () => {
    expect(filled().query({ ...range, start: 2, stop: 3 })).toEqual([[1, 2, 'x']]);
  });

  it('finds by glob, across lines, and takes other characters literally', () => {
    expect(filled().query({ ...search, pattern: '1?2*' })).toHaveLength(2);
    expect(filled().query({ ...search, pattern: 'let*b`' })).toHaveLength(1);
    expect(filled().query({ ...search, pattern: '1+2' })).toHaveLength(0);
  });

  it('keeps the newest of equal inputs when unique', () => {
    expect(filled().query({ ...search, pattern: '1*', unique: true })).toEqual([[1, 3, '1+2+3']]);
  });
});

const tail = { access: 'tail', n: undefined, output: false } as const;

describe('history across sessions', () => {
  let path: string;

  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'halfnote-')), 'deep', 'history.jsonl');
  });

  it('goes on in a new session, past a line cut short', () => {
    new History(path).add(1, 'first session');
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n[1,2,"cut sho`);
    const second = new History(path);
    second.add(1, 'second session');
    const both = [
      [1, 1, 'first session'],
      [2, 1, 'second session'],
    ];
    expect(second.query(tail)).toEqual(both);
    expect(new History(path).query(tail)).toEqual(both);
    expect(second.query({ ...range, session: -1 })).toEqual([both[0]]);
    expect(second.query({ ...range, session: 1 })).toEqual([both[0]]);
  });

  it('searches all sessions, each input once when unique', () => {
    new History(path).add(1, 'tf.add(1, 2)');
    new History(path).add(1, 'tf.add(1, 2)');
    const third = new History(path);
    expect(third.query({ ...search, pattern: 'tf.*', unique: true })).toEqual([
      [2, 1, 'tf.add(1, 2)'],
    ]);
    expect(third.query({ ...search, pattern: 'tf.*' })).toHaveLength(2);
  });

  it('takes no number for a session that runs no cell', () => {
    new History(path).add(1, 'a');
    new History(path).query(tail);
    const next = new History(path);
    next.add(1, 'b');
    expect(next.query(tail).at(-1)).toEqual([2, 1, 'b']);
  });

  it('is nobody else to read', () => {
    new History(path).add(1, 'const password = 1');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  it('stays bounded and keeps what is new', () => {
    const file = new HistoryFile(path, 10_000);
    const session = file.claimSession();
    for (let line = 1; line <= 2000; line++) file.add(session, line, `cell number ${line}`);
    const lines = file.load().map((entry) => entry.line);
    expect(lines.at(-1)).toBe(2000);
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, i) => i + (lines[0] ?? 0)));
    expect(statSync(path).size + statSync(`${path}.1`).size).toBeLessThan(21_000);
    expect(new HistoryFile(path, 10_000).claimSession()).toBe(session + 1);
  });

  it('costs no cell when it cannot be written', () => {
    mkdirSync(path, { recursive: true });
    const history = new History(path);
    history.add(1, 'still here');
    expect(history.query(tail)).toEqual([[1, 1, 'still here']]);
  });

  it('keeps kernels apart that start and write at the same time', async () => {
    const script = `
      const { History } = require(${JSON.stringify(join(DIST, 'history.js'))});
      const history = new History(${JSON.stringify(path)});
      for (let line = 1; line <= 200; line++) history.add(line, process.pid + ' ' + 'x'.repeat(line * 20));
    `;
    const run = promisify(execFile);
    await Promise.all(Array.from({ length: 6 }, () => run(process.execPath, ['-e', script])));
    const entries = new HistoryFile(path).load();
    expect(entries).toHaveLength(1200);
    for (let session = 1; session <= 6; session++) {
      const mine = entries.filter((entry) => entry.session === session);
      expect(mine.map(({ line }) => line)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
      expect(new Set(mine.map(({ input }) => input.split(' ')[0])).size).toBe(1);
    }
  });
});
