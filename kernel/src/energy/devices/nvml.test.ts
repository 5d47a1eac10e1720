import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findNvml } from './nvml';
import { loadNvml, NvmlError } from './nvml-binding';
import type { NvmlBinding } from './nvml-binding';

function fake(overrides: Partial<NvmlBinding> = {}): NvmlBinding {
  return {
    deviceCount: () => 2,
    name: (index) => `Fake ${index}`,
    uuid: (index) => `GPU-${index}0aa`,
    totalEnergyMj: (index) => 5000 + index,
    powerMw: () => 300_000,
    shutdown: () => undefined,
    ...overrides,
  };
}

describe('findNvml', () => {
  it('reads joules from the total energy counter and watts from the power field', () => {
    const { meters } = findNvml({ load: () => fake(), visible: undefined });
    expect(meters.map(({ source }) => source)).toEqual([
      'NVML total energy, GPU 0 Fake 0',
      'NVML total energy, GPU 1 Fake 1',
    ]);
    expect(meters[1]?.read(0).joules).toBeCloseTo(5.001, 9);
    expect(meters[0]?.read(0).watts).toBe(300);
  });

  it('counts only the GPUs that programs may use', () => {
    const visible = (names: string) =>
      findNvml({ load: () => fake(), visible: names }).meters.map(({ source }) => source.slice(-1));
    expect(visible('1')).toEqual(['1']);
    expect(visible('GPU-00')).toEqual(['0']);
    expect(visible('')).toEqual([]);
  });

  it('integrates power on a GPU without an energy counter', () => {
    const powers = [100_000, 300_000, 300_000];
    const load = (): NvmlBinding =>
      fake({
        deviceCount: () => 1,
        totalEnergyMj: () => {
          throw new NvmlError('nvmlDeviceGetTotalEnergyConsumption', 3, 'Not Supported');
        },
        powerMw: () => powers.shift() ?? 0,
      });
    const [meter] = findNvml({ load, visible: undefined }).meters;
    const joules = [0, 2, 3].map((now) => meter?.read(now).joules);
    expect(joules).toEqual([0, 400, 700]);
    expect(meter?.source).toContain('power x time');
  });

  it('is without meters and says why where there is no driver', () => {
    const { meters, absent } = findNvml({ load: () => loadNvml('libnvidia-ml.so.none') });
    expect(meters).toEqual([]);
    expect(absent).toMatchObject([{ device: 'NVML', reason: 'no-driver' }]);
  });
});

/** A driver of our own with the C interface of NVIDIA's header, to check how ours calls it. */
const DRIVER = `
#include <cstdint>
#include <cstring>
struct Device { unsigned index; };
static Device devices[2] = {{0}, {1}};
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
int nvmlDeviceGetUUID(Device* d, char* s, unsigned n) { strncpy(s, d->index ? "GPU-b" : "GPU-a", n); return 0; }
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
    expect(nvml.totalEnergyMj(0)).toBe(1_234_567_890_123);
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
