import type { Absence, Found, Meter, Reading } from './meter';
import { loadNvml } from './nvml-binding';
import type { NvmlBinding } from './nvml-binding';

/** The total energy counter moves in steps this long. */
const REFRESH_S = 0.1;
/** Power is integrated this often on GPUs that have no energy counter (before Volta). */
const INTEGRATE_S = 0.1;

const NOTE = 'NVML counts the whole GPU, other programs on it too.';

export interface NvmlOptions {
  readonly load?: () => NvmlBinding;
  /** `CUDA_VISIBLE_DEVICES`: the GPUs that programs may use, by index or UUID. */
  readonly visible?: string | undefined;
}

/** A meter for each visible NVIDIA GPU; without a driver none, and the reason. */
export function findNvml(options: NvmlOptions = {}): Found {
  const { load = loadNvml, visible = process.env['CUDA_VISIBLE_DEVICES'] } = options;
  let nvml: NvmlBinding;
  try {
    nvml = load();
  } catch (error) {
    return { meters: [], absent: [noDriver(error)] };
  }
  try {
    const meters: Meter[] = [];
    for (let index = 0; index < nvml.deviceCount(); index++) {
      if (isVisible(visible, index, () => nvml.uuid(index))) meters.push(gpuMeter(nvml, index));
    }
    if (meters.length > 0) return { meters, absent: [] };
    nvml.shutdown();
    const message = 'The NVIDIA driver shows no GPU that this process may use.';
    return { meters: [], absent: [{ device: 'NVML', reason: 'no-device', message }] };
  } catch (error) {
    const message = `The GPU's energy can't be read: ${error instanceof Error ? error.message : String(error)}`;
    return { meters: [], absent: [{ device: 'NVML', reason: 'failed', message }] };
  }
}

function isVisible(visible: string | undefined, index: number, uuid: () => string): boolean {
  if (visible === undefined) return true;
  const names = visible.split(',').map((name) => name.trim());
  return names.some((name) =>
    /^\d+$/.test(name) ? Number(name) === index : name !== '' && uuid().startsWith(name),
  );
}

function gpuMeter(nvml: NvmlBinding, index: number): Meter {
  const name = `GPU ${index} ${nvml.name(index)}`;
  const readWatts = (): number => nvml.powerMw(index) / 1000;
  const common = {
    component: 'gpu',
    note: NOTE,
    close: () => {
      if (index === 0) nvml.shutdown();
    },
  } as const;
  try {
    nvml.totalEnergyMj(index);
  } catch {
    return {
      ...common,
      method: 'integrated power',
      source: `NVML power x time, ${name}`,
      read: integrate(readWatts),
      maxIntervalS: INTEGRATE_S,
      sampled: 'in-windows',
    };
  }
  return {
    ...common,
    method: 'counter',
    source: `NVML total energy, ${name}`,
    read: () => ({
      joules: nvml.totalEnergyMj(index) / 1000,
      watts: readWatts(),
      gaps: 0,
      resets: 0,
    }),
    refreshS: REFRESH_S,
  };
}

/** Joules from watts by the trapezoidal rule over the moments at which it is called. */
export function integrate(readWatts: (nowS: number) => number): (nowS: number) => Reading {
  let joules = 0;
  let last: { readonly watts: number; readonly atS: number } | undefined;
  return (nowS) => {
    const watts = readWatts(nowS);
    if (last !== undefined) joules += ((last.watts + watts) / 2) * (nowS - last.atS);
    last = { watts, atS: nowS };
    return { joules, watts, gaps: 0, resets: 0 };
  };
}

function noDriver(error: unknown): Absence {
  const message = error instanceof Error ? error.message : String(error);
  return {
    device: 'NVML',
    reason: 'no-driver',
    message: `No NVIDIA driver here, so no GPU energy (${message.split('\n')[0] ?? ''}).`,
  };
}
