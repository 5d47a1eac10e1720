import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { History } from './history';

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

  it('goes on in a new session from its file, past a line cut short', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'halfnote-')), 'history.jsonl');
    new History(path).add(1, 'first session');
    writeFileSync(path, `${readFileSync(path, 'utf8')}[1,2,"cut sho`);
    const second = new History(path);
    second.add(1, 'second session');
    expect(second.query({ access: 'tail', n: undefined, output: false })).toEqual([
      [1, 1, 'first session'],
      [2, 1, 'second session'],
    ]);
    expect(second.query({ ...range, session: -1 })).toEqual([[1, 1, 'first session']]);
  });
});
