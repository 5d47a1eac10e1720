import { exactly } from './exact';

/** By the definition of the hour and the prefix: 1000 W for 3600 s. */
export const JOULES_PER_KWH = 3.6e6;
export const GRAMS_PER_KG = 1000;
export const BYTES_PER_GB = 1e9;

/** Joules, summed, with what a data centre draws for them on top (`pue`), in kWh. */
export function kWhOf(joules: readonly number[], pue = 1): number {
  return exactly(joules, { times: [pue], over: [JOULES_PER_KWH] });
}

export function kgOf(grams: number): number {
  return exactly([grams], { over: [GRAMS_PER_KG] });
}

/** Mean power in watts; null over no time. */
export function wattsOf(joules: readonly number[], durationS: number, pue = 1): number | null {
  return durationS === 0 ? null : exactly(joules, { times: [pue], over: [durationS] });
}
