import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findMeters } from './find';
import type { FindOptions } from './find';
import type { Found } from './meter';
import { NvmlError } from './nvml-binding';
import { FakeDrm, FakePowercap, FakeProc } from './trees.fixture';

const NO_NVML = {
  load: (): never => {
    throw new NvmlError('nvmlInit', 9, 'Driver Not Loaded');
  },
};

describe('findMeters', () => {
  let powercap: FakePowercap;
  let drm: FakeDrm;
  let proc: FakeProc;
  beforeEach(() => {
    [powercap, drm, proc] = [new FakePowercap(), new FakeDrm(), new FakeProc()];
    proc.memory(16 * 2 ** 30);
    proc.processor('AMD EPYC');
    proc.busy(1);
  });
  afterEach(() => {
    for (const tree of [powercap, drm, proc]) tree.dispose();
  });

  function find(options: FindOptions = {}): Found {
    return findMeters({
      powercap: powercap.root,
      drm: drm.root,
      proc: proc.root,
      nvml: NO_NVML,
      env: {},
      ...options,
    });
  }

  function kinds(found: Found): string[] {
    return found.meters.map(({ component, method }) => `${component} ${method}`);
  }

  it('has models of CPU and memory where there are no counters', () => {
    const found = find();
    expect(kinds(found)).toEqual(['cpu modelled', 'dram modelled']);
    expect(found.absent.map(({ reason }) => reason)).toEqual(['no-device', 'no-driver']);
  });

  it('takes counters before models, each component by itself, in one order', () => {
    powercap.zone('intel-rapl:0', 'package-0', 7);
    drm.card(0, { energy1_input: 5 });
    expect(kinds(find())).toEqual(['cpu counter', 'dram modelled', 'gpu counter']);
    powercap.zone('intel-rapl:0:0', 'dram', 3);
    powercap.zone('intel-rapl:1', 'package-1', 9);
    expect(kinds(find())).toEqual(['cpu counter', 'cpu counter', 'dram counter', 'gpu counter']);
  });

  it('takes the model, not one socket less, where no socket can be read', () => {
    powercap.zone('intel-rapl:0', 'package-0', 7);
    powercap.deny('intel-rapl:0');
    const found = find({ read: powercap.read });
    expect(kinds(found)).toEqual(['cpu modelled', 'dram modelled']);
    expect(found.absent[0]).toMatchObject({ reason: 'permission-denied' });
    expect(found.absent[0]?.leavesIncomplete).toBeUndefined();
  });

  it('never throws for a wrong setting: it is said, and the total is not whole', () => {
    const found = find({ env: { HALFNOTE_TDP_W: 'much' } });
    expect(kinds(found)).toEqual(['dram modelled']);
    expect(found.absent.find(({ device }) => device === 'CPU model')).toMatchObject({
      reason: 'failed',
      leavesIncomplete: true,
      message: expect.stringContaining('HALFNOTE_TDP_W is "much"') as string,
      hint: expect.stringContaining('HALFNOTE_TDP_W=280') as string,
    });
  });

  it('says so where the system tells no CPU times, as in some sandboxes', () => {
    proc.write('stat', 'cpu 0 0 0 0');
    const { meters, absent } = find();
    expect(meters).toEqual([]);
    expect(absent.map(({ device }) => device)).toContain('CPU model');
  });

  it('finds something on this very machine', () => {
    const { meters, absent } = findMeters();
    expect(meters.length + absent.length).toBeGreaterThan(0);
    for (const meter of meters) {
      expect(meter.read(0).joules).toBe(0);
      meter.close?.();
    }
  });
});
