import { readMachine } from './machine';
import type { Machine } from './machine';
import type { Meter } from './meter';

/** Watts for each gigabyte (10^9 bytes) of memory that is there, used or not. */
export const DRAM_WATTS_PER_GB = 0.3725;

/**
 * The meter that stands in for a DRAM energy counter: all memory of the machine at a constant power, which
 * is what Green Algorithms takes (Lannelongue et al. 2021, 0.3725 W/GB of memory available). Memory is
 * refreshed whether or not it is used, so all of it counts as idle.
 * @throws an error when the machine's memory can't be read.
 */
export function dramModel(
  options: {
    readonly proc?: string | undefined;
    readonly readMachine?: () => Pick<Machine, 'memoryBytes'>;
  } = {},
): Meter {
  const { proc, readMachine: ask = () => readMachine(proc) } = options;
  const gigabytes = ask().memoryBytes / 1e9;
  const watts = gigabytes * DRAM_WATTS_PER_GB;
  const source = `${gigabytes.toFixed(1)} GB of RAM at a constant ${DRAM_WATTS_PER_GB} W/GB, Green Algorithms (Lannelongue et al. 2021)`;
  let startedS: number | undefined;
  return {
    component: 'dram',
    method: 'modelled',
    source,
    note: 'Memory energy is a model: a constant power for each gigabyte of the machine.',
    idle: { watts, source },
    band: {
      low: 0.2,
      high: 1.7,
      source:
        'at the 5 W a module that CodeCarbon 3 takes, modules of 64 GB draw 0.08 W/GB and those of 8 GB 0.63 W/GB',
    },
    read: (nowS) => {
      startedS ??= nowS;
      return { joules: watts * (nowS - startedS), watts, gaps: 0, resets: 0 };
    },
  };
}
