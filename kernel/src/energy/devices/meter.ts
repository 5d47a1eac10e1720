/** Layer 1 of energy: what a machine can say about its joules and watts. It knows no windows and no carbon. */

export type Component = 'cpu' | 'dram' | 'gpu';

/** A source of joules. Reading it is passive: nothing is locked, reset or configured. */
export interface Meter {
  readonly component: Component;
  readonly method: 'measured' | 'modelled';
  /** For example `RAPL package-0`. */
  readonly source: string;
  /** What a reader of the figure must know. */
  readonly note?: string;
  /** Joules since a fixed moment; never falls. `nowS` is a monotonic clock in seconds. Throws when it can't be read. */
  readJoules(nowS: number): number;
  /** Power right now in watts, for windows shorter than `refreshS`. */
  readonly readWatts?: () => number;
  /** The counter moves in steps this long. */
  readonly refreshS?: number;
  /** The longest time that may pass between two reads: counters wrap, power is integrated. */
  readonly maxIntervalS?: number;
  /** `always`: also while no window is open, since a missed wrap can't be mended. */
  readonly sampled?: 'always' | 'in-windows';
  readonly close?: () => void;
}

/** Why a kind of meter isn't here. */
export interface Absence {
  readonly device: string;
  readonly reason: 'no-device' | 'permission-denied' | 'no-driver' | 'failed';
  readonly message: string;
  /** How to get it, where one can. */
  readonly hint?: string;
}

/** What was found; without any device both lists still say so. */
export interface Found {
  readonly meters: readonly Meter[];
  readonly absent: readonly Absence[];
}
