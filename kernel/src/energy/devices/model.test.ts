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
    const before = meter.readJoules(0);
    expect(meter.readJoules(60) - before).toBe(42);
    expect(meter.method).toBe('modelled');
    expect(meter.source).toContain('Green Algorithms');
  });

  it("takes the process's share of a TDP that is given", () => {
    const tdp = { watts: 280, threads: 128 };
    const meter = cpuModel({ pids: () => [1], tdp, usage: usage([0, 0], [64, 0]) });
    meter.readJoules(0);
    expect(meter.readJoules(1)).toBe(140);
  });

  it('never falls when a killed process takes its times with it', () => {
    const meter = cpuModel({ pids: () => [1], usage: usage([10, 0], [4, 0], [5, 0]) });
    expect([0, 1, 2].map((now) => meter.readJoules(now))).toEqual([40, 40, 44]);
  });
});

describe('dramModel', () => {
  it('takes 0.3725 W for each gigabyte in use, over time', () => {
    const meter = dramModel({ pids: () => [1], usage: usage([0, 8], [0, 8], [0, 16]) });
    meter.readJoules(100);
    expect(meter.readJoules(110)).toBeCloseTo(29.8, 12);
    expect(meter.readJoules(120)).toBeCloseTo(29.8 + 44.7, 12);
  });
});
