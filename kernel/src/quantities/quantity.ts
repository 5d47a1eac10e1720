/**
 * A figure as it is reported: never a bare number. Pure; the unit stands in the name of the field that
 * holds it (`energyJ`, `co2eG`, `durationS`).
 */
export interface Quantity {
  readonly value: number;
  /** The interval: statistical and systematic parts combined. `low <= value <= high`. */
  readonly low: number;
  readonly high: number;
  /** How much of the statistical part the interval covers, in (0, 1): 0.95. */
  readonly coverage: number;
  readonly method: Method;
  /** Half widths below and above `value`, kept apart so that they can be carried on and explained. */
  readonly statistical: Spread;
  readonly systematic: Spread;
  /** Readings, trials or windows that the value is made of. */
  readonly samples: number;
  /** Times in which nothing could be read, and counters that began anew. */
  readonly gaps: number;
  readonly resets: number;
  /** False: something that belongs in is missing, so that the truth may lie above `high`. */
  readonly complete: boolean;
}

/** How a figure came about, the most direct first. */
export const METHODS = [
  'counter',
  'integrated power',
  'estimated',
  'modelled',
  'literature',
] as const;

/**
 * `counter`: a hardware counter of energy; `integrated power`: readings of power over time; `estimated`: a
 * share of one of these; `modelled`: from a formula, with its name; `literature`: from a publication.
 */
export type Method = (typeof METHODS)[number];

export interface Spread {
  readonly below: number;
  readonly above: number;
}

export const EXACT: Spread = { below: 0, above: 0 };
export const COVERAGE = 0.95;

/** The method of a figure that is made of several: that of its least direct part; `counter` of none. */
export function leastDirect(methods: readonly Method[]): Method {
  return METHODS[Math.max(0, ...methods.map((method) => METHODS.indexOf(method)))] ?? 'counter';
}
