import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTree } from './processes';

describe('readTree', () => {
  let proc: string;

  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), 'halfnote-proc-'));
  });
  afterEach(() => {
    rmSync(proc, { recursive: true, force: true });
  });

  /** As in proc(5): utime, stime, cutime and cstime are fields 14 to 17, rss is field 24. */
  function process(
    pid: number,
    times: readonly [number, number, number, number],
    pages: number,
    children = '',
  ): void {
    mkdirSync(join(proc, `${pid}/task/${pid}`), { recursive: true });
    const [utime, stime, cutime, cstime] = times;
    writeFileSync(
      join(proc, `${pid}/stat`),
      `${pid} (no) de (x) S 1 2 3 4 5 6 7 8 9 10 ${utime} ${stime} ${cutime} ${cstime} 20 0 1 0 99 1000000 ${pages} 18446744073709551615 1\n`,
    );
    writeFileSync(join(proc, `${pid}/task/${pid}/children`), children);
  }

  it('adds up the times and memory of a process, its children and those that ended', () => {
    process(10, [100, 20, 3, 4], 1000, '11 12 ');
    process(11, [50, 0, 0, 0], 200, '13 ');
    process(12, [5, 5, 0, 0], 50);
    process(13, [1, 0, 0, 0], 10);
    expect(readTree([10], proc)).toEqual({ cpuSeconds: 1.88, residentBytes: 1260 * 4096 });
  });

  it('counts a process once that is both a root and a child', () => {
    process(10, [100, 0, 0, 0], 1, '11 ');
    process(11, [100, 0, 0, 0], 1);
    expect(readTree([11, 10], proc).cpuSeconds).toBe(2);
  });

  it('leaves out a child that ended meanwhile', () => {
    process(10, [100, 0, 0, 0], 1, '999 ');
    expect(readTree([10], proc).cpuSeconds).toBe(1);
  });

  it('throws where no process can be read', () => {
    expect(() => readTree([10], proc)).toThrow(/no process of 10/);
  });
});
