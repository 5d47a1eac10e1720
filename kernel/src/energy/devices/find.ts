import type { Found, Meter } from './meter';
import { cpuModel, dramModel } from './model';
import type { ModelOptions } from './model';
import { findNvml } from './nvml';
import type { NvmlOptions } from './nvml';
import { findRapl } from './rapl';

export interface FindOptions {
  /** Default: this process and its descendants. */
  readonly pids?: () => readonly number[];
  readonly tdp?: ModelOptions['tdp'];
  readonly powercap?: string;
  readonly nvml?: NvmlOptions;
}

/** Counters where the machine has them; for CPU and memory a model where it has none. */
export function findMeters(options: FindOptions = {}): Found {
  const { pids = () => [process.pid], tdp } = options;
  const rapl = findRapl(options.powercap);
  const nvml = findNvml(options.nvml);
  const counted = new Set(rapl.meters.map(({ component }) => component));
  const models: Meter[] = [
    ...(counted.has('cpu') ? [] : [cpuModel({ pids, tdp })]),
    ...(counted.has('dram') ? [] : [dramModel({ pids })]),
  ];
  return {
    meters: [...rapl.meters, ...models, ...nvml.meters],
    absent: [...rapl.absent, ...nvml.absent],
  };
}
