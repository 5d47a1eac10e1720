import type { Usage } from '../accounts/usage';
import type { Meter, Reading } from '../devices/meter';
import { IdleBaseline } from './idle-baseline';

/** What a meter counts, in whole microjoules: sums of them are exact. */
export const MICRO = 1e6;

/** One meter between two moments at which it could be read. */
export interface Slice {
  readonly microjoules: number;
  readonly fromS: number;
  readonly toS: number;
  /** The number of the reading with which the slice begins; windows that began later have no part in it. */
  readonly since: number;
  readonly before: Usage;
  readonly after: Usage;
  readonly gaps: number;
  readonly resets: number;
  /** The higher of the watts at its ends, where the device tells them. */
  readonly watts: number | undefined;
  /** Of `microjoules`, what the device would have drawn idle. */
  readonly idle: SliceIdle;
}

export interface SliceIdle {
  readonly microjoules: number;
  /** What it could be as well, where that isn't known and changes who has what. */
  readonly range?: { readonly least: number; readonly most: number };
}

interface Mark {
  readonly microjoules: number;
  readonly atS: number;
  readonly number: number;
  readonly usage: Usage;
  readonly gaps: number;
  readonly resets: number;
  readonly watts: number | undefined;
}

/** Reads a meter and tells what came since the last time that this succeeded. */
export class Channel {
  private mark: Mark | undefined;
  private readonly fill: (reading: Reading, nowS: number) => number;
  private readonly baseline: IdleBaseline | undefined;
  /** The highest mean power over a step of the counter, or longer, so far. */
  peakW = 0;
  /** Why it could not be read the last time; undefined when it could. */
  failure: string | undefined;

  constructor(readonly meter: Meter) {
    this.fill = between(meter.refreshS);
    if (meter.idle === undefined) this.baseline = new IdleBaseline(meter.component, meter.refreshS);
  }

  /** What readers of its figures must know. */
  get notes(): readonly string[] {
    const { note, source } = this.meter;
    const notes = note === undefined ? [] : [note];
    if (this.baseline === undefined) return notes;
    return [...notes, `${source} doesn't tell idle power. ${idleNote(this.baseline.isSeen)}`];
  }

  /** See {@link IdleBaseline.declareIdle}; to be called right after a reading. */
  declareIdle(isIdle: boolean): void {
    this.baseline?.declareIdle(isIdle);
  }

  /** The slice up to now; undefined at the first reading, and where it can't be read: see `failure`. */
  advance(nowS: number, number: number, usage: Usage): Slice | undefined {
    let reading: Reading;
    try {
      reading = this.meter.read(nowS);
      if (!Number.isFinite(reading.joules)) throw new Error(`it says ${reading.joules} J`);
    } catch (error) {
      this.failure = `${this.meter.source} could not be read: ${error instanceof Error ? error.message : String(error)}`;
      return undefined;
    }
    this.failure = undefined;
    const { mark } = this;
    const total = Math.round(this.fill(reading, nowS) * MICRO);
    const { gaps, resets, watts } = reading;
    this.mark = { atS: nowS, number, usage, microjoules: total, gaps, resets, watts };
    if (mark === undefined) return undefined;
    const moved = total - mark.microjoules;
    const lengthS = nowS - mark.atS;
    const isWhole = moved >= 0 && gaps === mark.gaps && resets === mark.resets;
    const spent = Math.max(0, moved);
    this.baseline?.hear({ microjoules: spent, lengthS, before: mark.usage, after: usage, isWhole });
    if (lengthS > 0 && lengthS >= (this.meter.refreshS ?? 0))
      this.peakW = Math.max(this.peakW, moved / MICRO / lengthS);
    return {
      microjoules: spent,
      fromS: mark.atS,
      toS: nowS,
      since: mark.number,
      before: mark.usage,
      after: usage,
      gaps: gaps - mark.gaps,
      // A meter's joules never fall; one that does so all the same has begun anew.
      resets: resets - mark.resets + (moved < 0 ? 1 : 0),
      watts: watts === undefined ? mark.watts : Math.max(watts, mark.watts ?? 0),
      idle: this.idleOf(spent, lengthS),
    };
  }

  private idleOf(microjoules: number, lengthS: number): SliceIdle {
    const { component, idle } = this.meter;
    if (this.baseline === undefined)
      return {
        microjoules: Math.min(microjoules, Math.round((idle?.watts ?? 0) * lengthS * MICRO)),
      };
    const { estimate, most } = this.baseline.of(microjoules, lengthS);
    return component === 'cpu'
      ? { microjoules: estimate, range: { least: 0, most } }
      : { microjoules: estimate };
  }
}

function idleNote(isSeen: boolean): string {
  return isSeen
    ? 'It is estimated as the least power seen over a second or more, which is the most that it can be; intervals hold what follows from anything between none and that.'
    : 'It was not yet seen while nearly nothing worked: the estimate is half of the least power seen, and intervals hold what follows from anything between none and all of that.';
}

/**
 * Joules between two steps of a counter: those of its last step, and since then power x time, for at
 * most a step. Of the power at both ends of a time the lower one counts, so that a burst is not taken
 * for what came before it. Joules never fall: the counter's next step takes in what was ahead of it.
 */
function between(refreshS: number | undefined): (reading: Reading, nowS: number) => number {
  if (refreshS === undefined) return ({ joules }) => joules;
  let counted = NaN;
  let steppedAtS = 0;
  let ahead = 0;
  let joules = -Infinity;
  let last = { watts: 0, atS: 0 };
  return (reading, nowS) => {
    const watts = reading.watts ?? 0;
    if (reading.joules !== counted) {
      // It has begun anew: what is above must not keep it from moving again.
      if (reading.joules < counted) joules = -Infinity;
      counted = reading.joules;
      steppedAtS = nowS;
      ahead = 0;
    } else {
      const untilS = Math.min(nowS, steppedAtS + refreshS);
      ahead += Math.min(last.watts, watts) * Math.max(0, untilS - last.atS);
    }
    last = { watts, atS: nowS };
    joules = Math.max(joules, counted + ahead);
    return joules;
  };
}
