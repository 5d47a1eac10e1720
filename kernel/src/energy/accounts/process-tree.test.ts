import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeTree } from '../devices/trees.fixture';
import { ProcessTree } from './process-tree';
import type { TreeOptions } from './process-tree';

const ROOT = 10;
const CELL = 11;

interface Fake {
  readonly parent: number;
  readonly ticks: number;
  readonly group?: number;
  readonly waited?: number;
  readonly start?: number;
  readonly threads?: readonly number[];
  readonly state?: string;
}

describe('ProcessTree', () => {
  let proc: FakeTree;
  const reaped: number[] = [];
  let owner = 1;

  beforeEach(() => {
    proc = new FakeTree();
    reaped.length = 0;
    owner = 1;
  });
  afterEach(() => {
    proc.dispose();
  });

  /** As in proc(5): parent 4, utime to cstime 14 to 17, threads 20, start 22, rss 24. */
  function stat(pid: number, fake: Fake): void {
    const { parent, ticks, waited = 0, start = 99, threads = [pid], state = 'S', group = 2 } = fake;
    proc.write(
      `${pid}/stat`,
      `${pid} (no) de (x) ${state} ${parent} ${group} 3 4 5 6 7 8 9 10 ${ticks} 0 ${waited} 0 20 0 ${threads.length} 0 ${start} 1000000 100 1844674407370955 1`,
    );
    for (const thread of threads) proc.write(`${pid}/task/${thread}/children`, '');
  }

  /** `thread` of `pid` has these children now. */
  function children(pid: number, pids: readonly number[], thread = pid): void {
    proc.write(`${pid}/task/${thread}/children`, pids.map((child) => `${child} `).join(''));
    started();
  }

  let last = 100;
  function started(count = 1): void {
    last += count;
    proc.write('loadavg', `0.1 0.1 0.1 1/100 ${last}`);
  }

  function tree(more: Partial<TreeOptions> = {}): ProcessTree {
    stat(ROOT, { parent: 1, ticks: 500, group: 1 });
    stat(CELL, { parent: ROOT, ticks: 100, threads: [CELL, 12, 13] });
    children(ROOT, [CELL]);
    return new ProcessTree({
      bases: () => [ROOT, CELL],
      ownerAt: () => owner,
      ownerNow: () => owner,
      reap: (pid) => reaped.push(pid),
      proc: proc.root,
      ...more,
    });
  }

  /** CPU seconds by owner, to the millisecond. */
  const used = (made: ProcessTree, nowS: number): Readonly<Record<number, number>> =>
    Object.fromEntries(
      [...made.update(nowS).usedS].map(([whose, cpuS]) => [whose, Math.round(cpuS * 1000) / 1000]),
    );

  it('books what any thread has started, and all that came of it, but not the bases', () => {
    const made = tree();
    stat(20, { parent: CELL, ticks: 50 });
    stat(21, { parent: 20, ticks: 5 });
    children(CELL, [20], 13);
    children(20, [21]);
    expect(used(made, 1)).toEqual({ 1: 0.55 });
    expect(made.update(1).residentBytes).toBe(200 * 4096);
    stat(20, { parent: CELL, ticks: 70 });
    expect(used(made, 2)).toEqual({ 1: 0.2 });
    expect([...made.owners]).toEqual([1]);
  });

  it('leaves with its cell what goes on after it, and what that starts', () => {
    const made = tree();
    stat(20, { parent: CELL, ticks: 10 });
    children(CELL, [20]);
    used(made, 1);
    owner = 2;
    stat(20, { parent: CELL, ticks: 40 });
    stat(21, { parent: 20, ticks: 7 });
    children(20, [21]);
    stat(30, { parent: CELL, ticks: 3 });
    children(CELL, [20, 30]);
    expect(used(made, 2)).toEqual({ 1: 0.37, 2: 0.03 });
  });

  it('does not book a process again when its parent has waited for it', () => {
    const made = tree();
    stat(20, { parent: CELL, ticks: 100 });
    children(CELL, [20]);
    used(made, 1);
    owner = 2;
    proc.remove('20');
    children(CELL, []);
    stat(CELL, { parent: ROOT, ticks: 100, waited: 110, threads: [CELL, 12, 13] });
    // 100 were booked; the other 10 are its own too.
    expect(used(made, 2)).toEqual({ 1: 0.1 });
  });

  it('does not book it again when its parent waits for it between the looks at both', () => {
    const made = tree();
    stat(20, { parent: CELL, ticks: 100 });
    children(CELL, [20]);
    used(made, 1);
    // Its parent was read before it waited, the child after it.
    proc.remove('20');
    children(CELL, []);
    expect(used(made, 2)).toEqual({});
    stat(CELL, { parent: ROOT, ticks: 100, waited: 110, threads: [CELL, 12, 13] });
    expect(used(made, 3)).toEqual({ 1: 0.1 });
  });

  it('waits for that no longer than one look', () => {
    const made = tree();
    stat(20, { parent: CELL, ticks: 100 });
    children(CELL, [20]);
    used(made, 1);
    proc.remove('20');
    children(CELL, []);
    used(made, 2);
    used(made, 3);
    stat(CELL, { parent: ROOT, ticks: 100, waited: 30, threads: [CELL, 12, 13] });
    expect(used(made, 4)).toEqual({ 1: 0.3 });
  });

  it('books nothing of a stranger that has the number of a process that has ended', () => {
    const made = tree();
    stat(20, { parent: CELL, ticks: 100 });
    children(CELL, [20]);
    used(made, 1);
    stat(20, { parent: 5, ticks: 90_000, start: 300 });
    children(CELL, []);
    stat(CELL, { parent: ROOT, ticks: 100, waited: 100, threads: [CELL, 12, 13] });
    expect(made.update(2, false).usedS.size).toBe(0);
    expect(used(made, 3)).toEqual({});
  });

  it.each([
    ['what it was kept from, to one that others kept from the processor', 'R', { 1: 0.4 }],
    ['no more than it was at, to one that slept', 'S', { 1: 0.02, 2: 0.38 }],
  ])('gives of what ended in between %s', (_what, state, expected) => {
    const made = tree();
    stat(20, { parent: CELL, ticks: 20 });
    children(CELL, [20]);
    used(made, 1);
    owner = 2;
    stat(20, { parent: CELL, ticks: 20, state });
    used(made, 2);
    proc.remove('20');
    children(CELL, []);
    stat(CELL, { parent: ROOT, ticks: 100, waited: 60, threads: [CELL, 12, 13] });
    expect(used(made, 3)).toEqual(expected);
  });

  it('gives the running cell what has begun and ended unseen', () => {
    const made = tree();
    used(made, 1);
    stat(CELL, { parent: ROOT, ticks: 100, waited: 30, threads: [CELL, 12, 13] });
    expect(used(made, 2)).toEqual({ 1: 0.3 });
  });

  it('follows a process whose parent has ended to the root, and waits for it there', () => {
    const made = tree();
    stat(20, { parent: CELL, ticks: 1 });
    stat(21, { parent: 20, ticks: 10 });
    children(CELL, [20]);
    children(20, [21]);
    used(made, 1);
    owner = 2;
    proc.remove('20');
    children(CELL, []);
    stat(21, { parent: ROOT, ticks: 30 });
    children(ROOT, [CELL, 21]);
    expect(used(made, 2)).toEqual({ 1: 0.2 });
    stat(21, { parent: ROOT, ticks: 45, state: 'Z' });
    expect(used(made, 3)).toEqual({ 1: 0.15 });
    expect(reaped).toEqual([21]);
    proc.remove('21');
    children(ROOT, [CELL]);
    stat(ROOT, { parent: 1, ticks: 500, waited: 45 });
    expect(used(made, 4)).toEqual({});
  });

  it('leaves to the root what the root has started itself', () => {
    const made = tree();
    stat(30, { parent: ROOT, ticks: 10, state: 'Z', group: 1 });
    children(ROOT, [CELL, 30]);
    used(made, 1);
    expect(reaped).toEqual([]);
  });

  it('takes a number that is used again for another process', () => {
    const made = tree();
    stat(20, { parent: CELL, ticks: 100, start: 99 });
    children(CELL, [20]);
    used(made, 1);
    stat(20, { parent: CELL, ticks: 5, start: 300 });
    stat(CELL, { parent: ROOT, ticks: 100, waited: 100, threads: [CELL, 12, 13] });
    children(CELL, [20]);
    owner = 2;
    expect(used(made, 2)).toEqual({ 2: 0.05 });
  });

  it('books what a base used that has ended, beyond what was seen of it', () => {
    const made = tree();
    used(made, 1);
    proc.remove(String(CELL));
    children(ROOT, []);
    stat(ROOT, { parent: 1, ticks: 500, waited: 160 });
    expect(used(made, 2)).toEqual({ 1: 0.6 });
  });

  it('does not book again what a base that has ended had told of itself', () => {
    const made = tree({ accountedS: () => 1.4 });
    used(made, 1);
    proc.remove(String(CELL));
    children(ROOT, []);
    stat(ROOT, { parent: 1, ticks: 500, waited: 160 });
    expect(used(made, 2)).toEqual({ 1: 0.2 });
  });

  it('does not ask many threads for their children again at once, and loses nothing by it', () => {
    const made = tree();
    const threads = Array.from({ length: 40 }, (_, i) => CELL + i);
    stat(CELL, { parent: ROOT, ticks: 100, threads });
    used(made, 1);
    stat(60, { parent: CELL, ticks: 20 });
    children(CELL, [60], CELL + 7);
    started(100);
    expect(used(made, 1.05)).toEqual({});
    expect(used(made, 1.2)).toEqual({ 1: 0.2 });
  });

  it('says that it sees nothing where there is no /proc', () => {
    const options = { bases: () => [ROOT], ownerAt: () => 0, ownerNow: () => 0 };
    const blind = new ProcessTree({ ...options, proc: `${proc.root}/none` });
    expect(blind.isBlind).toBe(true);
    expect(blind.update(1).usedS.size).toBe(0);
  });
});
