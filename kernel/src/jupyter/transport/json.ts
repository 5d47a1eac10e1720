import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../protocol/fields';
import type { JsonObject } from '../protocol/message';

/** Deeper than any display's data; JavaScript's own limit depends on how deep the caller stands. */
const MAX_DEPTH = 200;

/**
 * JSON of any value; never throws. User code decides what is in a display's data, and front ends what
 * is in a header, so what JSON can't hold must not lose the message: a bigint becomes its digits, a
 * cycle and what is too deep a note, and half a surrogate pair U+FFFD, as Node writes it to a pipe:
 * Python reads it, and then can't save the notebook.
 */
export function toJson(value: unknown): string {
  try {
    return wellFormed(JSON.stringify(value));
  } catch {
    return wellFormed(JSON.stringify(plain(value, [])));
  }
}

/** `JSON.stringify` escapes halves of surrogate pairs and no others. */
const ESCAPE = '\\ud';
const ESCAPED_HALF = /\\ud[89a-f]/;
const ESCAPES = /\\(?:ud[89a-f][0-9a-f]{2}|.)/g;

function wellFormed(json: string): string {
  // The search for a few characters is ten times as fast as an expression's, through a large display.
  if (!json.includes(ESCAPE) || !ESCAPED_HALF.test(json)) return json;
  return json.replace(ESCAPES, (escape) => (escape.length > 2 ? '\uFFFD' : escape));
}

function plain(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[circular]';
  if (above.length >= MAX_DEPTH) return '[too deep]';
  const path = [...above, value];
  if (Array.isArray(value)) return value.map((item) => plain(item, path));
  if ('toJSON' in value && typeof value.toJSON === 'function') return own(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, path)]));
}

/** What the value says of itself, if it can. */
function own(value: object): unknown {
  try {
    return JSON.parse(JSON.stringify(value)) as unknown;
  } catch (error) {
    return `[${String(error)}]`;
  }
}

/** From so many characters on, a text's own way pays. */
const LONG = 50_000;
/** JSON of it is itself in quotes, a byte a character: as all base64 of a picture. */
const PLAIN = /^[ !#-[\]-~]*$/;
const MARK = randomUUID();

/**
 * {@link toJson} of a message's part, as bytes. Long texts in its `data` that have nothing to escape are
 * copied as they are, in a fraction of the time.
 */
export function toJsonBytes(part: object): Buffer {
  const { data } = part as JsonObject;
  const long = isJsonObject(data) ? Object.entries(data).filter(isLongAndPlain) : [];
  if (long.length === 0) return Buffer.from(toJson(part));
  const marks = long.map(([name], index) => [name, `${MARK}${index}`] as const);
  let rest = toJson({ ...part, data: { ...(data as JsonObject), ...Object.fromEntries(marks) } });
  const pieces: Buffer[] = [];
  // In the order in which the names stand in the data, so also in its JSON.
  for (const [index, [, mark]] of marks.entries()) {
    const at = rest.indexOf(mark);
    pieces.push(Buffer.from(rest.slice(0, at)), Buffer.from(long[index]?.[1] ?? '', 'latin1'));
    rest = rest.slice(at + mark.length);
  }
  return Buffer.concat([...pieces, Buffer.from(rest)]);
}

function isLongAndPlain(entry: [string, unknown]): entry is [string, string] {
  const [, value] = entry;
  return typeof value === 'string' && value.length >= LONG && PLAIN.test(value);
}
