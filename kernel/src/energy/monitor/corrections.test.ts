import { describe, expect, it } from 'vitest';
import { FakeAccounts } from '../accounts/accounts.fixture';
import type { Component } from '../devices/meter';
import { ACCOUNTS } from '../window';
import { EnergyMonitor } from './monitor';

function machine(...components: readonly Component[]) {
  const state = { nowS: 0, joules: 0 };
  const accounts = new FakeAccounts();
  const monitor = new EnergyMonitor({
    found: {
      meters: components.map((component) => ({
        component,
        method: 'counter',
        source: component,
        idle: { watts: 0, source: 'the test' },
        read: () => ({ joules: state.joules, gaps: 0, resets: 0 }),
      })),
      absent: [],
    },
    accounts,
    now: () => state.nowS,
  });
  const pass = (seconds: number, joules: number): void => {
    state.nowS += seconds;
    state.joules += joules;
  };
  /** Each account's windows' own joules, and the session's. */
  const sums = () =>
    ACCOUNTS.map((account) => {
      const windows = monitor.windows();
      return {
        own: windows.reduce((sum, { exclusiveJ }) => sum + exclusiveJ[account], 0),
        session: windows[0]?.accountsJ[account].value ?? NaN,
      };
    });
  return { accounts, monitor, pass, sums };
}

describe('an account that falls', () => {
  it('gives what was taken for its work to whom it belongs, and the next cell loses nothing', () => {
    const { accounts, monitor, pass, sums } = machine('cpu');
    const first = monitor.beginWindow('In [1]', 'cell');
    pass(4, 40);
    accounts.userCpuS += 4;
    expect(first.read().energyJ.value).toBe(40);
    // Three of the four seconds were Halfnote's, and one more.
    pass(1, 7);
    accounts.userCpuS -= 3;
    accounts.halfnoteCpuS += 4;
    const { accountsJ, cpuS } = first.end();
    expect([accountsJ.user.value, accountsJ.halfnote.value]).toEqual([10, 37]);
    expect(cpuS).toEqual({ user: 1, halfnote: 4, rest: 0 });
    const second = monitor.beginWindow('In [2]', 'cell');
    pass(1, 5);
    accounts.userCpuS += 1;
    expect(second.end()).toMatchObject({ energyJ: { value: 5 }, cpuS: { user: 1, halfnote: 0 } });
    for (const { own, session } of sums()) expect(own).toBeCloseTo(session, 9);
    expect(monitor.session().cpuS).toEqual({ user: 2, halfnote: 4, rest: 0 });
    monitor.close();
  });

  it.each([true, false])(
    'moves it to the background and from it (a cell is open: %s)',
    (isOpen) => {
      const { accounts, monitor, pass, sums } = machine('cpu');
      monitor.beginWindow('In [1]', 'cell').end();
      const cell = isOpen ? monitor.beginWindow('In [2]', 'cell') : undefined;
      pass(2, 20);
      accounts.left.set(0, 2);
      monitor.session();
      accounts.left.set(0, 1);
      accounts.halfnoteCpuS += 1;
      const [session] = monitor.windows();
      expect(session?.accountsJ).toMatchObject({ user: { value: 10 }, halfnote: { value: 10 } });
      const rows = () =>
        monitor.windows().map(({ kind, accountsJ: { user, halfnote, rest } }) => ({
          kind,
          joules: [user.value, halfnote.value, rest.value],
        }));
      expect(rows()).toContainEqual({ kind: 'background', joules: [10, 0, 0] });
      expect(rows()).toContainEqual(
        isOpen ? { kind: 'cell', joules: [0, 10, 10] } : { kind: 'outside', joules: [0, 10, 0] },
      );
      accounts.halfnoteCpuS -= 1;
      accounts.left.set(0, 2);
      expect(rows()).toContainEqual({ kind: 'background', joules: [20, 0, 0] });
      for (const { own, session: whole } of sums()) expect(own).toBeCloseTo(whole, 9);
      cell?.end();
      monitor.close();
    },
  );

  it('gives back the GPU and the memory of time that was not the code’s', () => {
    const { accounts, monitor, pass, sums } = machine('gpu', 'dram');
    accounts.userBytes = 4e9;
    monitor.windows();
    const cell = monitor.beginWindow('In [1]', 'cell');
    pass(4, 40);
    accounts.userWallS += 4;
    expect(cell.read().accountsJ).toMatchObject({ user: { value: 60 }, halfnote: { value: 0 } });
    accounts.userWallS -= 3;
    const { user, halfnote, rest } = cell.end().accountsJ;
    expect([user.value, halfnote.value, rest.value]).toEqual([15, 15, 50]);
    for (const { own, session } of sums()) expect(own).toBeCloseTo(session, 9);
    monitor.close();
  });

  it('takes from no window that has ended, nor more than another has', () => {
    const { accounts, monitor, pass, sums } = machine('cpu');
    const first = monitor.beginWindow('In [1]', 'cell');
    pass(4, 40);
    accounts.userCpuS += 4;
    first.end();
    accounts.userCpuS -= 3;
    accounts.left.set(first.id, 3);
    const windows = monitor.windows();
    expect(windows.map(({ energyJ }) => energyJ.value)).toEqual([40, 0, 40]);
    for (const { own, session } of sums()) expect(own).toBeCloseTo(session, 9);
    monitor.close();
  });
});
