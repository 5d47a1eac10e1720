import { loadLibrary } from '../../ffi';

/** The few questions asked of NVIDIA's management library. Every method throws {@link NvmlError}. */
export interface NvmlBinding {
  deviceCount(): number;
  name(index: number): string;
  uuid(index: number): string;
  /** Of the instances (MIG) that the GPU is split into; none where it isn't. */
  migUuids(index: number): readonly string[];
  /** Since the driver was loaded, in millijoules. Volta and later. */
  totalEnergyMj(index: number): bigint;
  /** Right now, in milliwatts. */
  powerMw(index: number): number;
  shutdown(): void;
}

/** `nvmlReturn_t`, as far as we act on it. */
export const NVML_STATUS = {
  notSupported: 3,
  noPermission: 4,
  notFound: 6,
  driverNotLoaded: 9,
  libraryNotFound: 12,
  functionNotFound: 13,
  gpuIsLost: 15,
} as const;

export class NvmlError extends Error {
  constructor(
    call: string,
    readonly status: number,
    text: string,
  ) {
    super(`${call}: ${text} (${status})`);
    this.name = 'NvmlError';
  }
}

const LIBRARY = 'libnvidia-ml.so.1';
const NAME_BYTES = 96;

/** `nvmlFieldValue_t`: ids, two 64-bit times, type and status, and an 8-byte union. */
const FIELD = { bytes: 40, id: 0, status: 28, value: 32 } as const;
/** `NVML_FI_DEV_POWER_INSTANT`: `nvmlDeviceGetPowerUsage` is a one-second average on most GPUs. */
const POWER_INSTANT = 186;

/** Loads the driver's library and starts it. Throws where there is none. */
export function loadNvml(library: string = LIBRARY): NvmlBinding {
  const nvml = loadLibrary(library);
  const bind = (prototype: string): ((...args: unknown[]) => number) =>
    nvml.func(prototype) as (...args: unknown[]) => number;
  /** What drivers before 450 don't have. */
  const bindNewer = (prototype: string): ((...args: unknown[]) => number) => {
    try {
      return bind(prototype);
    } catch {
      return () => NVML_STATUS.functionNotFound;
    }
  };
  const errorString = nvml.func('const char *nvmlErrorString(int result)') as (
    status: number,
  ) => string;
  const check = (call: string, status: number): void => {
    if (status !== 0) throw new NvmlError(call, status, errorString(status));
  };

  const init = bind('int nvmlInit_v2()');
  const shutdown = bind('int nvmlShutdown()');
  const getCount = bind('int nvmlDeviceGetCount_v2(_Out_ uint32_t *deviceCount)');
  const getHandle = bind('int nvmlDeviceGetHandleByIndex_v2(uint32_t index, _Out_ void **device)');
  const getName = bind('int nvmlDeviceGetName(void *device, void *name, uint32_t length)');
  const getUuid = bind('int nvmlDeviceGetUUID(void *device, void *uuid, uint32_t length)');
  const getEnergy = bind(
    'int nvmlDeviceGetTotalEnergyConsumption(void *device, _Out_ uint64_t *energy)',
  );
  const getPower = bind('int nvmlDeviceGetPowerUsage(void *device, _Out_ uint32_t *power)');
  const getFields = bind(
    'int nvmlDeviceGetFieldValues(void *device, int valuesCount, void *values)',
  );
  const getMigCount = bindNewer(
    'int nvmlDeviceGetMaxMigDeviceCount(void *device, _Out_ uint32_t *count)',
  );
  const getMig = bindNewer(
    'int nvmlDeviceGetMigDeviceHandleByIndex(void *device, uint32_t index, _Out_ void **instance)',
  );

  /** Kept, since the numbers of others change when a GPU falls off the bus. */
  const handles = new Map<number, unknown>();
  const handle = (index: number): unknown => {
    if (!handles.has(index)) {
      const device: unknown[] = [null];
      check('nvmlDeviceGetHandleByIndex', getHandle(index, device));
      handles.set(index, device[0]);
    }
    return handles.get(index);
  };
  const text = (call: string, read: (buffer: Buffer) => number): string => {
    const buffer = Buffer.alloc(NAME_BYTES);
    check(call, read(buffer));
    return buffer.toString('utf8', 0, buffer.indexOf(0));
  };

  check('nvmlInit', init());
  return {
    deviceCount: () => {
      const count = [0];
      check('nvmlDeviceGetCount', getCount(count));
      return count[0] ?? 0;
    },
    name: (index) =>
      text('nvmlDeviceGetName', (buffer) => getName(handle(index), buffer, NAME_BYTES)),
    uuid: (index) =>
      text('nvmlDeviceGetUUID', (buffer) => getUuid(handle(index), buffer, NAME_BYTES)),
    migUuids: (index) => {
      const count = [0];
      if (getMigCount(handle(index), count) !== 0) return [];
      return Array.from({ length: count[0] ?? 0 }, (_, at) => at).flatMap((at) => {
        const instance: unknown[] = [null];
        if (getMig(handle(index), at, instance) !== 0) return [];
        return text('nvmlDeviceGetUUID', (buffer) => getUuid(instance[0], buffer, NAME_BYTES));
      });
    },
    totalEnergyMj: (index) => {
      const energy: (number | bigint)[] = [0];
      check('nvmlDeviceGetTotalEnergyConsumption', getEnergy(handle(index), energy));
      return BigInt(energy[0] ?? 0);
    },
    powerMw: (index) => {
      const field = Buffer.alloc(FIELD.bytes);
      field.writeUInt32LE(POWER_INSTANT, FIELD.id);
      if (getFields(handle(index), 1, field) === 0 && field.readInt32LE(FIELD.status) === 0) {
        return field.readUInt32LE(FIELD.value);
      }
      const power = [0];
      check('nvmlDeviceGetPowerUsage', getPower(handle(index), power));
      return power[0] ?? 0;
    },
    shutdown: () => {
      shutdown();
    },
  };
}
