import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Absence, Component, Found, Meter, Reading } from './meter';

/** Where Linux shows the energy counters of Intel and AMD processors. */
export const POWERCAP = '/sys/class/powercap';

/** More than any socket draws: between two reads that far apart a counter wraps at most once. */
const MOST_WATTS = 1000;
const MOST_INTERVAL_S = 60;

export type ReadText = (file: string) => string;

function readText(file: string): string {
  return readFileSync(file, 'utf8').trim();
}

/**
 * Running average power limit counters: one meter for each package and each DRAM domain below `root`.
 * `psys` covers the packages again, `core` and `uncore` are parts of one, and `intel-rapl-mmio` is the
 * same package by another way: none of these is added.
 */
export function findRapl(root: string = POWERCAP, read: ReadText = readText): Found {
  let zones: string[];
  try {
    zones = readdirSync(root).filter((entry) => /^intel-rapl:\d+(:\d+)?$/.test(entry));
  } catch {
    zones = [];
  }
  if (zones.length === 0) return { meters: [], absent: [noDevice(root)] };

  const meters: Meter[] = [];
  const absent: Absence[] = [];
  for (const zone of zones.sort()) {
    const folder = join(root, zone);
    try {
      const name = read(join(folder, 'name'));
      const component = componentOf(zone, name);
      if (component !== undefined)
        meters.push(new RaplMeter(component, label(zone, name), folder, read));
    } catch (error) {
      absent.push(unreadable(folder, error));
    }
  }
  return { meters, absent: absent.slice(0, 1) };
}

function componentOf(zone: string, name: string): Component | undefined {
  if (name.startsWith('package')) return 'cpu';
  return name === 'dram' && zone.split(':').length === 3 ? 'dram' : undefined;
}

function label(zone: string, name: string): string {
  return name === 'dram' ? `RAPL dram of socket ${zone.split(':')[1] ?? ''}` : `RAPL ${name}`;
}

class RaplMeter implements Meter {
  readonly method = 'counter';
  readonly note = 'RAPL counts the whole socket, other programs on it too.';
  readonly sampled = 'always';
  readonly maxIntervalS: number;
  private readonly file: string;
  private readonly range: number;
  private last: number;
  private total = 0;

  constructor(
    readonly component: Component,
    readonly source: string,
    folder: string,
    private readonly readFile: ReadText,
  ) {
    this.file = join(folder, 'energy_uj');
    this.range = this.count(join(folder, 'max_energy_range_uj'));
    this.last = this.count(this.file);
    this.maxIntervalS = Math.min(MOST_INTERVAL_S, this.range / 1e6 / MOST_WATTS);
  }

  read(): Reading {
    const now = this.count(this.file);
    const moved = now - this.last;
    this.total += moved >= 0 ? moved : moved + this.range;
    this.last = now;
    return { joules: this.total / 1e6, gaps: 0, resets: 0 };
  }

  /** Microjoules: below 2^53, which even a counter of 64 bits stays for years. */
  private count(file: string): number {
    const text = this.readFile(file);
    const value = Number(text);
    if (text === '' || !Number.isFinite(value))
      throw new Error(`${file} holds "${text}", no count`);
    return value;
  }
}

function noDevice(root: string): Absence {
  return {
    device: 'RAPL',
    reason: 'no-device',
    message: `No CPU energy counter below ${root}, as is usual in virtual machines and containers.`,
  };
}

function unreadable(folder: string, error: unknown): Absence {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      device: 'RAPL',
      reason: 'permission-denied',
      message: `The CPU energy counter ${join(folder, 'energy_uj')} may only be read by root.`,
      hint: 'Allow it until the next restart: sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj (others could then observe power, CVE-2020-8694).',
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { device: 'RAPL', reason: 'failed', message: `RAPL can't be read: ${message}` };
}
