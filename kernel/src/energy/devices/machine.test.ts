import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MachineReader, readMachine } from './machine';

describe('readMachine', () => {
  let proc: string;
  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), 'halfnote-proc-'));
    writeFileSync(join(proc, 'meminfo'), 'MemTotal:       24684084 kB\nMemFree: 1 kB\n');
  });
  afterEach(() => {
    rmSync(proc, { recursive: true, force: true });
  });

  function stat(line: string): void {
    writeFileSync(join(proc, 'stat'), `${line}\ncpu0 1 0 0 0\ncpu1 1 0 0 0\nintr 12 0\n`);
  }

  it('counts what the threads work, guests once, and neither idle, waiting nor stolen time', () => {
    stat('cpu  1000 200 300 90000 5000 40 60 7000 800 100');
    expect(readMachine(proc)).toEqual({ busyS: 16, threads: 2, memoryBytes: 24_684_084 * 1024 });
  });

  it('reads the four columns of old systems', () => {
    stat('cpu  100 0 50 9000');
    expect(readMachine(proc).busyS).toBe(1.5);
  });

  it('names the file that holds no times, or no memory', () => {
    stat('cpu  0 0 0 0 0 0 0 0 0 0');
    expect(() => readMachine(proc)).toThrow(`${proc}/stat holds no CPU times`);
    stat('nothing');
    expect(() => readMachine(proc)).toThrow('holds no CPU times');
    stat('cpu  1 0 0 0');
    writeFileSync(join(proc, 'meminfo'), '');
    expect(() => readMachine(proc)).toThrow('holds no MemTotal');
    expect(() => readMachine(join(proc, 'nowhere'))).toThrow(/ENOENT.*nowhere/);
  });

  it('agrees with the system itself', () => {
    const { threads, memoryBytes, busyS } = readMachine();
    const times = cpus().map((cpu) => cpu.times);
    const ours = times.reduce((sum, t) => sum + t.user + t.nice + t.sys + t.irq, 0) / 1000;
    expect([threads, memoryBytes]).toEqual([times.length, totalmem()]);
    // Interrupts served late are not in Node's sum; ours moves on between the two readings.
    expect(Math.abs(busyS - ours)).toBeLessThan(1 + ours * 0.05);
  });

  it('reads the times each time and, of what seldom changes, at least every ten seconds', () => {
    let nowS = 0;
    const reader = new MachineReader(proc, () => nowS);
    stat('cpu  100 0 50 9000');
    expect(reader.read()).toEqual(readMachine(proc));
    writeFileSync(join(proc, 'meminfo'), 'MemTotal: 1 kB\n');
    stat('cpu  100 0 60 9000');
    nowS = 9.9;
    expect(reader.read()).toEqual({ busyS: 1.6, threads: 2, memoryBytes: 24_684_084 * 1024 });
    nowS = 10;
    expect(reader.read()).toEqual({ busyS: 1.6, threads: 2, memoryBytes: 1024 });
    stat('nothing');
    expect(() => reader.read()).toThrow(`${proc}/stat holds no CPU times`);
    reader.close();
  });
});
