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
const MARK = randomUUID();

/**
 * {@link toJson} of a message's part, as bytes. Long texts in its `data` that have nothing to escape, as
 * base64 of a picture, are copied as they are, once, in a fraction of the time.
 */
export function toJsonBytes(part: object): Buffer {
  const { data } = part as JsonObject;
  const long = isJsonObject(data) ? Object.entries(data).filter(isLongAndPlain) : [];
  return (long.length > 0 && withCopied(part, long)) || Buffer.from(toJson(part));
}

/** Undefined where there is something to escape after all. */
function withCopied(
  part: object,
  long: readonly (readonly [string, string])[],
): Buffer | undefined {
  const { data } = part as { readonly data: JsonObject };
  const marks = long.map(([name], index) => [name, `${MARK}${index}`] as const);
  const rest = toJson({ ...part, data: { ...data, ...Object.fromEntries(marks) } });
  const growth = long.reduce(
    (sum, [, text], index) => sum + text.length - lengthOf(marks[index]),
    0,
  );
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(rest) + growth);
  let from = 0;
  let end = 0;
  // In the order in which the names stand in the data, so also in its JSON.
  for (const [index, [, text]] of long.entries()) {
    const at = rest.indexOf(marks[index]?.[1] ?? '', from);
    end += bytes.write(rest.slice(from, at), end);
    const start = end;
    end += bytes.write(text, end, 'latin1');
    if (hasControls(bytes, start, end)) return undefined;
    from = at + lengthOf(marks[index]);
  }
  bytes.write(rest.slice(from), end);
  return bytes;
}

function lengthOf(mark: readonly [string, string] | undefined): number {
  return mark?.[1].length ?? 0;
}

/** JSON of it is itself in quotes, a byte a character, unless it has rare control characters. */
function isLongAndPlain(entry: [string, unknown]): entry is [string, string] {
  const [, value] = entry;
  return (
    typeof value === 'string' &&
    value.length >= LONG &&
    !['"', '\\', '\n'].some((escaped) => value.includes(escaped)) &&
    // Only ASCII is a byte a character.
    Buffer.byteLength(value) === value.length
  );
}

const SPACES = 0x20202020;
const TOP_BITS = 0x80808080;

/** Whether there is a control character among bytes of ASCII: four at once, below a space the top bit shows. */
function hasControls(bytes: Buffer, start: number, end: number): boolean {
  const firstWord = Math.min(Math.ceil(start / 4), end >> 2);
  const words = new Int32Array(bytes.buffer, 0, end >> 2);
  let bits = 0;
  for (let i = firstWord; i < words.length; i++) bits |= (words[i] ?? 0) - SPACES;
  if ((bits & TOP_BITS) !== 0) return true;
  for (let i = start; i < Math.min(firstWord * 4, end); i++)
    if ((bytes[i] ?? 0) < 0x20) return true;
  for (let i = Math.max(words.length * 4, start); i < end; i++)
    if ((bytes[i] ?? 0) < 0x20) return true;
  return false;
}
