import { describe, expect, it } from 'vitest';
import { FakeAccounts } from '../accounts/accounts.fixture';
import { ACCOUNTS } from '../window';
import { EnergyMonitor } from './monitor';

describe('windows beyond those that are remembered', () => {
  it('become one row, so that a long session still adds up', () => {
    const state = { nowS: 0, joules: 0 };
    const accounts = new FakeAccounts();
    const monitor = new EnergyMonitor({
      found: {
        meters: [
          {
            component: 'cpu',
            method: 'counter',
            source: 'fake',
            read: () => ({ joules: state.joules, gaps: 0, resets: 0 }),
          },
        ],
        absent: [],
      },
      accounts,
      now: () => state.nowS,
    });
    for (let i = 0; i < 6000; i++) {
      const window = monitor.beginWindow(`window ${i}`);
      state.nowS += 1;
      state.joules += 1;
      accounts.userCpuS += 0.5;
      accounts.othersCpuS += 0.5;
      window.end();
    }
    const windows = monitor.windows();
    expect(windows.length).toBeLessThan(2600);
    const earlier = windows.find(({ name }) => name.endsWith('earlier windows'));
    const kept = windows.filter(({ kind }) => kind === 'span').length - 1;
    expect(earlier?.name).toBe(`${6000 - kept} earlier windows`);
    expect(earlier?.machineJ.value).toBeCloseTo(6000 - kept, 6);
    for (const account of ACCOUNTS) {
      const sum = windows.reduce((total, { exclusiveJ }) => total + exclusiveJ[account], 0);
      expect(sum).toBeCloseTo(windows[0]?.accountsJ[account].value ?? NaN, 6);
    }
    monitor.close();
  });
});
