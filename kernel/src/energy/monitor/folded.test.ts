import { describe, expect, it } from 'vitest';
import { FakeAccounts } from '../accounts/accounts.fixture';
import { ACCOUNTS } from '../window';
import { folded } from './folded';
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
            idle: { watts: 0, source: 'the test' },
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
    // Each is known to a step of its own CPU time, at 1 J for each, and to the machine's.
    expect(earlier?.energyJ.systematic.above).toBeCloseTo((6000 - kept) * 0.015, 6);
    for (const account of ACCOUNTS) {
      const sum = windows.reduce((total, { exclusiveJ }) => total + exclusiveJ[account], 0);
      expect(sum).toBeCloseTo(windows[0]?.accountsJ[account].value ?? NaN, 6);
    }
    monitor.close();
  });
});

describe('a window within one that has become part of a row', () => {
  it('is the session’s', () => {
    const monitor = new EnergyMonitor({
      found: { meters: [], absent: [] },
      accounts: new FakeAccounts(),
      now: () => 0,
    });
    // Each within the one before, which ends first.
    let before = monitor.beginWindow('first');
    for (let i = 0; i < 2600; i++) {
      const window = monitor.beginWindow(`window ${i}`);
      before.end();
      before = window;
    }
    const windows = monitor.windows();
    expect(windows.length).toBeLessThan(2600);
    const ids = new Set(windows.map(({ id }) => id));
    const parents = windows.flatMap(({ parent }) => parent ?? []);
    const row = windows.find(({ name }) => name.endsWith('earlier windows'));
    expect(row?.parent).toBe(windows[0]?.id);
    expect(parents.filter((parent) => !ids.has(parent))).toEqual([]);
    monitor.close();
  });
});

describe('the interval of many windows', () => {
  const state = { nowS: 0, joules: 0 };
  const accounts = new FakeAccounts();
  const monitor = new EnergyMonitor({
    found: {
      meters: [
        {
          component: 'cpu',
          method: 'counter',
          source: 'fake',
          idle: { watts: 0, source: 'the test' },
          read: () => ({ joules: state.joules, gaps: 0, resets: 0 }),
        },
      ],
      absent: [],
    },
    accounts,
    now: () => state.nowS,
  });
  const windowOf = (seconds: number, joules: number) => {
    const window = monitor.beginWindow('window');
    state.nowS += seconds;
    state.joules += joules;
    accounts.userCpuS += seconds / 2;
    accounts.othersCpuS += seconds / 2;
    return window.end();
  };

  it('is not that of a tiny one on the joules of all', () => {
    const large = windowOf(1000, 1000);
    const tiny = windowOf(0.002, 0.002);
    const { energyJ } = folded([large, tiny], 1);
    expect(energyJ.value).toBeCloseTo(500.001, 9);
    expect(energyJ.high).toBeCloseTo(large.energyJ.high + tiny.energyJ.high, 9);
    expect(energyJ.high).toBeLessThan(500.1);
    monitor.close();
  });
});
