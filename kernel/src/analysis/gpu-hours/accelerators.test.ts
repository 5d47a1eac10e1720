import { describe, expect, it } from 'vitest';
import { ACCELERATOR_NAMES, acceleratorNamed } from './accelerators';

/**
 * What NVIDIA's architecture whitepapers say of the chips: multiprocessors, CUDA cores of each, products of a
 * multiprocessor's tensor cores in fp16 each clock, and the clocks in GHz at which the peaks are counted.
 */
const CHIPS: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  v100: [80, 64, 512, 1.53, 1.53],
  t4: [40, 64, 512, 1.59, 1.59],
  a100: [108, 64, 1024, 1.41, 1.41],
  l4: [58, 128, 512, 2.04, 2.04],
  l40s: [142, 128, 512, 2.52, 2.52],
  h100: [132, 128, 2048, 1.98, 1.83],
  h200: [132, 128, 2048, 1.98, 1.83],
};

describe('acceleratorNamed', () => {
  it.each(ACCELERATOR_NAMES)('%s does what its units and clocks allow', (name) => {
    const { peakFlops } = acceleratorNamed(name.toUpperCase());
    const [units = NaN, cores = NaN, products = NaN, clock = NaN, tensorClock = NaN] =
      CHIPS[name] ?? [];
    const ratio = (peak: number | undefined, each: number, gigahertz: number): number =>
      (peak ?? NaN) / (2 * units * each * gigahertz * 1e9);
    expect(Math.abs(ratio(peakFlops['fp32'], cores, clock) - 1)).toBeLessThan(0.015);
    expect(Math.abs(ratio(peakFlops['fp16'], products, tensorClock) - 1)).toBeLessThan(0.015);
  });

  it.each(ACCELERATOR_NAMES)('%s halves its speed with each doubling of the format', (name) => {
    const { peakFlops } = acceleratorNamed(name);
    const { fp16 = NaN, bf16 = fp16, tf32 = fp16 / 2, fp8 = 2 * fp16, int8 = 2 * fp16 } = peakFlops;
    for (const [peak, expected] of [
      [bf16, fp16],
      [tf32, fp16 / 2],
      [fp8, 2 * fp16],
      [int8, 2 * fp16],
    ] as const) {
      expect(Math.abs(peak / expected - 1)).toBeLessThan(0.02);
    }
  });

  it.each(ACCELERATOR_NAMES)('%s has its power, and says where NVIDIA publishes it', (name) => {
    const { tdpW, source } = acceleratorNamed(name);
    expect(tdpW).toBeGreaterThan(50);
    expect(source.name).toContain(`NVIDIA ${name.toUpperCase()} `);
    expect(source.year >= 2018 && source.year <= 2026).toBe(true);
    expect(new URL(source.url).hostname).toMatch(/(^|\.)nvidia\.com$/);
  });
});
