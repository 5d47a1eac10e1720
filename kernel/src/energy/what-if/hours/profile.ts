import { HalfnoteError } from '../../../errors';
import type { Entry } from './entry';

const DAY_S = 86_400;

/** What a run that begins then meets: the mean over its time. */
export interface Start {
  readonly atS: number;
  readonly gramsPerKWh: number;
}

/** Intensities over time, or over the hours of any day. */
export class HourProfile {
  private readonly entries: readonly Entry[];
  /** How long an entry holds: the most frequent distance between two. */
  readonly stepS: number;
  /** Every day is the same: only hours of the day are known. */
  readonly ofDay: boolean;

  /**
   * @param name of the file, for messages.
   * @param missing entries without a figure.
   * @throws HalfnoteError `invalid-hours` for none, for both kinds of time, or a time that stands twice.
   */
  constructor(
    entries: readonly Entry[],
    readonly name: string,
    readonly missing: number,
  ) {
    const [first] = entries;
    if (first === undefined) {
      throw new HalfnoteError('invalid-hours', `${name} has no hour with a figure.`);
    }
    this.ofDay = first.ofDay;
    if (entries.some(({ ofDay }) => ofDay !== first.ofDay)) {
      throw new HalfnoteError(
        'invalid-hours',
        `${name} has both dates and hours of the day.`,
        'Give all times with their date, or all without.',
      );
    }
    this.entries = entries.toSorted((a, b) => a.atS - b.atS);
    const twice = this.entries.find(({ atS }, i) => atS === this.entries[i + 1]?.atS);
    if (twice !== undefined) {
      throw new HalfnoteError(
        'invalid-hours',
        `${name} has two figures for ${this.timeOf(twice.atS)}.`,
        'Keep one of them: one zone, one figure an hour.',
      );
    }
    this.stepS = step(this.entries);
  }

  get length(): number {
    return this.entries.length;
  }

  /** When the first entry begins and the last one ends. */
  get span(): readonly [string, string] {
    const last = this.entries.at(-1)?.atS ?? 0;
    return [this.timeOf(this.entries[0]?.atS ?? 0), this.timeOf(last + this.stepS)];
  }

  /** As it is printed: `03:00`, `2026-03-01T03:00Z`. */
  timeOf(atS: number): string {
    const iso = new Date(atS * 1000).toISOString();
    return this.ofDay ? iso.slice(11, 16) : `${iso.slice(0, 16)}Z`;
  }

  /**
   * The mean of a run of `durationS` that begins at `atS`, or undefined where hours of it are not known.
   * Hours of the day go round.
   */
  meanFrom(atS: number, durationS: number): number | undefined {
    if (durationS === 0) return this.at(atS)?.gramsPerKWh;
    const days = this.ofDay ? Math.floor(durationS / DAY_S) : 0;
    const rest = durationS - days * DAY_S;
    const end = atS + rest;
    let sum = 0;
    let now = atS;
    while (now < end) {
      const entry = this.at(now);
      if (entry === undefined) return undefined;
      const until = Math.min(end, now + entry.leftS);
      sum += entry.gramsPerKWh * (until - now);
      now = until;
    }
    if (days === 0) return sum / durationS;
    const day = this.meanFrom(0, DAY_S - 1e-6);
    return day === undefined ? undefined : (sum + day * days * DAY_S) / durationS;
  }

  /** Every start at an entry whose run is known whole, the cleanest first. */
  starts(durationS: number): readonly Start[] {
    return this.entries
      .flatMap(({ atS }) => {
        const gramsPerKWh = this.meanFrom(atS, durationS);
        return gramsPerKWh === undefined ? [] : [{ atS, gramsPerKWh }];
      })
      .sort((a, b) => a.gramsPerKWh - b.gramsPerKWh);
  }

  /** The entry that holds at a moment, and how much longer it does. */
  private at(atS: number): { readonly gramsPerKWh: number; readonly leftS: number } | undefined {
    const wanted = this.ofDay ? ((atS % DAY_S) + DAY_S) % DAY_S : atS;
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.entries[middle]?.atS ?? Infinity) <= wanted) low = middle + 1;
      else high = middle;
    }
    const entry = this.entries[low - 1] ?? this.beforeMidnight();
    if (entry === undefined) return undefined;
    const next = this.entries[low]?.atS ?? Infinity;
    const leftS = Math.min(entry.atS + this.stepS, next) - wanted;
    return leftS > 0 ? { gramsPerKWh: entry.gramsPerKWh, leftS } : undefined;
  }

  /** What holds at midnight where the day's first figure is of a later time. */
  private beforeMidnight(): Entry | undefined {
    const last = this.entries.at(-1);
    return this.ofDay && last !== undefined ? { ...last, atS: last.atS - DAY_S } : undefined;
  }
}

/** An hour where there is one entry only. */
function step(entries: readonly Entry[]): number {
  const counts = new Map<number, number>();
  entries.slice(1).forEach(({ atS }, i) => {
    const distance = atS - (entries[i]?.atS ?? 0);
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
  });
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || a - b);
  return most?.[0] ?? 3600;
}
