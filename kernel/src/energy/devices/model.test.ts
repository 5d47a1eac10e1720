import { describe, expect, it } from 'vitest';
import { cpuModel, dramModel } from './model';

const GB = 1e9;

function usage(...readings: readonly (readonly [cpuSeconds: number, gigabytes: number])[]) {
  let next = 0;
  return () => {
    const [cpuSeconds, gigabytes] = readings[Math.min(next++, readings.length - 1)] ?? [0, 0];
    return { cpuSeconds, residentBytes: gigabytes * GB };
  };
}

describe('cpuModel', () => {
  it('takes 4 W a thread for a processor that is not known', () => {
    const meter = cpuModel({ pids: () => [1], usage: usage([2, 0], [12.5, 0]) });
    const before = meter.read(0).joules;
    expect(meter.read(60).joules - before).toBe(42);
    expect(meter.method).toBe('modelled');
    expect(meter.source).toContain('Green Algorithms');
  });

  it("takes the process's share of a TDP that is given", () => {
    const tdp = { watts: 280, threads: 128 };
    const meter = cpuModel({ pids: () => [1], tdp, usage: usage([0, 0], [64, 0]) });
    meter.read(0);
    expect(meter.read(1).joules).toBe(140);
  });

  it('never falls when a killed process takes its times with it', () => {
    const meter = cpuModel({ pids: () => [1], usage: usage([10, 0], [4, 0], [5, 0]) });
    expect([0, 1, 2].map((now) => meter.read(now).joules)).toEqual([40, 40, 44]);
  });
});

describe('dramModel', () => {
  it('takes 0.3725 W for each gigabyte in use, over time', () => {
    const meter = dramModel({ pids: () => [1], usage: usage([0, 8], [0, 8], [0, 16]) });
    meter.read(100);
    expect(meter.read(110).joules).toBeCloseTo(29.8, 12);
    expect(meter.read(120).joules).toBeCloseTo(29.8 + 44.7, 12);
  });
});
