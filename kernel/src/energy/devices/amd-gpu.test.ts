import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAmdGpus } from './amd-gpu';
import { MeterFailure } from './failure';
import type { Found } from './meter';
import { FakeDrm } from './trees.fixture';

describe('findAmdGpus', () => {
  let tree: FakeDrm;
  beforeEach(() => {
    tree = new FakeDrm();
  });
  afterEach(() => {
    tree.dispose();
  });

  function find(): Found {
    return findAmdGpus(tree.root, tree.read);
  }

  it('reads the energy counter, exactly', () => {
    tree.card(0, { energy1_input: 5_000_000, power1_average: 40_000_000 });
    tree.write('card0/device/product_name', 'Instinct');
    tree.write('card0-DP-1/status', 'connected');
    const [meter] = find().meters;
    expect(meter).toMatchObject({
      method: 'counter',
      source: 'amdgpu energy counter, AMD GPU card0 Instinct',
      refreshS: 0.01,
      band: { low: 0.9, high: 1.1 },
    });
    meter?.read(0);
    tree.sensor(0, 'energy1_input', 5_000_001);
    expect(meter?.read(1)).toEqual({ joules: 1e-6, gaps: 0, resets: 0 });
    tree.sensor(0, 'energy1_input', 3);
    expect(meter?.read(2)).toEqual({ joules: 1e-6, gaps: 0, resets: 1 });
  });

  it.each(['power1_average', 'power1_input'])('integrates %s where there is no counter', (file) => {
    tree.card(3, { [file]: 100_000_000 });
    tree.write('card3/device/uevent', 'DRIVER=amdgpu\nPCI_ID=1002:73BF');
    const { meters, absent } = find();
    expect(absent).toEqual([]);
    expect(meters[0]).toMatchObject({
      method: 'integrated power',
      source: 'amdgpu power x time, AMD GPU card3 1002:73BF',
      band: { low: 0.9, high: 1.1 },
    });
    const read = (atS: number, watts: number) => {
      tree.sensor(3, file, watts * 1e6);
      return meters[0]?.read(atS).joules;
    };
    expect([read(0, 100), read(1, 100), read(3, 200)]).toEqual([0, 100, 400]);
  });

  it('does not wake a GPU that sleeps', () => {
    tree.card(0, { power1_average: 50_000_000 });
    tree.write('card0/device/power/runtime_status', 'suspended');
    const [meter] = find().meters;
    tree.remove('card0/device/hwmon/hwmon4/power1_average');
    expect(meter?.read(0).watts).toBe(0);
    expect(meter?.read(9).joules).toBe(0);
  });

  it('counts a GPU within the processor as that', () => {
    tree.card(0, { power1_average: 15_000_000 }, { isApu: true });
    const { meters, absent } = find();
    expect(meters).toEqual([]);
    expect(absent).toMatchObject([{ device: 'AMD GPU card0', reason: 'duplicate' }]);
  });

  it('keeps what it has counted when the card is gone', () => {
    tree.card(0, { power1_average: 50_000_000 });
    const [meter] = find().meters;
    meter?.read(0);
    meter?.read(2);
    tree.remove('card0');
    let failure: unknown;
    try {
      meter?.read(3);
    } catch (error) {
      failure = error;
    }
    expect((failure as MeterFailure).last).toEqual({ joules: 100, gaps: 1, resets: 0 });
  });

  it('names each card that cannot be read', () => {
    tree.card(0, { power1_average: 1 });
    tree.card(1, { energy1_input: 1 });
    tree.card(10, {});
    tree.deny('card1/device/hwmon/hwmon4/energy1_input');
    const { meters, absent } = find();
    expect(meters).toHaveLength(1);
    expect(absent).toMatchObject([
      { device: 'AMD GPU card1', reason: 'permission-denied', leavesIncomplete: true },
      { device: 'AMD GPU card10', reason: 'failed', leavesIncomplete: true },
    ]);
  });

  it('leaves totals incomplete when the only card cannot be read', () => {
    tree.card(0, {});
    expect(find()).toMatchObject({ meters: [], absent: [{ leavesIncomplete: true }] });
  });

  it('says nothing on a machine without cards, or with those of others', () => {
    expect(findAmdGpus('/nowhere')).toEqual({ meters: [], absent: [] });
    tree.card(0, { power1_average: 1 });
    tree.write('card0/device/hwmon/hwmon4/name', 'nouveau');
    expect(find()).toEqual({ meters: [], absent: [] });
  });
});
