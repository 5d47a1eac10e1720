import { describe, expect, it } from 'vitest';
import { randomKey, uniform } from '../../formats/random';
import type { Quantity } from '../../quantities/quantity';
import { FakeAccounts } from '../accounts/accounts.fixture';
import { simulatedMeter, type SimulatedOptions } from '../devices/simulated';
import { EnergyMonitor } from '../monitor/monitor';
import type { TrialMachine } from './machine';
import { measureVariants } from './measure';
import type { TrialsOptions } from './settings';

const MEASUREMENTS = 150;
const IDLE_W = 20;
const WORK_W = 100;
const RUN_S = 0.03;

/** A machine of the session's own monitor, with a device and accounts that are made up. */
class MonitoredMachine implements TrialMachine {
  readonly threads = 2;
  private readonly accounts = new FakeAccounts();
  private readonly monitor: EnergyMonitor;
  private clockS = 0;
  /** Powers of the past, each until a time. */
  private readonly past: { readonly untilS: number; readonly watts: number }[] = [];
  private last = 0;

  constructor(device: Omit<SimulatedOptions, 'watts'>) {
    const watts = (atS: number): number => this.wattsAt(atS);
    const meter = simulatedMeter({ ...device, watts });
    this.monitor = new EnergyMonitor({
      found: { meters: [meter], absent: [] },
      accounts: this.accounts,
      now: () => this.clockS,
    });
  }

  nowS(): number {
    return this.clockS;
  }

  /** As in a notebook, the cell is running also while it waits. */
  private pass(seconds: number, watts: number): void {
    this.clockS += seconds;
    this.accounts.userWallS += seconds;
    this.past.push({ untilS: this.clockS, watts });
  }

  work(seconds: number, watts: number): void {
    this.pass(seconds, watts);
    this.accounts.userCpuS += seconds;
  }

  restS(seconds: number): Promise<void> {
    this.pass(seconds, IDLE_W);
    return Promise.resolve();
  }

  async whileIdle<T>(wait: () => Promise<T>): Promise<T> {
    this.monitor.declareIdle(true);
    const value = await wait();
    this.monitor.declareIdle(false);
    return value;
  }

  async window(name: string, work: () => Promise<void>) {
    const open = this.monitor.beginWindow(name);
    await work();
    return { window: open.end(), co2eG: null };
  }

  watch() {
    return () => ({ findings: [], unknown: [] });
  }

  close(): void {
    this.monitor.close();
  }

  /** Times are asked for in order. */
  private wattsAt(atS: number): number {
    if ((this.past[this.last - 1]?.untilS ?? 0) > atS) this.last = 0;
    while (this.last < this.past.length && (this.past[this.last]?.untilS ?? 0) < atS) this.last++;
    return this.past[this.last]?.watts ?? this.past.at(-1)?.watts ?? IDLE_W;
  }
}

async function measured(seed: number, tellsPower: boolean): Promise<Quantity> {
  const machine = new MonitoredMachine({ component: 'gpu', stepS: 0.1, tellsPower });
  let index = 0;
  const key = randomKey(seed + 1000);
  const run = (): void => {
    machine.work(RUN_S, WORK_W * (0.7 + 0.6 * uniform(key, index++)));
  };
  const result = await measureVariants([{ name: 'work', run }], { budgetS: 300, seed }, machine);
  machine.close();
  expect(result.verdict).toMatchObject({ valid: true });
  const { energyJ } = result.variants[0] ?? {};
  if (!energyJ) throw new Error('no energy');
  return energyJ;
}

describe("trials by the session's own monitor", () => {
  it.each([false, true])(
    'cover the joules of a device with steps of 100 ms (it tells power: %s)',
    async (tellsPower) => {
      let covered = 0;
      const widths: number[] = [];
      for (let seed = 0; seed < MEASUREMENTS; seed++) {
        const { low, high, value } = await measured(seed, tellsPower);
        if (low <= WORK_W * RUN_S && WORK_W * RUN_S <= high) covered++;
        widths.push((high - low) / 2 / value);
      }
      // 95 % of 150, less three standard deviations of that number.
      expect(covered / MEASUREMENTS).toBeGreaterThan(0.89);
      expect(Math.max(...widths)).toBeLessThan(0.055);
    },
  );

  it.each<[string, Omit<SimulatedOptions, 'watts'>, TrialsOptions]>([
    ['processor', { component: 'cpu', stepS: 0.001 }, { trials: 3 }],
    ['processor, in a small budget', { component: 'cpu', stepS: 0.001 }, { budgetS: 20 }],
    ['memory', { component: 'dram', stepS: 0.001 }, { trials: 3 }],
    ['GPU', { component: 'gpu', stepS: 0.1, tellsPower: true }, { trials: 3 }],
  ])('teach it what a %s draws idle, whatever came before them', async (_, device, options) => {
    const machine = new MonitoredMachine(device);
    const run = (): void => {
      machine.work(RUN_S, WORK_W);
    };
    for (const seconds of [5, 0.5])
      await machine.window('before', () => {
        machine.work(seconds, WORK_W);
        return Promise.resolve();
      });
    await measureVariants([{ name: 'work', run }], options, machine);
    const { window } = await machine.window('after', () => {
      machine.work(10, WORK_W);
      return Promise.resolve();
    });
    machine.close();
    expect((window.parts[0]?.idleJ ?? NaN) / 10 / IDLE_W).toBeCloseTo(1, 2);
  });
});
