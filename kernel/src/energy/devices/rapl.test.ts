import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRapl } from './rapl';

describe('findRapl', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'halfnote-powercap-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  function zone(id: string, name: string, microjoules: number, range = 262_143_328_850): void {
    mkdirSync(join(root, id), { recursive: true });
    writeFileSync(join(root, id, 'name'), `${name}\n`);
    writeFileSync(join(root, id, 'max_energy_range_uj'), `${range}\n`);
    set(id, microjoules);
  }

  function set(id: string, microjoules: number): void {
    writeFileSync(join(root, id, 'energy_uj'), `${microjoules}\n`);
  }

  it('counts packages and their DRAM, and neither parts of a package nor what holds it', () => {
    zone('intel-rapl:0', 'package-0', 1_000_000);
    zone('intel-rapl:0:0', 'core', 5);
    zone('intel-rapl:0:1', 'uncore', 5);
    zone('intel-rapl:0:2', 'dram', 500_000);
    zone('intel-rapl:1', 'package-1', 0);
    zone('intel-rapl:2', 'psys', 9);
    zone('intel-rapl-mmio:0', 'package-0', 1_000_000);
    const { meters, absent } = findRapl(root);
    expect(absent).toEqual([]);
    expect(meters.map(({ component, source }) => [component, source])).toEqual([
      ['cpu', 'RAPL package-0'],
      ['dram', 'RAPL dram of socket 0'],
      ['cpu', 'RAPL package-1'],
    ]);
    set('intel-rapl:0', 3_500_000);
    set('intel-rapl:0:2', 750_000);
    expect(meters.map((meter) => meter.read(0).joules)).toEqual([2.5, 0.25, 0]);
  });

  it('keeps counting when a counter starts again, each time', () => {
    zone('intel-rapl:0', 'package-0', 65_000_000_000, 65_532_610_987);
    const [meter] = findRapl(root).meters;
    set('intel-rapl:0', 467_389_013);
    expect(meter?.read(0).joules).toBeCloseTo(1000, 9);
    set('intel-rapl:0', 65_467_389_013);
    expect(meter?.read(0).joules).toBeCloseTo(66_000, 9);
    set('intel-rapl:0', 0);
    expect(meter?.read(0).joules).toBeCloseTo(66_065.221974, 6);
  });

  it('asks to be read before a busy socket can wrap twice', () => {
    zone('intel-rapl:0', 'package-0', 0, 20_000_000_000);
    expect(findRapl(root).meters[0]?.maxIntervalS).toBe(20);
  });

  it('says that there is no counter', () => {
    expect(findRapl(join(root, 'nowhere')).absent).toMatchObject([{ reason: 'no-device' }]);
  });

  it('says how a counter only root may read is opened', () => {
    zone('intel-rapl:0', 'package-0', 0);
    const { meters, absent } = findRapl(root, (file) => {
      if (file.endsWith('name')) return 'package-0';
      if (file.endsWith('range_uj')) return '1000000';
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
    });
    expect(meters).toEqual([]);
    expect(absent).toMatchObject([{ reason: 'permission-denied' }]);
    expect(absent[0]?.hint).toContain('chmod a+r');
  });

  it('names a counter that holds no number', () => {
    zone('intel-rapl:0', 'package-0', 0);
    writeFileSync(join(root, 'intel-rapl:0', 'energy_uj'), '\n');
    expect(findRapl(root).absent).toMatchObject([{ reason: 'failed' }]);
  });
});
