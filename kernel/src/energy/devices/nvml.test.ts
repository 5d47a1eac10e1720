import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MeterFailure } from './failure';
import { findNvml } from './nvml';
import { NVML_STATUS, NvmlError, loadNvml } from './nvml-binding';
import type { NvmlBinding } from './nvml-binding';

function fake(overrides: Partial<NvmlBinding> = {}): NvmlBinding {
  return {
    deviceCount: () => 2,
    name: (index) => `Fake ${index}`,
    uuid: (index) => `GPU-${index}aa`,
    migUuids: () => [],
    totalEnergyMj: (index) => BigInt(5000 + index),
    powerMw: () => 300_000,
    shutdown: () => undefined,
    ...overrides,
  };
}

const B = 'GPU-1aa';

describe('findNvml', () => {
  it('reads joules from the total energy counter and watts from the power field', () => {
    let [mj, mw] = [5_000_000_000_000n, 300_000];
    const load = (): NvmlBinding => fake({ totalEnergyMj: () => mj, powerMw: () => mw });
    const { meters, absent } = findNvml({ load, env: {} });
    expect(absent).toEqual([]);
    expect(meters.map(({ source }) => source)).toEqual([
      'NVML total energy, GPU 0 Fake 0',
      'NVML total energy, GPU 1 Fake 1',
    ]);
    expect(meters[0]).toMatchObject({ refreshS: 0.1, band: { low: 0.95, high: 1.05 } });
    expect(meters[0]?.read(0)).toEqual({ joules: 0, watts: 300, gaps: 0, resets: 0 });
    [mj, mw] = [mj + 45_001n, 310_000];
    expect(meters[0]?.read(0.15)).toEqual({ joules: 45.001, watts: 310, gaps: 0, resets: 0 });
  });

  it('counts the GPUs that programs may use, and says which it does not', () => {
    const { meters } = findNvml({ load: () => fake(), env: { CUDA_VISIBLE_DEVICES: '1' } });
    expect(meters.map(({ source }) => source)).toEqual(['NVML total energy, GPU 1 Fake 1']);
    expect(meters[0]?.note).toContain('hides them: GPU 0.');
    for (const hidden of ['', '-1', 'GPU-none']) {
      const found = findNvml({ load: () => fake(), env: { CUDA_VISIBLE_DEVICES: hidden } });
      expect(found.meters).toEqual([]);
      expect(found.absent[0]?.message).toContain(`CUDA_VISIBLE_DEVICES is "${hidden}"`);
    }
  });

  it('says when CUDA may number the GPUs another way', () => {
    const note = (env: Record<string, string>, name = (index: number) => `Fake ${index}`) =>
      findNvml({ load: () => fake({ name }), env }).meters[0]?.note;
    expect(note({ CUDA_VISIBLE_DEVICES: '1' })).toContain('CUDA_DEVICE_ORDER=PCI_BUS_ID');
    for (const fine of [
      note({ CUDA_VISIBLE_DEVICES: '1', CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }),
      note({ CUDA_VISIBLE_DEVICES: B }),
      note({ CUDA_VISIBLE_DEVICES: '1' }, () => 'One model'),
      note({}),
    ]) {
      expect(fine).not.toContain('CUDA_DEVICE_ORDER');
    }
  });

  it("counts a split GPU by its whole counter, once, and says that this isn't the instance's", () => {
    const load = (): NvmlBinding =>
      fake({ migUuids: (index) => (index === 1 ? ['MIG-a', 'MIG-b'] : []) });
    const { meters } = findNvml({ load, env: { CUDA_VISIBLE_DEVICES: 'MIG-a,MIG-b' } });
    expect(meters.map(({ source }) => source)).toEqual(['NVML total energy, GPU 1 Fake 1']);
    expect(meters[0]?.note).toContain('no energy of instances (MIG)');
  });

  it('counts a counter that falls as one that began anew, never as no energy', () => {
    let mj = 1_000_000n;
    const load = (): NvmlBinding => fake({ deviceCount: () => 1, totalEnergyMj: () => mj });
    const [meter] = findNvml({ load, env: {} }).meters;
    meter?.read(0);
    mj = 1_200_000n;
    meter?.read(1);
    mj = 5n;
    expect(meter?.read(2)).toMatchObject({ joules: 200, resets: 1, gaps: 0 });
    mj = 300_005n;
    expect(meter?.read(3)).toMatchObject({ joules: 500, resets: 1, gaps: 0 });
  });

  it('keeps what a GPU has used when it is lost, and goes on when it is back', () => {
    let [mj, isLost] = [0n, false];
    const lost = (): never => {
      throw new NvmlError(
        'nvmlDeviceGetTotalEnergyConsumption',
        NVML_STATUS.gpuIsLost,
        'GPU is lost',
      );
    };
    const load = (): NvmlBinding =>
      fake({
        deviceCount: () => 1,
        totalEnergyMj: () => (isLost ? lost() : mj),
        powerMw: () => (isLost ? lost() : 100),
      });
    const [meter] = findNvml({ load, env: {} }).meters;
    meter?.read(0);
    mj = 700_000n;
    meter?.read(1);
    isLost = true;
    let failure: unknown;
    try {
      meter?.read(2);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(MeterFailure);
    expect((failure as MeterFailure).message).toMatch(
      /^nvmlDeviceGetTotalEnergyConsumption: GPU is lost \(15\)$/,
    );
    expect((failure as MeterFailure).cause).toBeInstanceOf(NvmlError);
    expect((failure as MeterFailure).last).toMatchObject({ joules: 700, gaps: 1 });
    [isLost, mj] = [false, 900_000n];
    expect(meter?.read(3)).toMatchObject({ joules: 900, gaps: 1, resets: 0 });
  });

  it('has the energy also where power is not told', () => {
    const powerMw = (): never => {
      throw new NvmlError('nvmlDeviceGetPowerUsage', NVML_STATUS.notSupported, 'Not Supported');
    };
    const [meter] = findNvml({ load: () => fake({ powerMw }), env: {} }).meters;
    expect(meter?.read(0)).toEqual({ joules: 0, watts: undefined, gaps: 0, resets: 0 });
  });

  it('integrates power on a GPU without an energy counter', () => {
    const powers = [100_000, 100_000, 300_000, 300_000];
    const load = (): NvmlBinding =>
      fake({
        deviceCount: () => 1,
        totalEnergyMj: notSupported,
        powerMw: () => powers.shift() ?? 0,
      });
    const [meter] = findNvml({ load, env: {} }).meters;
    const joules = [0, 2, 3].map((now) => meter?.read(now).joules);
    expect(joules).toEqual([0, 400, 700]);
    expect(meter).toMatchObject({
      method: 'integrated power',
      maxIntervalS: 0.1,
      band: { low: 0.95, high: 1.05 },
    });
  });

  it('names each GPU that it cannot read, and that the total is not whole', () => {
    const load = (): NvmlBinding =>
      fake({
        deviceCount: () => 3,
        totalEnergyMj: (index) => {
          if (index === 1) throw new NvmlError('nvml', NVML_STATUS.noPermission, 'No');
          if (index === 2) throw new NvmlError('nvml', 999, 'Unknown Error');
          return 0n;
        },
      });
    const { meters, absent } = findNvml({ load, env: {} });
    expect(meters).toHaveLength(1);
    expect(absent).toMatchObject([
      { device: 'GPU 1', reason: 'permission-denied', leavesIncomplete: true },
      { device: 'GPU 2', reason: 'failed', leavesIncomplete: true },
    ]);
  });

  it('leaves totals incomplete when the only GPU cannot be read, or none can be asked for', () => {
    const denied = (): never => {
      throw new NvmlError('nvml', NVML_STATUS.noPermission, 'No');
    };
    const only = findNvml({
      load: () => fake({ deviceCount: () => 1, totalEnergyMj: denied }),
      env: {},
    });
    expect(only).toMatchObject({
      meters: [],
      absent: [{ device: 'GPU 0', leavesIncomplete: true }],
    });
    const unknown = findNvml({ load: () => fake({ deviceCount: denied }), env: {} });
    expect(unknown.absent).toMatchObject([{ device: 'NVML', leavesIncomplete: true }]);
    const broken = (status: number) => (): never => {
      throw new NvmlError('nvmlInit', status, 'Driver/library version mismatch');
    };
    expect(findNvml({ load: broken(18) }).absent).toMatchObject([{ leavesIncomplete: true }]);
    const [none] = findNvml({ load: broken(NVML_STATUS.driverNotLoaded) }).absent;
    expect(none).toMatchObject({ reason: 'no-driver' });
    expect(none?.leavesIncomplete).toBeUndefined();
  });

  it('lets the driver go once, after the last of its meters', () => {
    const counts: number[] = [];
    const closes = (env: Record<string, string>, overrides: Partial<NvmlBinding> = {}) => {
      let shutdowns = 0;
      const load = (): NvmlBinding => fake({ shutdown: () => (shutdowns += 1), ...overrides });
      const { meters } = findNvml({ load, env });
      for (const meter of [...meters, ...meters.toReversed()]) {
        counts.push(shutdowns);
        meter.close?.();
      }
      return shutdowns;
    };
    expect(closes({})).toBe(1);
    expect(counts).toEqual([0, 0, 1, 1]);
    expect(closes({ CUDA_VISIBLE_DEVICES: '1,0' })).toBe(1);
    expect(closes({ CUDA_VISIBLE_DEVICES: '1' })).toBe(1);
    expect(closes({ CUDA_VISIBLE_DEVICES: '' })).toBe(1);
    const deviceCount = (): never => {
      throw new NvmlError('nvmlDeviceGetCount', 999, 'Unknown Error');
    };
    expect(closes({}, { deviceCount })).toBe(1);
  });

  it('is without meters and says why where there is no driver', () => {
    const { meters, absent } = findNvml({ load: () => loadNvml('libnvidia-ml.so.none') });
    expect(meters).toEqual([]);
    expect(absent).toMatchObject([{ device: 'NVML', reason: 'no-driver' }]);
  });
});

function notSupported(): never {
  throw new NvmlError('nvmlDeviceGetTotalEnergyConsumption', NVML_STATUS.notSupported, 'No');
}

/** A driver of our own with the C interface of NVIDIA's header, to check how ours calls it. */
const DRIVER = `
#include <cstdint>
#include <cstring>
struct Device { unsigned index; };
static Device devices[3] = {{0}, {1}, {2}};
static int alive = 0;
union Value { double d; int si; unsigned ui; unsigned long ul; unsigned long long ull; long long sll; unsigned short us; };
struct FieldValue { unsigned fieldId, scopeId; long long timestamp, latencyUsec; int valueType, nvmlReturn; Value value; };
extern "C" {
const char* nvmlErrorString(int r) { return r == 3 ? "Not Supported" : "Unknown Error"; }
int nvmlInit_v2() { alive++; return 0; }
int nvmlShutdown() { alive--; return 0; }
int nvmlDeviceGetCount_v2(unsigned* n) { *n = 2; return alive ? 0 : 1; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, Device** d) { if (i > 1) return 2; *d = &devices[i]; return 0; }
int nvmlDeviceGetName(Device* d, char* s, unsigned n) { strncpy(s, d->index ? "Second GPU" : "First GPU", n); return 0; }
int nvmlDeviceGetUUID(Device* d, char* s, unsigned n) { strncpy(s, d->index == 2 ? "MIG-b1" : d->index ? "GPU-b" : "GPU-a", n); return 0; }
int nvmlDeviceGetMaxMigDeviceCount(Device* d, unsigned* n) { *n = 7; return d->index ? 0 : 3; }
int nvmlDeviceGetMigDeviceHandleByIndex(Device* d, unsigned i, Device** m) { *m = &devices[2]; return i == 3 ? 0 : 6; }
int nvmlDeviceGetTotalEnergyConsumption(Device* d, unsigned long long* mj) { if (d->index) return 3; *mj = 1234567890123ull; return 0; }
int nvmlDeviceGetPowerUsage(Device* d, unsigned* mw) { *mw = 70000; return 0; }
int nvmlDeviceGetFieldValues(Device* d, int n, FieldValue* v) {
  v->nvmlReturn = (d->index || n != 1 || v->fieldId != 186 || v->scopeId != 0) ? 3 : 0;
  v->valueType = 1; v->value.ull = ~0ull; v->value.ui = 412345;
  return 0;
}
}`;

describe('loadNvml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-nvml-'));
  const library = join(folder, 'libnvidia-ml.so.1');
  writeFileSync(join(folder, 'driver.cc'), DRIVER);
  const built = spawnSync('g++', ['-shared', '-fPIC', '-o', library, join(folder, 'driver.cc')]);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(built.status !== 0)('speaks the C interface of the driver', () => {
    const nvml = loadNvml(library);
    expect(nvml.deviceCount()).toBe(2);
    expect([nvml.name(0), nvml.name(1), nvml.uuid(1)]).toEqual([
      'First GPU',
      'Second GPU',
      'GPU-b',
    ]);
    expect(nvml.totalEnergyMj(0)).toBe(1_234_567_890_123n);
    expect([nvml.migUuids(0), nvml.migUuids(1)]).toEqual([[], ['MIG-b1']]);
    expect(nvml.powerMw(0)).toBe(412_345);
    expect(nvml.powerMw(1)).toBe(70_000);
    expect(() => nvml.totalEnergyMj(1)).toThrow(
      /nvmlDeviceGetTotalEnergyConsumption: Not Supported \(3\)/,
    );
    expect(() => nvml.name(7)).toThrow(NvmlError);
    nvml.shutdown();
    expect(() => nvml.deviceCount()).toThrow(NvmlError);
  });
});
