import { HalfnoteError, firstLine } from '../../errors';
import { findAmdGpus } from './amd-gpu';
import { cpuModel } from './cpu-model';
import { dramModel } from './dram-model';
import type { Machine } from './machine';
import type { Absence, Component, Found, Meter } from './meter';
import { findNvml } from './nvml';
import type { NvmlOptions } from './nvml';
import { findRapl } from './rapl';
import type { ReadText } from './sysfs';
import type { Tdp } from './thread-power';

export interface FindOptions {
  /** Thermal design power for the model of the CPU. Default: `HALFNOTE_TDP_W`, else by the processor's name. */
  readonly tdp?: Tdp | undefined;
  /** Folders that stand in for `/sys/class/powercap`, `/sys/class/drm` and `/proc`. */
  readonly powercap?: string;
  readonly drm?: string;
  readonly proc?: string;
  /** Reads their files. */
  readonly read?: ReadText;
  /** Reads the machine's CPU time for the model of the CPU. Default: from `proc`. */
  readonly readMachine?: () => Machine;
  readonly nvml?: NvmlOptions;
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * What measures this machine: counters where it has them, for CPU and memory a model where it has none.
 * In this order: CPU, memory, GPUs. Never throws for what is missing or wrong: that is in `absent`.
 */
export function findMeters(options: FindOptions = {}): Found {
  const { tdp, proc, readMachine, env = process.env } = options;
  const rapl = findRapl(options.powercap, options.read);
  const nvml = findNvml({ env, ...options.nvml });
  const amd = findAmdGpus(options.drm, options.read);
  const counted = (component: Component): readonly Meter[] =>
    rapl.meters.filter((meter) => meter.component === component);
  const orModel = (component: Component, device: string, make: () => Meter): Found =>
    counted(component).length > 0 ? NOTHING : modelled(device, make);
  const models = [
    orModel('cpu', 'CPU model', () =>
      cpuModel({ tdp, proc, env, ...(readMachine && { readMachine }) }),
    ),
    orModel('dram', 'memory model', () => dramModel({ proc })),
  ];
  const found = [rapl, ...models, nvml, amd];
  const order: readonly Component[] = ['cpu', 'dram', 'gpu'];
  return {
    meters: order.flatMap((component) =>
      found.flatMap(({ meters }) => meters.filter((meter) => meter.component === component)),
    ),
    absent: found.flatMap(({ absent }) => absent),
  };
}

const NOTHING: Found = { meters: [], absent: [] };

/** A machine without any figure of its processor or memory has no whole total. */
function modelled(device: string, make: () => Meter): Found {
  try {
    return { meters: [make()], absent: [] };
  } catch (error) {
    const absence: Absence = {
      device,
      reason: 'failed',
      message: `There is no ${device}: ${firstLine(error)}`,
      ...(error instanceof HalfnoteError && error.hint !== undefined ? { hint: error.hint } : {}),
      leavesIncomplete: true,
    };
    return { meters: [], absent: [absence] };
  }
}
