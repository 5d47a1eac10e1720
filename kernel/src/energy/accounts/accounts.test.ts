import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { EnergyMonitor } from '../monitor/monitor';
import { BusyTime } from './busy-time';
import { CellTimes } from './cell-times';
import { Clock } from './proc-clock';
import { readStat } from './proc';
import { ownCpuS, ScriptAccounts } from './script-accounts';
import { NO_CELL } from './usage';

describe('CellTimes', () => {
  const cells = new CellTimes();
  cells.begin(5, 10);
  cells.end(5, 20);
  cells.begin(6, 30);

  it('tells the cell within which something has started, to a hundredth of a second', () => {
    expect([9, 9.99, 15, 20.01, 25, 29.99, 31].map((startS) => cells.at(startS))).toEqual([
      NO_CELL,
      5,
      5,
      5,
      NO_CELL,
      6,
      6,
    ]);
  });

  it('knows which cell is open', () => {
    expect(cells.open).toBe(6);
    expect([5, 6, undefined].map((window) => cells.isForeground(window))).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('BusyTime', () => {
  it('counts at once what is known to have worked, and lets the system catch up', () => {
    const state = { busyS: 100 };
    const read = () => ({ busyS: state.busyS, threads: 2, memoryBytes: 1 });
    const busy = new BusyTime({ read, close: () => undefined });
    expect(busy.update(0).busyS).toBe(100);
    expect(busy.update(0.004).busyS).toBeCloseTo(100.004, 9);
    state.busyS = 100.01;
    expect(busy.update(0.008).busyS).toBeCloseTo(100.01, 9);
    state.busyS = 101;
    expect(busy.update(0.008).busyS).toBe(101);
  });

  it('says why the machine cannot be read, and knows then only the accounts', () => {
    const busy = new BusyTime({
      read: () => {
        throw new Error('no /proc/stat');
      },
      close: () => undefined,
    });
    expect(busy.update(1).busyS).toBe(1);
    expect(busy.update(3)).toMatchObject({ busyS: 3 });
    expect(busy.problem).toContain('no /proc/stat');
  });
});

describe.runIf(process.platform === 'linux')('a plain script', () => {
  it('has its own work, and that of what it starts, but not that of the monitor', () => {
    const accounts = new ScriptAccounts();
    const before = accounts.read(0);
    const burn = 'const t = process.cpuUsage; while (t().user + t().system < 3e5);';
    execFileSync(process.execPath, ['-e', burn]);
    const own = ownCpuS();
    accounts.own(() => {
      while (ownCpuS() - own < 0.1);
    });
    const after = accounts.read(1);
    expect(after.userCpuS - before.userCpuS).toBeGreaterThan(0.27);
    expect(after.userCpuS - before.userCpuS).toBeLessThan(0.45);
    expect(after.halfnoteCpuS - before.halfnoteCpuS).toBeGreaterThan(0.095);
    expect(after.userWallS - before.userWallS).toBe(1);
  });

  it('says what of the processes that it starts it does not see', () => {
    const monitor = new EnergyMonitor({ found: { meters: [], absent: [] } });
    expect(monitor.notes).toEqual([expect.stringContaining('detaches')]);
    monitor.close();
  });

  it('tells the age of processes', () => {
    const self = readStat('/proc', 'self');
    const ageS = new Clock('/proc').ageS(self?.startTicks ?? 0);
    expect(self?.pid).toBe(process.pid);
    expect(Math.abs(ageS - process.uptime())).toBeLessThan(0.5);
  });
});
