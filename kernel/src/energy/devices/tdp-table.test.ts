import { describe, expect, it } from 'vitest';
import { codecarbonConstant, codecarbonTable } from '../codecarbon.fixture';
import { DRAM_WATTS_PER_GB, dramModel } from './dram-model';
import { PROCESSORS, knownProcessor } from './tdp-table';
import { UNKNOWN_CPU_WATTS_PER_THREAD } from './thread-power';

/** CodeCarbon has the most that these draw in a turbo, where Intel's base power is meant. */
const TURBO: readonly string[] = ['Core i7-12700K', 'Core i5-1335U'];

/** Of CodeCarbon's table, by our names. */
function theirWatts(): Map<string, Set<number>> {
  const watts = new Map<string, Set<number>>();
  for (const { Name = '', TDP } of codecarbonTable('data/hardware/cpu_power.csv')) {
    const name = knownProcessor(Name)?.name;
    if (name !== undefined) watts.set(name, (watts.get(name) ?? new Set()).add(Number(TDP)));
  }
  return watts;
}

describe('the table of TDPs', () => {
  it("agrees with CodeCarbon's, processor by processor", () => {
    const theirs = theirWatts();
    const known = [...PROCESSORS.values()].filter(({ name }) => theirs.has(name));
    expect(known.length).toBeGreaterThan(0.9 * PROCESSORS.size);
    for (const { name, tdpW } of known) {
      if (TURBO.includes(name)) expect(Math.max(...(theirs.get(name) ?? []))).toBeGreaterThan(tdpW);
      else expect([name, ...(theirs.get(name) ?? [])]).toEqual([name, tdpW]);
    }
  });

  it('names for each row where and when its maker publishes it', () => {
    for (const { name, source } of PROCESSORS.values()) {
      expect([name, source.url]).toEqual([
        name,
        /^(Xeon|Core)/.test(name)
          ? 'https://www.intel.com/content/www/us/en/ark.html'
          : 'https://www.amd.com/en/products/specifications.html',
      ]);
      expect(source.name).toMatch(/^(Intel|AMD) product specifications, .+/);
      expect(source.year >= 2012 && source.year <= 2024, name).toBe(true);
    }
  });
});

describe("constants that are CodeCarbon's", () => {
  it('are what it computes with', () => {
    expect(UNKNOWN_CPU_WATTS_PER_THREAD).toBe(
      codecarbonConstant('core/cpu.py', 'DEFAULT_POWER_PER_CORE'),
    );
  });

  it('the band of memory holds its watts of a module, for modules of 8 to 64 GB', () => {
    const { band } = dramModel({ readMachine: () => ({ memoryBytes: 8e9 }) });
    const watts = codecarbonConstant('external/ram.py', 'RAM_SLOT_POWER_X86');
    for (const gigabytes of [8, 16, 32, 64]) {
      const ratio = watts / gigabytes / DRAM_WATTS_PER_GB;
      expect(ratio).toBeGreaterThan(band?.low ?? NaN);
      expect(ratio).toBeLessThan(band?.high ?? NaN);
    }
  });
});
