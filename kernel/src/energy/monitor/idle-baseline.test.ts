import { describe, expect, it } from 'vitest';
import { FakeAccounts } from '../accounts/accounts.fixture';
import type { Usage } from '../accounts/usage';
import type { Component, Meter } from '../devices/meter';
import { EnergyMonitor } from './monitor';

class ManyThreads extends FakeAccounts {
  constructor(private readonly threads: number) {
    super();
  }

  override read(): Usage {
    const usage = super.read();
    return { ...usage, machine: { ...usage.machine, threads: this.threads } };
  }
}

/** A counter that doesn't tell its idle power, and what works. */
function machine(threads: number, component: Component = 'cpu') {
  const reading = { joules: 0, gaps: 0, resets: 0 };
  const accounts = new ManyThreads(threads);
  let nowS = 0;
  const meter: Meter = { component, method: 'counter', source: 'a counter', read };
  function read() {
    return { ...reading };
  }
  const monitor = new EnergyMonitor({
    found: { meters: [meter], absent: [] },
    accounts,
    now: () => nowS,
  });
  const pass = (seconds: number, joules: number, userCpuS = 0, wallS = 0): void => {
    nowS += seconds;
    reading.joules += joules;
    accounts.userCpuS += userCpuS;
    accounts.userWallS += wallS;
  };
  return { monitor, pass, accounts, reading };
}

describe('a counter that does not tell what the device draws idle', () => {
  it('leaves idle draw to the rest of the machine, not to whoever used a little CPU', () => {
    const { monitor, pass } = machine(128);
    const window = monitor.beginWindow('cell');
    pass(10, 600, 0.1);
    const { parts, energyJ, accountsJ } = window.end();
    expect(energyJ.value).toBeCloseTo((600 * 0.1) / 1280, 5);
    expect(accountsJ.rest.value).toBeCloseTo(600 - (600 * 0.1) / 1280, 5);
    expect(parts[0]?.idleJ).toBeCloseTo(600, 5);
    expect(energyJ.method).toBe('estimated');
    // Had it drawn nothing idle, all of it would be the user's.
    expect(energyJ.high).toBeGreaterThanOrEqual(600);
    expect(accountsJ.rest.low).toBeLessThan(1);
    expect(monitor.notes.join()).toContain('the least power seen');
  });

  it('shares what is above the power of a quiet time by busy CPU, and that by capacity', () => {
    const { monitor, pass } = machine(128);
    pass(10, 600);
    const window = monitor.beginWindow('cell');
    pass(10, 1800, 640);
    const { parts, energyJ } = window.end();
    expect(energyJ.value).toBeCloseTo(1200 + 300, 4);
    expect(energyJ.high).toBeGreaterThanOrEqual(1800);
    expect(energyJ.low).toBeGreaterThan(1490);
    expect(parts[0]).toMatchObject({ idleJ: 600, userIdleJ: 300 });
  });

  it('takes the middle, and says so, as long as it was never seen quiet', () => {
    const { monitor, pass } = machine(4);
    const window = monitor.beginWindow('cell');
    pass(0.5, 40, 0.5);
    const { energyJ } = window.end();
    expect(energyJ.value).toBeCloseTo((40 + 10) / 2, 5);
    expect(energyJ.low).toBeLessThanOrEqual(10);
    expect(energyJ.high).toBeGreaterThanOrEqual(40);
    expect(monitor.notes.join()).toContain('not yet seen');
  });

  it('has the truth within the interval, whatever the idle power and the load', () => {
    for (const idleW of [0, 5, 40, 90])
      for (const others of [0, 0.5, 3]) {
        const { monitor, pass, accounts } = machine(8);
        for (const user of [2, 0.2, 0, 5, 1]) {
          const window = monitor.beginWindow('cell');
          accounts.othersCpuS += others * 2;
          pass(2, 2 * (idleW + 7 * (user + others)), 2 * user);
          const { energyJ, accountsJ, machineJ } = window.end();
          const truth = 2 * (7 * user + (idleW * user) / 8);
          expect(energyJ.low).toBeLessThanOrEqual(truth + 1e-5);
          expect(energyJ.high).toBeGreaterThanOrEqual(truth - 1e-5);
          expect(accountsJ.rest.low).toBeLessThanOrEqual(machineJ.value - truth + 1e-5);
          expect(accountsJ.rest.high).toBeGreaterThanOrEqual(machineJ.value - truth - 1e-5);
        }
        monitor.close();
      }
  });

  it('leaves as much open in what a cell has left running, also as the machine of that row', () => {
    for (const idleW of [0, 40]) {
      const { monitor, pass, accounts } = machine(8);
      const cell = monitor.beginWindow('cell', 'cell');
      pass(0.1, 0.1 * idleW);
      cell.end();
      accounts.background.add(cell.id);
      accounts.left.set(cell.id, 1);
      pass(2, 2 * idleW + 7);
      const row = monitor.windows().find(({ kind }) => kind === 'background');
      const truth = 7 + idleW / 8;
      for (const figure of [row?.energyJ, row?.machineJ, row?.parts[0]?.machineJ]) {
        expect(figure?.low).toBeLessThanOrEqual(truth + 1e-5);
        expect(figure?.high).toBeGreaterThanOrEqual(truth - 1e-5);
      }
      expect(row?.machineJ).toEqual(row?.energyJ);
      monitor.close();
    }
  });

  it('takes no time for quiet of which energy is lost', () => {
    const { monitor, pass, reading } = machine(4);
    pass(10, 1);
    reading.gaps++;
    monitor.session();
    pass(10, 100);
    const window = monitor.beginWindow('cell');
    pass(1, 30, 2);
    expect(window.end().parts[0]?.idleJ).toBeCloseTo(10, 5);
  });

  it('tells of a GPU too what it drew while nothing of the user ran', () => {
    const { monitor, pass } = machine(4, 'gpu');
    pass(10, 300);
    const window = monitor.beginWindow('cell');
    pass(2, 500, 2, 2);
    const [part] = window.end().parts;
    expect(part).toMatchObject({ idleJ: 60, userIdleJ: 60, accountsJ: { user: { value: 500 } } });
    expect(part?.accountsJ.user.high).toBe(500);
  });
});
