import { integrate } from './nvml';
import type { Meter, Reading } from './meter';
import { readTree } from './processes';
import type { TreeUsage } from './processes';

/** Watts of one busy thread of a processor that isn't known; CodeCarbon takes the same. */
export const UNKNOWN_CPU_WATTS_PER_THREAD = 4;
/** Watts for each gigabyte of memory in use: Green Algorithms (Lannelongue et al. 2021). */
export const DRAM_WATTS_PER_GB = 0.3725;
/** Memory is sampled this often while a window is open. */
const MEMORY_INTERVAL_S = 5;

export interface ModelOptions {
  /** Processes whose tree counts; read anew each time. */
  readonly pids: () => readonly number[];
  /** Thermal design power of all sockets, and their threads. Default: 4 W a thread. */
  readonly tdp?: { readonly watts: number; readonly threads: number } | undefined;
  readonly usage?: (pids: readonly number[]) => TreeUsage;
}

/**
 * Joules of CPU time: the process's share of the processor's TDP.
 * E = CPU seconds x TDP / threads, which is Green Algorithms' cores x power per core x usage x time.
 */
export function cpuJoules(cpuSeconds: number, wattsPerThread: number): number {
  return cpuSeconds * wattsPerThread;
}

/** Watts of memory in use, by Green Algorithms; a GB is 10^9 bytes. */
export function dramWatts(residentBytes: number): number {
  return (residentBytes / 1e9) * DRAM_WATTS_PER_GB;
}

/** The meter that stands in for a CPU energy counter. */
export function cpuModel(options: ModelOptions): Meter {
  const { pids, tdp, usage = readTree } = options;
  const watts = tdp === undefined ? UNKNOWN_CPU_WATTS_PER_THREAD : tdp.watts / tdp.threads;
  const figure =
    tdp === undefined
      ? `${watts} W a thread (TDP unknown)`
      : `${watts} W a thread (TDP ${tdp.watts} W / ${tdp.threads} threads)`;
  return {
    component: 'cpu',
    method: 'modelled',
    source: `process share of TDP: CPU time x ${figure}, Green Algorithms`,
    note: 'CPU energy is a model of CPU time, which the system counts in steps of 10 ms; it does not see how hard the units work.',
    read: atLeast(() => cpuJoules(usage(pids()).cpuSeconds, watts)),
  };
}

/** The meter that stands in for a DRAM energy counter. */
export function dramModel(options: ModelOptions): Meter {
  const { pids, usage = readTree } = options;
  return {
    component: 'dram',
    method: 'modelled',
    source: `resident memory x ${DRAM_WATTS_PER_GB} W/GB, Green Algorithms`,
    read: integrate(() => dramWatts(usage(pids()).residentBytes)),
    maxIntervalS: MEMORY_INTERVAL_S,
    sampled: 'in-windows',
  };
}

/** A killed process takes its uncounted children's time with it: the sum then must not fall. */
function atLeast(read: () => number): () => Reading {
  let highest = 0;
  let base = 0;
  let last = 0;
  return () => {
    const now = read();
    if (now < last) base = highest - now;
    last = now;
    highest = Math.max(highest, base + now);
    return { joules: highest, gaps: 0, resets: 0 };
  };
}
