import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { HalfnoteError, firstLine } from '../../../errors';
import { csvRecords } from './csv';
import { entryOf, type Entry, type HourlyIntensity } from './entry';
import { jsonRecords } from './json';
import { HourProfile } from './profile';

const LARGEST_BYTES = 64 * 2 ** 20;
const GIVEN = 'hours';

/**
 * Intensities by hour from a CSV or JSON file, or as they are given.
 * @throws HalfnoteError `cannot-read`, `invalid-hours`, or `invalid-intensity` outside [0, 3000] g/kWh; each
 * names the line or entry.
 */
export function readHours(hours: string | readonly HourlyIntensity[]): HourProfile {
  const given: unknown = hours;
  if (typeof given !== 'string' && !Array.isArray(given)) {
    throw new HalfnoteError(
      'invalid-hours',
      'hours is neither the path of a CSV or JSON file nor a list of { time, gramsPerKWh }.',
    );
  }
  const name = typeof hours === 'string' ? basename(hours) : GIVEN;
  const records = typeof hours === 'string' ? recordsOf(hours, name) : listed(hours);
  const entries = records.map(({ time, grams, place }) => entryOf(time, grams, place));
  const known = entries.filter((entry): entry is Entry => entry !== undefined);
  return new HourProfile(known, name, entries.length - known.length);
}

interface Raw {
  readonly time: unknown;
  readonly grams: unknown;
  readonly place: string;
}

function listed(hours: readonly HourlyIntensity[]): Raw[] {
  return hours.map((entry: Partial<HourlyIntensity> | null, i) => ({
    time: entry?.time,
    grams: entry?.gramsPerKWh,
    place: `${GIVEN}, entry ${i + 1}`,
  }));
}

function recordsOf(path: string, name: string): readonly Raw[] {
  const text = contents(path);
  return /^\s*[[{]/.test(text) ? jsonRecords(text, name) : csvRecords(text, name);
}

function contents(path: string): string {
  try {
    if (statSync(path).size > LARGEST_BYTES) {
      throw new Error('it is larger than 64 MiB');
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new HalfnoteError(
      'cannot-read',
      `Can't read the hours in "${path}": ${firstLine(error)}.`,
      'Give the path of a CSV or JSON file, from the folder of the notebook on.',
      { cause: error },
    );
  }
}
