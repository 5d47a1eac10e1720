import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeAccounts } from '../accounts/accounts.fixture';
import type { Absence, Meter } from '../devices/meter';
import { ACCOUNTS } from '../window';
import type { WindowEnergy } from '../window';
import { EnergyMonitor } from './monitor';

interface Options {
  readonly meter?: Partial<Meter>;
  readonly more?: readonly Meter[];
  readonly absent?: readonly Absence[];
}

/** A machine whose clock, counters and accounts the test turns. */
function machine({ meter = {}, more = [], absent = [] }: Options = {}) {
  const state = { nowS: 0, joules: 0, reads: 0, watts: 250, fails: false };
  const accounts = new FakeAccounts();
  const ended: WindowEnergy[] = [];
  const counter: Meter = {
    component: 'cpu',
    method: 'counter',
    source: 'fake counter',
    idle: { watts: 0, source: 'fake' },
    read: () => {
      state.reads++;
      if (state.fails) throw new Error('unplugged');
      return { joules: state.joules, watts: state.watts, gaps: 0, resets: 0 };
    },
    ...meter,
  };
  const monitor = new EnergyMonitor({
    found: { meters: [counter, ...more], absent },
    accounts,
    now: () => state.nowS,
    onEnded: (window) => ended.push(window),
  });
  /** The user's CPU time is all of the machine's, unless the test says more. */
  const spend = (seconds: number, joules: number, cpuS = seconds): void => {
    state.nowS += seconds;
    state.joules += joules;
    accounts.userCpuS += cpuS;
    accounts.userWallS += seconds;
  };
  return { monitor, spend, state, accounts, ended };
}

const valuesOf = ({ accountsJ }: WindowEnergy): readonly number[] =>
  ACCOUNTS.map((account) => accountsJ[account].value);

afterEach(() => {
  vi.useRealTimers();
});

describe('EnergyMonitor', () => {
  it('gives nested windows their own share, and the outer one all of it, as a tree', () => {
    const { monitor, spend } = machine();
    const outer = monitor.beginWindow('outer');
    spend(1, 10);
    const first = monitor.beginWindow('first');
    spend(2, 30);
    expect(first.end()).toMatchObject({ durationS: 2, machineJ: { value: 30 }, status: 'ended' });
    const second = monitor.beginWindow('second');
    spend(1, 5);
    second.end();
    expect(outer.end()).toMatchObject({ name: 'outer', durationS: 4, energyJ: { value: 45 } });
    expect(monitor.session()).toMatchObject({ durationS: 4, energyJ: { value: 45 } });
    const windows = monitor.windows();
    const [session, outside, ...others] = windows;
    expect(session).toMatchObject({ kind: 'session', parent: null, status: 'open' });
    expect(outside).toMatchObject({ kind: 'outside', parent: session?.id });
    expect(others.map(({ name }) => name)).toEqual(['outer', 'first', 'second']);
    expect(others.map(({ parent }) => parent)).toEqual([session?.id, outer.id, outer.id]);
    expect(others.map(({ exclusiveJ }) => exclusiveJ.user)).toEqual([10, 30, 5]);
  });

  it('lets windows overlap: what both hold belongs to the one that began last', () => {
    const { monitor, spend } = machine();
    const a = monitor.beginWindow('a');
    spend(1, 1);
    const b = monitor.beginWindow('b');
    spend(1, 2);
    expect(a.end()).toMatchObject({ machineJ: { value: 3 }, exclusiveJ: { user: 1 } });
    spend(1, 4);
    expect(b.end()).toMatchObject({ machineJ: { value: 6 }, exclusiveJ: { user: 6 } });
  });

  it('lists windows that are still open, and what came between cells', () => {
    const { monitor, spend } = machine();
    spend(1, 7);
    monitor.beginWindow('open');
    spend(1, 2);
    const [session, outside, open] = monitor.windows();
    expect(session).toMatchObject({ machineJ: { value: 9 } });
    expect(outside).toMatchObject({ durationS: 1, exclusiveJ: { user: 7 } });
    expect(open).toMatchObject({ name: 'open', status: 'open', exclusiveJ: { user: 2 } });
  });

  it('ends the window begun last under a name, and a window only once', () => {
    const { monitor, spend, ended } = machine();
    const outer = monitor.beginWindow('same');
    spend(1, 1);
    monitor.beginWindow('same');
    spend(1, 2);
    expect(monitor.endWindow('same').machineJ.value).toBe(2);
    expect(monitor.endWindow('same').machineJ.value).toBe(3);
    spend(1, 4);
    expect(outer.end('interrupted')).toMatchObject({ status: 'ended', machineJ: { value: 3 } });
    expect(ended).toHaveLength(2);
    expect(monitor.endWindow('never begun').problems).toEqual(['no window "never begun" is open']);
  });

  it('closes a window of work that did not come to its end as interrupted', () => {
    const { monitor, ended } = machine();
    expect(monitor.beginWindow('stopped').end('interrupted').status).toBe('interrupted');
    expect(ended).toMatchObject([{ name: 'stopped', status: 'interrupted' }]);
  });

  it('begins anew with the windows that are open', () => {
    const { monitor, spend, ended } = machine();
    monitor.beginWindow('before').end();
    const open = monitor.beginWindow('open');
    spend(1, 5);
    monitor.reset();
    expect(ended.map(({ name, status }) => [name, status])).toEqual([
      ['before', 'ended'],
      ['open', 'open'],
      ['outside cells', 'open'],
      ['session', 'open'],
    ]);
    // What is told of a session adds up to it.
    expect(ended.reduce((sum, { exclusiveJ }) => sum + exclusiveJ.user, 0)).toBe(5);
    expect(ended.at(-1)?.energyJ.value).toBe(5);
    spend(1, 2);
    expect(open.end()).toMatchObject({ durationS: 1, machineJ: { value: 2 } });
    const windows = monitor.windows();
    expect(windows.map(({ name }) => name)).toEqual(['session', 'outside cells', 'open']);
    expect(windows[2]?.parent).toBe(windows[0]?.id);
    expect(windows[0]?.machineJ.value).toBe(2);
  });

  it('tells a journal of what belongs to no window when it is closed, once', () => {
    const { monitor, ended } = machine();
    monitor.close();
    monitor.close();
    expect(ended.map(({ kind }) => kind)).toEqual(['outside', 'session']);
  });
});

describe('accounts', () => {
  it('share the dynamic energy by CPU time, and the idle energy by the time of all threads', () => {
    const { monitor, spend, state, accounts } = machine({
      meter: { idle: { watts: 10, source: 'fake' } },
    });
    const window = monitor.beginWindow('cell');
    spend(10, 300, 4);
    accounts.halfnoteCpuS += 2;
    accounts.othersCpuS += 2;
    // 200 J dynamic over 8 CPU seconds, 100 J idle over 20.
    const energy = window.end();
    expect(valuesOf(energy)).toEqual([100 + 20, 50 + 10, 300 - 180]);
    expect(energy.parts[0]).toMatchObject({ idleJ: 100, userIdleJ: 20 });
    expect(energy.cpuS).toEqual({ user: 4, halfnote: 2, rest: 2 });
    expect(energy.accountsJ.user.method).toBe('estimated');
    expect(energy.machineJ.method).toBe('counter');
    expect(state.reads).toBeGreaterThan(0);
  });

  it('share memory by the bytes that each holds while it works', () => {
    const meter: Partial<Meter> = { component: 'dram', method: 'modelled' };
    const { monitor, accounts, state } = machine({ meter });
    accounts.userBytes = 2e9;
    accounts.halfnoteBytes = 1e9;
    monitor.windows();
    const window = monitor.beginWindow('cell');
    // Half of it Halfnote compiles, then the code runs.
    state.nowS += 10;
    state.joules += 80;
    accounts.userWallS += 5;
    expect(valuesOf(window.end())).toEqual([10, 10 + 10, 50]);
  });

  it('give a GPU to the user, but not for the time in which a cell is compiled', () => {
    const { monitor, accounts, state } = machine({ meter: { component: 'gpu' } });
    const window = monitor.beginWindow('cell');
    state.nowS += 10;
    state.joules += 100;
    accounts.userWallS += 2;
    const energy = window.end();
    expect(valuesOf(energy)).toEqual([20, 0, 80]);
    expect(energy.accountsJ.user.method).toBe('counter');
  });

  it.each(['gpu', 'dram'] as const)('give what a cell left running its %s too', (component) => {
    const { monitor, accounts, state } = machine({ meter: { component } });
    accounts.userBytes = 8e9;
    const first = monitor.beginWindow('In [1]', 'cell');
    first.end();
    state.nowS += 10;
    state.joules += 100;
    accounts.left.set(first.id, 4);
    const [session, outside, , row] = monitor.windows();
    expect(row).toMatchObject({ kind: 'background', energyJ: { value: 40 } });
    expect([session?.energyJ.value, outside?.energyJ.value]).toEqual([40, 0]);
    // Not the time in which another cell's code runs.
    const second = monitor.beginWindow('In [2]', 'cell');
    state.nowS += 10;
    state.joules += 100;
    accounts.userWallS += 8;
    accounts.left.set(first.id, 14);
    expect(second.end().energyJ.value).toBe(80);
    expect(monitor.session().energyJ.value).toBe(140);
    monitor.close();
  });

  it('have what a cell left running in a row of its own, never in the next cell', () => {
    const { monitor, spend, accounts } = machine();
    const first = monitor.beginWindow('In [1]', 'cell');
    spend(1, 10);
    first.end();
    const second = monitor.beginWindow('In [2]', 'cell');
    spend(1, 30, 1);
    accounts.left.set(first.id, 2);
    accounts.background.add(first.id);
    const energy = second.end();
    expect(valuesOf(energy)).toEqual([10, 0, 20]);
    expect(energy.exclusiveJ).toEqual({ user: 10, halfnote: 0, rest: 0 });
    const windows = monitor.windows();
    const [session] = windows;
    const row = windows.find(({ kind }) => kind === 'background');
    expect(row).toMatchObject({
      name: 'background of In [1]',
      parent: session?.id,
      status: 'open',
      exclusiveJ: { user: 20, halfnote: 0, rest: 0 },
    });
    expect(monitor.session().energyJ.value).toBe(40);
    expect(accounts.calls).toEqual([
      `open ${first.id}`,
      `close ${first.id}`,
      `open ${second.id}`,
      `close ${second.id}`,
    ]);
  });
});

describe('the tree of windows', () => {
  it('has cells below the session, whatever earlier cells have left open', () => {
    const { monitor, spend } = machine();
    const first = monitor.beginWindow('In [1]', 'cell');
    const forgotten = monitor.beginWindow('forgotten');
    first.end();
    const second = monitor.beginWindow('In [2]', 'cell');
    const inner = monitor.beginWindow('inner');
    spend(1, 5);
    inner.end();
    second.end();
    const windows = monitor.windows();
    const parentOf = (id: number) => windows.find((window) => window.id === id)?.parent;
    expect(parentOf(second.id)).toBe(windows[0]?.id);
    expect([parentOf(inner.id), parentOf(forgotten.id)]).toEqual([second.id, first.id]);
    monitor.close();
  });

  it('says when nothing goes on between cells any more', () => {
    const { monitor, spend, accounts, ended } = machine();
    monitor.beginWindow('In [1]', 'cell').end();
    const status = () => monitor.windows().find(({ kind }) => kind === 'background')?.status;
    spend(1, 1, 0);
    accounts.left.set(0, 0.5);
    expect(status()).toBe('open');
    const cell = monitor.beginWindow('In [2]', 'cell');
    spend(1, 1);
    expect(status()).toBe('ended');
    cell.end();
    spend(1, 1, 0);
    accounts.left.set(0, 1);
    expect(status()).toBe('open');
    spend(1, 1, 0);
    monitor.close();
    expect(ended.find(({ kind }) => kind === 'background')?.status).toBe('ended');
  });
});

describe('what a window cannot know', () => {
  it('makes it incomplete, at its begin and at its end, and is never a bare total', () => {
    const { monitor, spend, state } = machine();
    const window = monitor.beginWindow('cell');
    spend(1, 100);
    state.fails = true;
    const broken = window.end();
    expect(broken.problems).toEqual(['fake counter could not be read: unplugged']);
    expect(broken.energyJ.complete).toBe(false);
    expect(broken.machineJ.complete).toBe(false);
    const late = monitor.beginWindow('next');
    state.fails = false;
    spend(1, 5);
    expect(late.end()).toMatchObject({ machineJ: { complete: false, value: 0 } });
    // The counter has counted on: nothing is lost to the session, but it has a gap.
    expect(monitor.session()).toMatchObject({ machineJ: { value: 105, complete: false } });
    expect(monitor.beginWindow('then').end().machineJ.complete).toBe(true);
  });

  it('is said where another device of the kind is missing, and where there is none at all', () => {
    const absent: Absence = {
      device: 'RAPL package-1',
      reason: 'permission-denied',
      message: 'package-1 may only be read by root.',
      leavesIncomplete: true,
    };
    const { monitor } = machine({ absent: [absent] });
    expect(monitor.beginWindow('cell').end()).toMatchObject({
      problems: ['package-1 may only be read by root.'],
      energyJ: { complete: false },
    });
    const none = new EnergyMonitor({
      found: { meters: [], absent: [] },
      accounts: new FakeAccounts(),
    });
    expect(none.beginWindow('cell').end()).toMatchObject({
      problems: ['nothing on this machine tells its energy'],
      energyJ: { value: 0, complete: false },
    });
    none.close();
  });

  it('includes gaps and resets that the meter tells, and joules that are none', () => {
    const reading = { joules: 0, gaps: 0, resets: 0 };
    const { monitor } = machine({ meter: { read: () => ({ ...reading }) } });
    const window = monitor.beginWindow('cell');
    reading.joules = 5;
    reading.resets = 1;
    expect(window.end().machineJ).toMatchObject({ value: 5, resets: 1, complete: false });
    const next = monitor.beginWindow('next');
    reading.joules = NaN;
    expect(next.end().problems).toEqual(['fake counter could not be read: it says NaN J']);
    reading.joules = 1;
    // A meter that falls has begun anew.
    expect(monitor.session().machineJ).toMatchObject({ value: 5, resets: 2 });
  });
});

describe('the interval', () => {
  it('is the band of the meter', () => {
    const { monitor, spend } = machine({
      meter: { method: 'modelled', band: { low: 0.6, high: 1.4, source: 'fake' } },
    });
    const window = monitor.beginWindow('cell');
    spend(10, 100);
    const { machineJ, energyJ } = window.end();
    expect(machineJ).toMatchObject({ value: 100, method: 'modelled' });
    expect(machineJ.low).toBeCloseTo(60, 9);
    expect(machineJ.high).toBeCloseTo(140, 9);
    expect(energyJ.low).toBeLessThan(machineJ.low);
  });

  it('of an account has at least a step of its CPU time, also where it shows none', () => {
    const { monitor, spend, accounts } = machine();
    const idle = monitor.beginWindow('idle');
    spend(10, 600, 0);
    accounts.othersCpuS += 20;
    const { user } = idle.end().accountsJ;
    expect([user.value, user.low]).toEqual([0, 0]);
    // A hundredth of a second at 30 J for each.
    expect(user.high).toBeCloseTo(0.3, 9);
    const short = monitor.beginWindow('short');
    spend(10, 600, 0.01);
    accounts.othersCpuS += 19.99;
    const energy = short.end().accountsJ.user;
    expect(energy.value).toBeCloseTo(0.3, 9);
    expect(energy.low).toBe(0);
    expect(energy.high).toBeGreaterThan(0.6);
    expect(energy.high).toBeLessThan(0.61);
    monitor.close();
  });

  it('of an account that is counted to the microsecond is as narrow as that', () => {
    const { monitor, spend, accounts } = machine();
    const read = accounts.read.bind(accounts);
    vi.spyOn(accounts, 'read').mockImplementation(() => ({
      ...read(),
      stepsS: { user: 1e-6, halfnote: 1e-6 },
    }));
    monitor.session();
    const window = monitor.beginWindow('cell');
    spend(10, 600, 0);
    accounts.othersCpuS += 20;
    const { user, rest } = window.end().accountsJ;
    expect(user.high).toBeCloseTo(30e-6, 9);
    expect(rest.low).toBeLessThan(600 - 0.29);
    monitor.close();
  });

  it.each([true, false])(
    'holds the truth of a burst, wherever the steps of its counter cut it (it tells power: %s)',
    (tells) => {
      for (let phase = 0; phase < 0.1; phase += 0.007) {
        const state = { nowS: 0 };
        // 300 W for 150 ms: 45 J.
        const truth = (t: number): number => 300 * Math.min(0.15, Math.max(0, t - phase));
        const read = () => ({
          joules: truth(Math.floor(state.nowS * 10 + 1e-9) / 10),
          watts: tells ? (state.nowS >= phase && state.nowS < phase + 0.15 ? 300 : 0) : undefined,
          gaps: 0,
          resets: 0,
        });
        const monitor = new EnergyMonitor({
          found: {
            meters: [{ component: 'gpu', method: 'counter', source: 'x', read, refreshS: 0.1 }],
            absent: [],
          },
          accounts: new FakeAccounts(),
          now: () => state.nowS,
        });
        state.nowS = phase;
        const window = monitor.beginWindow('burst');
        state.nowS = phase + 0.15;
        const { machineJ, parts } = window.end();
        expect(machineJ.low).toBeLessThan(45);
        expect(machineJ.high).toBeGreaterThanOrEqual(45 - 1e-6);
        expect(parts[0]?.step?.lengthS).toBe(0.1);
        monitor.close();
      }
    },
  );

  it('takes power x time between the steps of a counter, which then take it in', () => {
    const { monitor, spend } = machine({ meter: { refreshS: 0.1 } });
    const short = monitor.beginWindow('short');
    spend(0.02, 0);
    const energy = short.end();
    expect(energy.machineJ).toMatchObject({ value: 5, method: 'integrated power' });
    expect(energy.parts[0]?.source).toBe('fake counter (power x time)');
    const long = monitor.beginWindow('long');
    spend(1, 300);
    expect(long.end().machineJ).toMatchObject({ value: 295, method: 'counter' });
    expect(monitor.session().machineJ.value).toBe(300);
  });
});

describe('sampling', () => {
  it('is there all the time for a counter that wraps, for others only while a window is open', () => {
    vi.useFakeTimers();
    const wrapping = machine({ meter: { maxIntervalS: 10, sampled: 'always' } });
    const integrated = machine({ meter: { maxIntervalS: 0.5, sampled: 'in-windows' } });
    const before = [wrapping.state.reads, integrated.state.reads];
    vi.advanceTimersByTime(60_000);
    expect(
      [wrapping.state.reads, integrated.state.reads].map((n, i) => n - (before[i] ?? 0)),
    ).toEqual([6, 0]);

    const window = integrated.monitor.beginWindow('cell');
    const begun = integrated.state.reads;
    vi.advanceTimersByTime(60_000);
    expect(integrated.state.reads - begun).toBe(120);
    window.end();
    const ended = integrated.state.reads;
    vi.advanceTimersByTime(60_000);
    // The timer that ran goes off once more, and is not set again.
    expect(integrated.state.reads).toBe(ended + 1);
    wrapping.monitor.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is never more often than 20 times a second', () => {
    vi.useFakeTimers();
    const { monitor, state } = machine({ meter: { maxIntervalS: 0, sampled: 'always' } });
    const before = state.reads;
    vi.advanceTimersByTime(1000);
    expect(state.reads - before).toBe(20);
    monitor.close();
  });
});
