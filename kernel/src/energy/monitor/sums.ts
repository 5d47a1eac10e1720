import type { Slice } from './channel';
import type { IdleSpread } from './idle-spread';
import type { Shares } from './shares';

/** Joules of one meter in one window, as whole microjoules. */
export interface MeterSums {
  readonly machine: number;
  readonly user: number;
  readonly halfnote: number;
  /** Null where it isn't known what the device draws idle. */
  readonly idle: number | null;
  readonly userIdle: number | null;
  /** What an unknown idle power leaves open in `user` and `halfnote`; in the rest, the other way round. */
  readonly open: Readonly<Record<'user' | 'halfnote', IdleSpread>>;
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
  userIdle: null,
  open: { user: { below: 0, above: 0 }, halfnote: { below: 0, above: 0 } },
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

/** What the device would have drawn idle, and the user's share; null where that isn't known. */
export interface IdleTaken {
  readonly machine: number | null;
  readonly user: number | null;
  /** What an unknown idle power leaves open in the accounts, as parts of what they have. */
  readonly spread: IdleSpread;
}

/** A window with one more slice; `idle` is what of it the device would have drawn idle. */
export function added(sums: MeterSums, taken: Taken, idle: IdleTaken, slice: Slice): MeterSums {
  const { spread } = idle;
  const opened = ({ below, above }: IdleSpread, part: number): IdleSpread => ({
    below: below + part * spread.below,
    above: above + part * spread.above,
  });
  return {
    machine: sums.machine + taken.machine,
    user: sums.user + taken.user,
    halfnote: sums.halfnote + taken.halfnote,
    idle: plus(sums.idle, idle.machine),
    userIdle: plus(sums.userIdle, idle.user),
    open: {
      user: opened(sums.open.user, taken.user),
      halfnote: opened(sums.open.halfnote, taken.halfnote),
    },
    samples: sums.samples + 1,
    gaps: sums.gaps + slice.gaps,
    resets: sums.resets + slice.resets,
    peakW: Math.max(sums.peakW, slice.watts ?? 0),
    tellsPower: sums.tellsPower || slice.watts !== undefined,
  };
}

/**
 * A window with some of its joules moved; `by` may be negative. What is moved may be of a time before the
 * window began: it gives no more than it has, and takes no more than its rest.
 */
export function moved(sums: MeterSums, by: Taken): MeterSums {
  const machine = Math.max(0, sums.machine + by.machine);
  let left = machine;
  const keep = (had: number, change: number): number => {
    const kept = Math.min(left, Math.max(0, had + Math.min(0, change)));
    left -= kept;
    return kept;
  };
  const take = (kept: number, change: number): number => {
    const gained = Math.min(left, Math.max(0, change));
    left -= gained;
    return kept + gained;
  };
  const kept = [keep(sums.user, by.user), keep(sums.halfnote, by.halfnote)] as const;
  const user = take(kept[0], by.user);
  const halfnote = take(kept[1], by.halfnote);
  const { userIdle } = sums;
  const idlePart = sums.user > 0 ? Math.min(1, user / sums.user) : 1;
  return {
    ...sums,
    machine,
    user,
    halfnote,
    userIdle: userIdle === null ? null : Math.round(userIdle * idlePart),
  };
}

/** What the others have too much, the rest has too little. Where it has nothing, there is none. */
export function openOfRest({ machine, user, halfnote, open }: MeterSums): IdleSpread {
  const has = machine > user + halfnote ? 1 : 0;
  return {
    below: has * (open.user.above + open.halfnote.above),
    above: has * (open.user.below + open.halfnote.below),
  };
}

function plus(sum: number | null, more: number | null): number | null {
  return more === null ? sum : (sum ?? 0) + more;
}

export function backgroundSum(shares: Pick<Shares, 'background'>): number {
  return [...shares.background.values()].reduce((sum, part) => sum + part, 0);
}
