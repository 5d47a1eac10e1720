import { describe, expect, it } from 'vitest';
import { CellProcessTime } from './cell-process-time';
import type { CellUsage } from './cell-usage';
import { NO_CELL } from './usage';

const usage = (more: Partial<CellUsage>): CellUsage => ({
  userCpuS: 0,
  backgroundCpuS: 0,
  halfnoteCpuS: 0,
  userWallS: 0,
  mode: 'background',
  ...more,
});

/** A cell process, and the cells that are open. */
function cellProcess() {
  const open = new Set<number>();
  const time = new CellProcessTime((owner) => owner === undefined || open.has(owner));
  time.hear({ kind: 'started', pid: 7 }, undefined, 0);
  const report = (more: Partial<CellUsage>, nowS = 0): void => {
    time.hear({ kind: 'used', usage: usage(more) }, [...open].at(-1), nowS);
  };
  const runs = (nowS = 0): void => {
    time.hear({ kind: 'runs' }, [...open].at(-1), nowS);
  };
  return { open, time, report, runs };
}

describe('CellProcessTime', () => {
  it('takes the start of the process for Halfnote', () => {
    const { time, report } = cellProcess();
    expect(time.read(0.4, 1)).toMatchObject({ userCpuS: 0, halfnoteCpuS: 0.4 });
    report({ halfnoteCpuS: 0.5 });
    expect(time.read(0.5, 1)).toMatchObject({ userCpuS: 0, halfnoteCpuS: 0.5 });
  });

  it('takes what the system shows of a running cell for its code, until the report', () => {
    const { open, time, report, runs } = cellProcess();
    report({ halfnoteCpuS: 0.5 });
    open.add(3);
    runs();
    expect(time.read(0.7, 1)).toMatchObject({ userCpuS: 0, halfnoteCpuS: 0.7 });
    report({ halfnoteCpuS: 0.7, mode: 'user' }, 1);
    expect(time.read(1.7, 3)).toMatchObject({ userCpuS: 1, userWallS: 2, halfnoteCpuS: 0.7 });
    report({ halfnoteCpuS: 0.75, userCpuS: 1.25, userWallS: 2.5 }, 4);
    expect(time.read(2, 4)).toMatchObject({ userCpuS: 1.25, userWallS: 2.5, halfnoteCpuS: 0.75 });
  });

  it('takes what timers do between cells for the background', () => {
    const { time, report } = cellProcess();
    report({ halfnoteCpuS: 0.5 });
    expect(time.read(0.6, 1).backgroundCpuS.get(NO_CELL)).toBeCloseTo(0.1, 9);
    report({ halfnoteCpuS: 0.5, backgroundCpuS: 0.2 });
    expect(time.read(0.7, 1).backgroundCpuS.get(NO_CELL)).toBeCloseTo(0.2, 9);
  });

  it('leaves with its cell what goes on in native code after an interrupt', () => {
    const { open, time, report, runs } = cellProcess();
    report({ halfnoteCpuS: 0.5 });
    open.add(3);
    runs();
    report({ halfnoteCpuS: 0.5, mode: 'user' });
    open.delete(3);
    open.add(4);
    expect(time.owner).toBe(3);
    expect(time.read(1.5, 2).backgroundCpuS.get(3)).toBeCloseTo(1, 9);
    report({ halfnoteCpuS: 0.5, userCpuS: 2 });
    const { userCpuS, backgroundCpuS } = time.read(2.5, 3);
    expect([userCpuS, backgroundCpuS.get(3)]).toEqual([0, 2]);
    expect(time.owner).toBeUndefined();
  });

  it('keeps what is known of a process that has died, and begins with the next one', () => {
    const { open, time, report, runs } = cellProcess();
    open.add(3);
    report({ halfnoteCpuS: 0.5 });
    runs();
    report({ halfnoteCpuS: 0.5, mode: 'user' }, 1);
    time.read(1.5, 2);
    time.hear({ kind: 'lost' }, 3, 2);
    expect(time.read(undefined, 2)).toMatchObject({ userCpuS: 1, halfnoteCpuS: 0.5 });
    time.hear({ kind: 'started', pid: 8 }, 3, 2);
    expect(time.read(0.2, 3)).toMatchObject({ userCpuS: 1, halfnoteCpuS: 0.7 });
  });

  it('takes a guess back where the report says better, and swallows nothing that comes after', () => {
    const { open, time, report, runs } = cellProcess();
    report({ halfnoteCpuS: 0.5 });
    open.add(3);
    runs();
    report({ halfnoteCpuS: 0.5, mode: 'user' });
    // A second of showing the result, not told yet.
    expect(time.read(1.5, 1)).toMatchObject({ userCpuS: 1, userWallS: 1, halfnoteCpuS: 0.5 });
    report({ halfnoteCpuS: 1.25, userCpuS: 0.25, userWallS: 0.25 }, 1);
    expect(time.read(1.5, 1)).toMatchObject({
      userCpuS: 0.25,
      userWallS: 0.25,
      halfnoteCpuS: 1.25,
    });
    report({ halfnoteCpuS: 1.25, userCpuS: 1.25, userWallS: 1.25 }, 2);
    expect(time.read(2.5, 2)).toMatchObject({ userCpuS: 1.25, userWallS: 1.25 });
  });

  it('tells all that the process has used, whatever is guessed and reported', () => {
    const { open, time, report, runs } = cellProcess();
    const sum = (ownS: number, nowS: number): number => {
      const { userCpuS, halfnoteCpuS, backgroundCpuS } = time.read(ownS, nowS);
      return [...backgroundCpuS.values()].reduce((a, b) => a + b, userCpuS + halfnoteCpuS);
    };
    expect(sum(0.25, 0)).toBe(0.25);
    report({ halfnoteCpuS: 0.5 });
    expect(sum(0.75, 1)).toBe(0.75);
    open.add(3);
    runs();
    expect(sum(1, 2)).toBe(1);
    report({ halfnoteCpuS: 0.75, backgroundCpuS: 0.25, mode: 'user' }, 2);
    expect(sum(2, 3)).toBe(2);
    open.delete(3);
    expect(sum(3, 4)).toBe(3);
    report({ halfnoteCpuS: 1.25, backgroundCpuS: 0.25, userCpuS: 1.75 }, 5);
    expect(sum(3.25, 5)).toBe(3.25);
    expect(time.read(3.25, 5)).toMatchObject({ userCpuS: 1, halfnoteCpuS: 1.25 });
    time.hear({ kind: 'lost' }, undefined, 6);
    expect(sum(0, 6)).toBe(3.25);
  });

  it('knows what of a process is in the accounts, also when it has ended', () => {
    const { time, report } = cellProcess();
    report({ halfnoteCpuS: 0.5, backgroundCpuS: 0.25 });
    expect(time.accountedS(7)).toBe(0.75);
    time.read(1, 1);
    time.hear({ kind: 'lost' }, undefined, 2);
    expect([7, 8].map((pid) => time.accountedS(pid))).toEqual([1, 0]);
    time.hear({ kind: 'started', pid: 8 }, undefined, 3);
    expect([7, 8].map((pid) => time.accountedS(pid))).toEqual([1, 0]);
  });
});
