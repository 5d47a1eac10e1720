import { HalfnoteError, shown } from '../../../errors';
import { requireIntensity } from '../../carbon/bounds';

/** An intensity of the user's, from a moment or an hour of the day on. */
export interface HourlyIntensity {
  /** `2026-03-01T03:00Z` (UTC where no zone is said), or an hour of the day from 0 to 23: `3`, `03:00`. */
  readonly time: string | number;
  /** From 0 to 3000; null for an hour without a figure. */
  readonly gramsPerKWh: number | null;
}

/** A moment: seconds since 1970, or since midnight where only the hour of the day is known. */
export interface Moment {
  readonly atS: number;
  readonly ofDay: boolean;
}

export interface Entry extends Moment {
  readonly gramsPerKWh: number;
}

const OF_DAY = /^([01]?\d|2[0-3])(?::([0-5]\d)(?::00)?)?$/;
const DATED =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i;

/** @throws HalfnoteError `invalid-hours` for what is no time; `place` says where it stands. */
export function momentOf(time: unknown, place: string): Moment {
  const text = typeof time === 'number' || typeof time === 'string' ? String(time).trim() : '';
  const [, hour, minute = '0'] = OF_DAY.exec(text) ?? [];
  if (hour !== undefined) return { atS: Number(hour) * 3600 + Number(minute) * 60, ofDay: true };
  const [, date, clock = '00:00', zone = 'Z'] = DATED.exec(text) ?? [];
  const zoned = zone.toUpperCase() === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const atS = Date.parse(`${date ?? ''}T${clock}${zoned}`) / 1000;
  if (Number.isFinite(atS) && isDay(date)) return { atS, ofDay: false };
  throw new HalfnoteError(
    'invalid-hours',
    `${place}: ${shown(time)} is no time.`,
    'A time is 2026-03-01T03:00Z, or an hour of the day from 0 to 23 such as 3 or 03:00.',
  );
}

/** JavaScript takes 30 February for 2 March. */
function isDay(date = ''): boolean {
  return new Date(`${date}T00:00Z`).toISOString().startsWith(date);
}

/**
 * The entry, or undefined for an hour without a figure.
 * @throws HalfnoteError `invalid-hours` or `invalid-intensity`.
 */
export function entryOf(time: unknown, grams: unknown, place: string): Entry | undefined {
  const moment = momentOf(time, place);
  if (grams === null || grams === undefined || grams === '') return undefined;
  const gramsPerKWh = typeof grams === 'string' ? numberOf(grams) : grams;
  requireIntensity(Number.isNaN(gramsPerKWh) ? grams : gramsPerKWh, `${place}: the intensity`);
  return { ...moment, gramsPerKWh: gramsPerKWh as number };
}

/** With a decimal point or comma. */
function numberOf(text: string): number {
  return Number(text.trim().replace(/^(-?\d+),(\d+)$/, '$1.$2'));
}
