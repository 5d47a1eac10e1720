/** Deeper than any display's data; JavaScript's own limit depends on how deep the caller stands. */
const MAX_DEPTH = 200;

/**
 * JSON of any value; never throws. User code decides what is in a display's data, and front ends what
 * is in a header, so what JSON can't hold must not lose the message: a bigint becomes its digits, a
 * cycle and what is too deep a note.
 */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(plain(value, []));
  }
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
