/** Layer 1 of energy: what a machine can say about its joules and watts. It knows no windows and no carbon. */

export type Component = 'cpu' | 'dram' | 'gpu';

/** A source of joules of a whole device. Reading it is passive: nothing is locked, reset or configured. */
export interface Meter {
  readonly component: Component;
  readonly method: 'counter' | 'integrated power' | 'modelled';
  /** For example `RAPL package-0`. */
  readonly source: string;
  /** What a reader of the figure must know. */
  readonly note?: string;
  /** `nowS` is a monotonic clock in seconds. Throws when it can't be read. */
  read(nowS: number): Reading;
  /** What the device draws when nothing works on it. Left out: that is estimated from what it shows. */
  readonly idle?: { readonly watts: number; readonly source: string };
  /** How far the true energy may lie from the reading, as factors: 0.6 and 1.4 are -40 % and +40 %. */
  readonly band?: { readonly low: number; readonly high: number; readonly source: string };
  /** The counter moves in steps this long; a window is only as sure as a step at either end. */
  readonly refreshS?: number;
  /** The longest time that may pass between two reads: counters wrap, power is integrated. */
  readonly maxIntervalS?: number;
  /** `always`: also while no window is open, since a missed wrap can't be mended. */
  readonly sampled?: 'always' | 'in-windows';
  readonly close?: () => void;
}

export interface Reading {
  /** Joules since a fixed moment; never falls. What is known to be lost is in `gaps`, not in here. */
  readonly joules: number;
  /** Power right now in watts, where the device tells it. */
  readonly watts?: number | undefined;
  /** So far: times without a reading, and readings that can't be true and are left out. */
  readonly gaps: number;
  /** So far: times at which the counter began anew; what it had counted since the last reading is lost. */
  readonly resets: number;
}

/** Why a kind of meter, or one device of its kind, isn't here. */
export interface Absence {
  readonly device: string;
  readonly reason: 'no-device' | 'permission-denied' | 'no-driver' | 'duplicate' | 'failed';
  readonly message: string;
  /** How to get it, where one can. */
  readonly hint?: string;
  /** True: the device is there, and nothing stands in for it, so that a total isn't whole. */
  readonly leavesIncomplete?: boolean;
}

/** What was found; without any device both lists still say so. */
export interface Found {
  readonly meters: readonly Meter[];
  readonly absent: readonly Absence[];
}
