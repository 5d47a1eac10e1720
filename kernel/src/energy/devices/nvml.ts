import { firstLine } from '../../errors';
import type { Absence, Found, Meter } from './meter';
import { NVML_STATUS, NvmlError, loadNvml } from './nvml-binding';
import type { NvmlBinding } from './nvml-binding';
import { gpuMeter } from './nvml-gpu';
import { visibleGpus } from './visible-gpus';
import type { GpuIdentity } from './visible-gpus';

const SHARED = 'NVML counts the whole GPU, other programs on it too.';
const SPLIT =
  'NVML has no energy of instances (MIG): the counter is that of the whole GPU, all its instances.';
const BY_SPEED =
  'CUDA numbers GPUs of different models by their speed, NVML as they are plugged in: set CUDA_DEVICE_ORDER=PCI_BUS_ID, or name GPUs by UUID, for CUDA_VISIBLE_DEVICES to mean the same to both.';

export interface NvmlOptions {
  readonly load?: () => NvmlBinding;
  /** Of `CUDA_VISIBLE_DEVICES` and `CUDA_DEVICE_ORDER`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A meter for each NVIDIA GPU that CUDA programs see; without a driver none, and the reason. */
export function findNvml(options: NvmlOptions = {}): Found {
  const { load = loadNvml, env = process.env } = options;
  let nvml: NvmlBinding;
  try {
    nvml = load();
  } catch (error) {
    return { meters: [], absent: [isThere(error) ? failed('NVML', error) : noDriver(error)] };
  }
  const users = new Users(nvml);
  let found: Found;
  try {
    found = findGpus(nvml, env, users);
  } catch (error) {
    found = { meters: [], absent: [failed('NVML', error)] };
  }
  if (found.meters.length === 0) users.shutdown();
  return found;
}

function findGpus(nvml: NvmlBinding, env: NonNullable<NvmlOptions['env']>, users: Users): Found {
  const gpus = Array.from({ length: nvml.deviceCount() }, (_, index) => identify(nvml, index));
  const visible = visibleGpus(env['CUDA_VISIBLE_DEVICES'], gpus);
  const notes = [...hiddenNote(gpus.length, visible), ...orderNote(env, gpus)];
  const meters: Meter[] = [];
  const failures: { readonly index: number; readonly error: unknown }[] = [];
  for (const index of visible) {
    try {
      const instances = gpus[index]?.migUuids.length ?? 0;
      const note = [SHARED, ...(instances > 0 ? [SPLIT] : []), ...notes].join(' ');
      meters.push({ ...gpuMeter(nvml, index), note, close: users.one() });
    } catch (error) {
      failures.push({ index, error });
    }
  }
  return {
    meters,
    absent: [
      ...failures.map(({ index, error }) => failed(`GPU ${index}`, error)),
      ...(visible.length > 0 ? [] : [nothingVisible(gpus.length, env['CUDA_VISIBLE_DEVICES'])]),
    ],
  };
}

interface NamedGpu extends GpuIdentity {
  readonly model: string;
}

/** A GPU that can't say its name still has its place in the order. */
function identify(nvml: NvmlBinding, index: number): NamedGpu {
  try {
    return {
      uuid: nvml.uuid(index),
      migUuids: nvml.migUuids(index),
      model: nvml.name(index),
    };
  } catch {
    return { uuid: '', migUuids: [], model: '' };
  }
}

/** The driver is let go once, when the last of its meters is closed. */
class Users {
  private readonly open = new Set<symbol>();
  private isShut = false;

  constructor(private readonly nvml: NvmlBinding) {}

  one(): () => void {
    const user = Symbol();
    this.open.add(user);
    return () => {
      this.open.delete(user);
      if (this.open.size === 0) this.shutdown();
    };
  }

  shutdown(): void {
    if (this.isShut) return;
    this.isShut = true;
    this.nvml.shutdown();
  }
}

function hiddenNote(count: number, visible: readonly number[]): readonly string[] {
  const hidden = Array.from({ length: count }, (_, index) => index).filter(
    (index) => !visible.includes(index),
  );
  if (hidden.length === 0) return [];
  return [`Not counted, since CUDA_VISIBLE_DEVICES hides them: GPU ${hidden.join(', ')}.`];
}

function orderNote(
  env: NonNullable<NvmlOptions['env']>,
  gpus: readonly NamedGpu[],
): readonly string[] {
  const byNumber = /^\s*\+?\d/.test(env['CUDA_VISIBLE_DEVICES'] ?? '');
  const models = new Set(gpus.map(({ model }) => model));
  return byNumber && models.size > 1 && env['CUDA_DEVICE_ORDER'] !== 'PCI_BUS_ID' ? [BY_SPEED] : [];
}

function nothingVisible(count: number, value: string | undefined): Absence {
  const message =
    count === 0
      ? 'The NVIDIA driver shows no GPU.'
      : `CUDA_VISIBLE_DEVICES is "${value ?? ''}", which lets programs use none of the ${count} NVIDIA GPUs here; their energy isn't counted.`;
  return { device: 'NVML', reason: 'no-device', message };
}

/** Nothing stands in for a GPU that is there and can't be read, also where it is the only one. */
function failed(device: string, error: unknown): Absence {
  const isDenied = error instanceof NvmlError && error.status === NVML_STATUS.noPermission;
  return {
    device,
    reason: isDenied ? 'permission-denied' : 'failed',
    message: `The energy of ${device} can't be read: ${firstLine(error)}`,
    leavesIncomplete: true,
  };
}

/** Whether a driver answered, though not as it should. */
function isThere(error: unknown): boolean {
  const { driverNotLoaded, libraryNotFound } = NVML_STATUS;
  return (
    error instanceof NvmlError &&
    error.status !== driverNotLoaded &&
    error.status !== libraryNotFound
  );
}

function noDriver(error: unknown): Absence {
  return {
    device: 'NVML',
    reason: 'no-driver',
    message: `No NVIDIA driver here, so no energy of NVIDIA GPUs (${firstLine(error)}).`,
  };
}
