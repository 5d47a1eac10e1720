import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Meter } from './devices/meter';
import { EnergyMonitor } from './monitor';

/** A machine whose clock and counters the test turns. */
function machine(overrides: Partial<Meter> = {}) {
  const state = { nowS: 0, joules: 0, reads: 0 };
  const meter: Meter = {
    component: 'cpu',
    method: 'counter',
    source: 'fake counter',
    read: () => {
      state.reads++;
      return { joules: state.joules, watts: 250, gaps: 0, resets: 0 };
    },
    ...overrides,
  };
  const monitor = new EnergyMonitor({
    found: { meters: [meter], absent: [] },
    now: () => state.nowS,
  });
  const spend = (seconds: number, joules: number): void => {
    state.nowS += seconds;
    state.joules += joules;
  };
  return { monitor, spend, state };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('EnergyMonitor', () => {
  it('gives nested windows their own share, and the outer one all of it', () => {
    const { monitor, spend } = machine();
    const outer = monitor.beginWindow('outer');
    spend(1, 10);
    const first = monitor.beginWindow('first');
    spend(2, 30);
    expect(first.end()).toMatchObject({ durationS: 2, energyJ: 30 });
    const second = monitor.beginWindow('second');
    spend(1, 5);
    second.end();
    expect(outer.end()).toMatchObject({ name: 'outer', durationS: 4, energyJ: 45 });
    expect(monitor.session()).toMatchObject({ durationS: 4, energyJ: 45 });
    expect(monitor.windows().map(({ name }) => name)).toEqual(['first', 'second', 'outer']);
  });

  it('lets windows overlap', () => {
    const { monitor, spend } = machine();
    const a = monitor.beginWindow('a');
    spend(1, 1);
    const b = monitor.beginWindow('b');
    spend(1, 2);
    expect(a.end().energyJ).toBe(3);
    spend(1, 4);
    expect(b.end().energyJ).toBe(6);
  });

  it('ends the window begun last under a name, and a window only once', () => {
    const { monitor, spend } = machine();
    const outer = monitor.beginWindow('same');
    spend(1, 1);
    monitor.beginWindow('same');
    spend(1, 2);
    expect(monitor.endWindow('same').energyJ).toBe(2);
    expect(monitor.endWindow('same').energyJ).toBe(3);
    spend(1, 4);
    expect(outer.end().energyJ).toBe(3);
    expect(monitor.windows()).toHaveLength(2);
  });

  it('throws nothing at a meter that fails, and names it', () => {
    const { monitor } = machine({
      read: () => {
        throw new Error('unplugged');
      },
    });
    const { parts, energyJ, problems } = monitor.beginWindow('cell').end();
    expect({ parts, energyJ }).toEqual({ parts: [], energyJ: 0 });
    expect(problems).toEqual(['fake counter could not be read: unplugged']);
    expect(monitor.endWindow('never begun').problems).toEqual(['no window "never begun" is open']);
  });

  it('takes power x time for a window shorter than the steps of its counter', () => {
    const { monitor, spend } = machine({ refreshS: 0.1 });
    const short = monitor.beginWindow('short');
    spend(0.02, 0);
    expect(short.end().energyJ).toBeCloseTo(5, 12);
    const long = monitor.beginWindow('long');
    spend(1, 300);
    expect(long.end()).toMatchObject({ energyJ: 300, parts: [{ source: 'fake counter' }] });
  });

  it('samples a counter that wraps all the time, and other meters only while a window is open', () => {
    vi.useFakeTimers();
    const wrapping = machine({ maxIntervalS: 10, sampled: 'always' });
    const integrated = machine({ maxIntervalS: 5, sampled: 'in-windows' });
    const before = [wrapping.state.reads, integrated.state.reads];
    vi.advanceTimersByTime(60_000);
    expect(
      [wrapping.state.reads, integrated.state.reads].map((n, i) => n - (before[i] ?? 0)),
    ).toEqual([6, 0]);

    const window = integrated.monitor.beginWindow('cell');
    const begun = integrated.state.reads;
    vi.advanceTimersByTime(60_000);
    expect(integrated.state.reads - begun).toBe(12);
    window.end();
    const ended = integrated.state.reads;
    vi.advanceTimersByTime(60_000);
    expect(integrated.state.reads).toBe(ended);
    wrapping.monitor.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
