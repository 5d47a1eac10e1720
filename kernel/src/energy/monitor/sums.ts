import type { Slice } from './channel';
import type { Shares } from './shares';

/** Joules of one meter in one window, as whole microjoules. */
export interface MeterSums {
  readonly machine: number;
  readonly user: number;
  readonly halfnote: number;
  /** Null where it isn't known what the device draws idle. */
  readonly idle: number | null;
  /** Readings so far, the first included. */
  readonly samples: number;
  readonly gaps: number;
  readonly resets: number;
  /** The highest power that the device told, or that came out over a slice. */
  readonly peakW: number;
  /** True: the device tells its power. */
  readonly tellsPower: boolean;
}

export const NOTHING: MeterSums = {
  machine: 0,
  user: 0,
  halfnote: 0,
  idle: null,
  samples: 1,
  gaps: 0,
  resets: 0,
  peakW: 0,
  tellsPower: false,
};

/** What of a slice a window takes. */
export interface Taken {
  readonly machine: number;
  readonly user: number;
  readonly halfnote: number;
}

/** A window with one more slice; `idle` is what of it the device would have drawn idle. */
export function added(sums: MeterSums, taken: Taken, idle: number | null, slice: Slice): MeterSums {
  return {
    machine: sums.machine + taken.machine,
    user: sums.user + taken.user,
    halfnote: sums.halfnote + taken.halfnote,
    idle: idle === null ? null : (sums.idle ?? 0) + idle,
    samples: sums.samples + 1,
    gaps: sums.gaps + slice.gaps,
    resets: sums.resets + slice.resets,
    peakW: Math.max(sums.peakW, slice.watts ?? 0),
    tellsPower: sums.tellsPower || slice.watts !== undefined,
  };
}

export function backgroundSum(shares: Pick<Shares, 'background'>): number {
  return [...shares.background.values()].reduce((sum, part) => sum + part, 0);
}
