import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { KernelAccounts } from '../accounts/kernel-accounts';
import { EnergyMonitor } from './monitor';

/** A busy machine makes all of it slower: the best of these counts. */
const BATCHES = 15;
const WINDOWS = 20;
/** CPU seconds that a window may cost. */
const MOST_S = 0.001;

function cpuS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

describe('measuring', () => {
  it('costs at most a millisecond of CPU time for a window, and less for each sample', () => {
    const accounts = new KernelAccounts();
    accounts.work({ kind: 'started', pid: process.ppid }, 0);
    const monitor = new EnergyMonitor({ accounts });
    const costs = Array.from({ length: BATCHES }, () => {
      const begunS = cpuS();
      for (let i = 0; i < WINDOWS; i++) monitor.beginWindow('cell', 'cell').end();
      return (cpuS() - begunS) / WINDOWS;
    });
    monitor.close();
    expect(Math.min(...costs)).toBeLessThan(MOST_S);
  });
});
