import { HalfnoteError } from '../../../errors';

const LISTS = ['history', 'data', 'forecast'] as const;
const TIMES = ['time', 'datetime', 'timestamp', 'from', 'start', 'hour'] as const;
const FIGURES = [
  'gramsPerKWh',
  'carbonIntensity',
  'intensity',
  'value',
  'actual',
  'forecast',
] as const;

export interface JsonRecord {
  readonly time: unknown;
  readonly grams: unknown;
  readonly place: string;
}

/**
 * Entries of a list, or of an object's `history`, `data` or `forecast`, as grid APIs answer.
 * @throws HalfnoteError `invalid-hours` that says which keys are looked for.
 */
export function jsonRecords(text: string, name: string): JsonRecord[] {
  const list = listIn(parsed(text, name));
  if (list === undefined) {
    throw new HalfnoteError(
      'invalid-hours',
      `${name} holds no list of entries.`,
      `A list is needed, or an object with one as ${LISTS.join(', ')}.`,
    );
  }
  return list.map((entry, i) => {
    const place = `${name}, entry ${i + 1}`;
    const [time, grams] = [pick(entry, TIMES), figure(entry)];
    if (time !== undefined && grams !== undefined) return { time, grams, place };
    throw new HalfnoteError(
      'invalid-hours',
      `${place} has no ${time === undefined ? 'time' : 'intensity'}.`,
      `An entry has one of ${TIMES.join(', ')} and one of ${FIGURES.join(', ')}.`,
    );
  });
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HalfnoteError(
      'invalid-hours',
      `${name} is no JSON: ${error instanceof Error ? error.message : String(error)}.`,
      'Mend it, or save it as CSV with the ending .csv.',
    );
  }
}

function listIn(json: unknown): readonly unknown[] | undefined {
  const list = Array.isArray(json) ? (json as unknown) : pick(json, LISTS);
  return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
}

function figure(entry: unknown): unknown {
  const found = pick(entry, FIGURES);
  return typeof found === 'object' && found !== null ? pick(found, FIGURES) : found;
}

function pick(from: unknown, keys: readonly string[]): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  const key = keys.find((each) => Object.hasOwn(from, each));
  return key === undefined ? undefined : (from as Readonly<{ [name: string]: unknown }>)[key];
}
