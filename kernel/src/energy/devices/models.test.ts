import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cpuModel } from './cpu-model';
import { dramModel } from './dram-model';
import { MeterFailure } from './failure';
import { FakeProc } from './trees.fixture';

describe('models of the machine', () => {
  let tree: FakeProc;
  beforeEach(() => {
    tree = new FakeProc();
    tree.memory(8e9 - (8e9 % 1024));
    tree.processor('A processor', { threads: 4 });
    tree.busy(1000, 4);
  });
  afterEach(() => {
    tree.dispose();
  });

  function cpu(): ReturnType<typeof cpuModel> {
    return cpuModel({ proc: tree.root, env: {} });
  }

  it('the CPU draws a tenth when idle, and all of it when every thread is busy', () => {
    const meter = cpu();
    expect(meter.read(100)).toEqual({ joules: 0, gaps: 0, resets: 0 });
    expect(meter.read(110).joules).toBeCloseTo(16, 9);
    expect(meter.idle?.watts).toBeCloseTo(1.6, 12);
    tree.busy(1000 + 4000, 4);
    expect(meter.read(120).joules).toBeCloseTo(16 + 160, 9);
  });

  it('the CPU model is named for what it is, with its band', () => {
    expect(cpu()).toMatchObject({
      method: 'modelled',
      source:
        "linear model of CPU load: 4 W a thread, CodeCarbon's constant for unknown processors: A processor, 10 % idle",
      band: { low: 15 / 16 / 4, high: 65 / 4 / 4 },
      refreshS: 0.01,
    });
    expect(cpu().source).not.toContain('Green Algorithms');
  });

  it('a CPU time that falls is said, and makes no energy less', () => {
    const meter = cpu();
    meter.read(0);
    tree.busy(900, 4);
    const { joules, resets } = meter.read(1);
    expect([joules, resets]).toEqual([expect.closeTo(1.6, 9), 1]);
  });

  it('a CPU time that cannot be read loses nothing of what was', () => {
    const meter = cpu();
    meter.read(0);
    meter.read(10);
    tree.remove('stat');
    let failure: unknown;
    try {
      meter.read(20);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(MeterFailure);
    expect((failure as MeterFailure).last).toEqual({ joules: 16, gaps: 1, resets: 0 });
    tree.busy(1000, 4);
    expect(meter.read(30)).toEqual({ joules: 48, gaps: 1, resets: 0 });
  });

  it('memory draws by what the machine has, used or not, and all of it is idle', () => {
    const meter = dramModel({ proc: tree.root });
    expect(meter.read(100).joules).toBe(0);
    expect(meter.read(110).joules).toBeCloseTo(29.8, 3);
    expect(meter.idle?.watts).toBeCloseTo(2.98, 5);
    expect(meter.source).toBe(
      '8.0 GB of RAM at a constant 0.3725 W/GB, Green Algorithms (Lannelongue et al. 2021)',
    );
    expect(meter.band?.low).toBeLessThan(1);
  });

  it('models what this machine does while it works', () => {
    const meter = cpuModel({ env: {} });
    const started = performance.now();
    const before = meter.read(0).joules;
    const busyFrom = process.cpuUsage();
    while (process.cpuUsage(busyFrom).user + process.cpuUsage(busyFrom).system < 100_000);
    const { joules } = meter.read((performance.now() - started) / 1000);
    // 0.1 CPU s at 90 % of at least 1 W a thread, less a step at either end.
    expect(joules - before).toBeGreaterThan(0.07);
  });
});
