import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeTree } from '../devices/trees.fixture';
import { ProcessSearch } from './process-search';
import type { Processes } from './process-search';

const BASE = 10;
const OTHER = 5;

describe('ProcessSearch', () => {
  let proc: FakeTree;
  let search: ProcessSearch;
  let known: Processes;

  beforeEach(() => {
    proc = new FakeTree();
    search = new ProcessSearch(proc.root);
    known = new Map();
    stat(BASE, 1, { threads: [BASE, 11, 12] });
    last(100);
    look(0);
  });
  afterEach(() => {
    search.close();
    proc.dispose();
  });

  /** As in proc(5): parent 4, threads 20, start 22, the signal of its end 38. */
  function stat(
    pid: number,
    parent: number,
    {
      threads = [pid],
      signal = 17,
      start = 99,
    }: { threads?: readonly number[]; signal?: number; start?: number } = {},
  ): void {
    proc.write(
      `${pid}/stat`,
      `${pid} (a) S ${parent} 2 3 4 5 6 7 8 9 10 1 0 0 0 20 0 ${threads.length} 0 ${start} 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 ${signal} 1`,
    );
    for (const thread of threads) proc.write(`${pid}/task/${thread}/children`, '');
  }

  function last(pid: number): void {
    proc.write('loadavg', `0.1 0.1 0.1 1/100 ${pid}`);
  }

  function children(pid: number, pids: readonly number[], thread = pid): void {
    proc.write(`${pid}/task/${thread}/children`, pids.map((child) => `${child} `).join(''));
  }

  function look(nowS: number): readonly number[] | undefined {
    const found = search.look(search.bases([BASE]), known, nowS);
    if (found === undefined) return undefined;
    known = found;
    return [...known.keys()].sort((a, b) => a - b);
  }

  it('looks for nothing where nothing has started', () => {
    expect(look(0.5)).toBeUndefined();
    expect(look(5)).toBeUndefined();
  });

  it('finds the few that have started by their numbers, with what they have started, in any order', () => {
    stat(102, 103);
    stat(103, BASE);
    last(103);
    // No thread says that they are its children.
    expect(look(0.5)).toEqual([102, 103]);
    expect(look(0.6)).toBeUndefined();
    stat(104, 102);
    last(104);
    expect(look(0.7)).toEqual([102, 103, 104]);
  });

  it('takes neither a thread nor a process of others for one', () => {
    stat(101, BASE, { signal: -1 });
    stat(102, OTHER);
    last(102);
    expect(look(0.5)).toEqual([]);
  });

  it('asks all threads a second later, for one that could not be seen yet', () => {
    last(101);
    expect(look(0.5)).toEqual([]);
    stat(101, BASE);
    children(BASE, [101], 12);
    expect(look(0.6)).toBeUndefined();
    expect(look(1.1)).toEqual([101]);
    expect(look(5)).toBeUndefined();
  });

  it('asks all threads where more have started than there are threads, or numbers begin again', () => {
    children(BASE, [104], 11);
    stat(104, BASE);
    last(104);
    expect(look(0.5)).toEqual([104]);
    stat(3, BASE);
    children(BASE, [104, 3], 11);
    last(3);
    expect(look(0.6)).toEqual([3, 104]);
  });

  it('forgets those that have ended, by number too', () => {
    stat(101, BASE);
    last(101);
    expect(look(0.5)).toEqual([101]);
    proc.remove('101');
    last(102);
    expect(look(0.6)).toEqual([]);
  });

  it('keeps one that is there and passes from its parent to another meanwhile', () => {
    stat(101, BASE);
    last(101);
    expect(look(0.5)).toEqual([101]);
    last(200);
    expect(look(2)).toEqual([101]);
  });

  it('does not take a process of others for one that had its number', () => {
    stat(101, BASE);
    last(101);
    expect(look(0.5)).toEqual([101]);
    stat(101, OTHER, { start: 300 });
    expect([...search.again(known).keys()]).toEqual([]);
    last(102);
    expect(look(0.6)).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('in /proc', () => {
  it('finds a child by its number, and no thread', async () => {
    const search = new ProcessSearch('/proc');
    const look = (nowS: number): readonly number[] => [
      ...(search.look(search.bases([process.pid]), new Map(), nowS)?.keys() ?? []),
    ];
    const before = look(0);
    const child = spawn('sleep', ['30']);
    await once(child, 'spawn');
    try {
      const found = look(0.5).filter((pid) => !before.includes(pid));
      expect(found).toEqual([child.pid]);
    } finally {
      child.kill();
      search.close();
    }
  });
});
