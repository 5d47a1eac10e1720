import type { Reading } from './meter';

export interface CounterBounds {
  /** Steps of the counter in a joule: 1,000,000 where it counts microjoules. */
  readonly unitsPerJ: bigint;
  /** Where it begins again, in its units. Left out: it isn't known, or it never does. */
  readonly range?: bigint | undefined;
  /** More than the device can draw: what a reading says beyond that can't be true. */
  readonly mostWatts: number;
  /** A reading may be this much newer or older than its time: the counter moves in steps. */
  readonly slackS: number;
  /** A device that has power can't stand still that long. Left out: it can. */
  readonly stillS?: number | undefined;
}

interface Point {
  readonly count: bigint;
  readonly atS: number;
}

/**
 * Joules of a cumulative counter, in its own whole units, so that nothing is rounded. It begins with the
 * first reading, and tells apart what makes a counter fall or leap:
 * - a *wrap* at its range is mended;
 * - a *restart* (it falls, and a wrap would take more power than there can be) is counted in `resets`, and
 *   what it had counted since the last reading is lost;
 * - a *reading that can't be true* is counted in `gaps` and left out; when the next one fits the last
 *   good one again, nothing is lost;
 * - reads so far apart that it may have wrapped twice, and a counter that has stopped, are counted in
 *   `gaps`.
 */
export class Counter {
  private base: Point | undefined;
  /** The last good reading before one that didn't fit it; where both explain the next, the lesser does. */
  private doubted: Point | undefined;
  private total = 0n;
  private gaps = 0;
  private resets = 0;
  private movedAtS = 0;

  constructor(private readonly bounds: CounterBounds) {}

  take(count: bigint, nowS: number): Reading {
    const now: Point = { count, atS: nowS };
    const { base } = this;
    if (base === undefined) this.base = now;
    else this.advance(base, now);
    if (base?.count !== count) this.movedAtS = nowS;
    else if (nowS - this.movedAtS >= (this.bounds.stillS ?? Infinity)) this.gaps++;
    return this.reading();
  }

  /** A reading that failed. The joules stay; the next good reading brings what was missed. */
  missed(): Reading {
    this.gaps++;
    return this.reading();
  }

  private advance(base: Point, now: Point): void {
    const moved = this.moved(base, now);
    const sinceDoubted = this.doubted === undefined ? undefined : this.moved(this.doubted, now);
    if (moved === undefined && sinceDoubted === undefined) {
      if (now.count < base.count) this.resets++;
      else this.gaps++;
      this.doubted ??= base;
      this.base = now;
      return;
    }
    if (moved !== undefined && this.mayHaveWrappedTwice(base, now)) this.gaps++;
    this.accept(now, least(moved, sinceDoubted));
  }

  private accept(now: Point, moved: bigint): void {
    this.total += moved;
    this.base = now;
    this.doubted = undefined;
  }

  /** Units between two readings; undefined when no power that there can be explains them. */
  private moved(from: Point, to: Point): bigint | undefined {
    const { range, mostWatts, slackS } = this.bounds;
    const plain = to.count - from.count;
    const wraps = plain < 0n;
    if (wraps && (range === undefined || from.count > range)) return undefined;
    const moved = wraps ? plain + (range ?? 0n) : plain;
    const most = mostWatts * (Math.max(0, to.atS - from.atS) + slackS);
    return this.joules(moved) <= most ? moved : undefined;
  }

  private mayHaveWrappedTwice(from: Point, to: Point): boolean {
    const { range, mostWatts } = this.bounds;
    return range !== undefined && (to.atS - from.atS) * mostWatts >= this.joules(range);
  }

  private joules(units: bigint): number {
    return Number(units) / Number(this.bounds.unitsPerJ);
  }

  private reading(): Reading {
    return { joules: this.joules(this.total), gaps: this.gaps, resets: this.resets };
  }
}

function least(a: bigint | undefined, b: bigint | undefined): bigint {
  if (a === undefined) return b ?? 0n;
  return b === undefined || a < b ? a : b;
}
