import { afterAll, describe, expect, it } from 'vitest';
import { FakeAccounts } from '../accounts/accounts.fixture';
import { findRapl } from '../devices/rapl';
import { FakePowercap } from '../devices/trees.fixture';
import { ACCOUNTS } from '../window';
import type { WindowEnergy } from '../window';
import { EnergyMonitor } from './monitor';
import type { OpenWindow } from './monitor';

const WINDOWS = 1000;
const RANGE_UJ = 40_000_000;

/** Numbers in [0, 1), the same each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const micro = (joules: number): number => Math.round(joules * 1e6);

/** A machine of three counters: one wraps, one vanishes for a while, one begins anew. */
class Machine {
  nowS = 0;
  readonly accounts = new FakeAccounts();
  readonly truthUj = { wraps: 0, vanishes: 0, restarts: 0 };
  isGone = false;
  private readonly counts = { wraps: 39_000_000, vanishes: 5_000_000, restarts: 7_000_000 };
  private readonly tree = new FakePowercap();
  readonly monitor: EnergyMonitor;

  constructor(private readonly next: () => number) {
    const { tree } = this;
    tree.zone('intel-rapl:0', 'package-0', this.counts.wraps, RANGE_UJ);
    tree.zone('intel-rapl:1', 'package-1', this.counts.vanishes);
    tree.zone('intel-rapl:0:0', 'dram', this.counts.restarts);
    const found = findRapl(tree.root, (file) => {
      if (!file.endsWith('energy_uj')) return tree.read(file);
      if (file.includes('intel-rapl:0:0')) return String(this.counts.restarts);
      if (file.includes('intel-rapl:0')) return String(this.counts.wraps);
      if (this.isGone) throw new Error('ENODEV: no such device');
      return String(this.counts.vanishes);
    });
    const { accounts } = this;
    this.monitor = new EnergyMonitor({ found, accounts, now: () => this.nowS });
  }

  /** Some time passes, and everybody works. */
  pass(cells: readonly OpenWindow[]): void {
    const { next, accounts, truthUj, counts } = this;
    const lengthS = 0.05 + next() * 0.3;
    this.nowS += lengthS;
    for (const name of ['wraps', 'vanishes', 'restarts'] as const) {
      const spent = Math.floor(next() * 90e6 * lengthS);
      truthUj[name] += spent;
      counts[name] += spent;
    }
    counts.wraps %= RANGE_UJ;
    accounts.userCpuS += next() * lengthS;
    accounts.userWallS += next() * lengthS;
    accounts.halfnoteCpuS += (next() * lengthS) / 4;
    accounts.othersCpuS += (next() * lengthS) / 4;
    accounts.userBytes = next() * 2e9;
    accounts.halfnoteBytes = next() * 1e9;
    const cell = cells[Math.floor(next() * cells.length)];
    if (cell !== undefined && next() < 0.3)
      accounts.left.set(cell.id, (accounts.left.get(cell.id) ?? 0) + (next() * lengthS) / 4);
    this.isGone = next() < (this.isGone ? 0.7 : 0.02);
    if (next() < 0.02) counts.restarts = 0;
  }

  dispose(): void {
    this.monitor.close();
    this.tree.dispose();
  }
}

describe('1,000 nested and overlapping windows', () => {
  const next = random(7);
  const machine = new Machine(next);
  const { monitor } = machine;
  const truths: {
    readonly window: WindowEnergy;
    readonly uj: number;
    readonly vanishUj: number;
  }[] = [];
  const open: { readonly window: OpenWindow; readonly begun: Readonly<Machine['truthUj']> }[] = [];
  const cells: OpenWindow[] = [];
  let begun = 0;
  while (truths.length < WINDOWS) {
    machine.pass(cells);
    const mayBegin = begun < WINDOWS;
    if (mayBegin && (open.length === 0 || next() < 0.5)) {
      const kind = next() < 0.3 ? 'cell' : 'span';
      const window = monitor.beginWindow(`window ${++begun}`, kind);
      open.push({ window, begun: { ...machine.truthUj } });
      if (kind === 'cell') cells.push(window);
    } else if (next() < 0.8) {
      // Not always the last one: windows overlap.
      const [ended] = open.splice(Math.floor(next() * open.length), 1);
      if (ended === undefined) continue;
      const { wraps, vanishes } = machine.truthUj;
      const uj = wraps - ended.begun.wraps;
      const vanishUj = vanishes - ended.begun.vanishes;
      truths.push({ window: ended.window.end(), uj, vanishUj });
    } else monitor.session();
  }
  const all = monitor.windows();
  const [session] = all;

  afterAll(() => {
    machine.dispose();
  });

  const part = ({ parts }: WindowEnergy, source: RegExp) =>
    parts.find((candidate) => source.test(candidate.source));

  it('are exact to the unit of a counter that wraps', () => {
    for (const { window, uj } of truths)
      expect(micro(part(window, /package-0/)?.machineJ.value ?? NaN)).toBe(uj);
    expect(machine.truthUj.wraps).toBeGreaterThan(20 * RANGE_UJ);
  });

  it('are exact for a counter that vanishes, or say that they are not whole', () => {
    let whole = 0;
    for (const { window, vanishUj } of truths) {
      const figure = part(window, /package-1/)?.machineJ;
      if (figure?.complete !== true) continue;
      whole++;
      expect(micro(figure.value)).toBe(vanishUj);
    }
    expect(whole).toBeGreaterThan(100);
    expect(truths.length - whole).toBeGreaterThan(100);
    expect(truths.filter(({ window }) => window.problems.length > 0).length).toBeGreaterThan(100);
  });

  it('are never whole when a counter began anew in them', () => {
    const figures = truths.map(({ window }) => part(window, /dram/)?.machineJ);
    expect(figures.some((figure) => figure !== undefined && figure.resets > 0)).toBe(true);
    for (const figure of figures)
      if (figure && figure.resets > 0) expect(figure.complete).toBe(false);
  });

  it('have accounts that add up to the machine, in each device of each window', () => {
    expect(all.length).toBeGreaterThan(WINDOWS);
    for (const window of all) {
      for (const { machineJ, accountsJ } of window.parts) {
        const sum = ACCOUNTS.reduce((total, account) => total + micro(accountsJ[account].value), 0);
        expect(sum).toBe(micro(machineJ.value));
        for (const account of ACCOUNTS) expect(accountsJ[account].value).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('add up, what each took alone, to the accounts of the session', () => {
    expect(all.some(({ kind }) => kind === 'background')).toBe(true);
    for (const account of ACCOUNTS) {
      const sum = all.reduce((total, { exclusiveJ }) => total + micro(exclusiveJ[account]), 0);
      expect(sum).toBe(micro(session?.accountsJ[account].value ?? NaN));
    }
  });

  it('have figures within their intervals', () => {
    for (const { energyJ, machineJ, accountsJ } of all)
      for (const { value, low, high } of [energyJ, machineJ, ...Object.values(accountsJ)]) {
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        expect(low).toBeGreaterThanOrEqual(0);
      }
  });
});
