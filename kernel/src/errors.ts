import { inspect } from 'node:util';
import type { ErrorCode } from './error-codes';

/**
 * An error that a user can act on: `message` names the value and what is allowed, `hint` says what to do.
 * Every error of the library is one of these, told apart by `code`.
 */
export class HalfnoteError extends Error {
  constructor(
    /** Stable, kebab-case, for programs: `unknown-format`, `not-native`, ... */
    readonly code: ErrorCode,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    const short = shortened(message);
    super(hint === undefined ? short : `${short}\n${hint}`, options);
    this.name = 'HalfnoteError';
  }
}

const LONGEST_WORD = 400;
const LONGEST = 2000;

/**
 * A message as short as people read it: a value within it may be a whole model as text. What is allowed
 * instead stands at its end, which is kept.
 */
export function shortened(message: string): string {
  const words = message.replace(/\S+/g, (word) =>
    word.length > LONGEST_WORD ? cut(word, 80, 20) : word,
  );
  return words.length > LONGEST ? cut(words, 600, 600) : words;
}

/** A value that is wrong as a whole, for a message: one line, the first of what is in it. */
export function shown(value: unknown): string {
  const limits = { maxArrayLength: 4, maxStringLength: LONGEST_WORD / 2, breakLength: Infinity };
  return inspect(value, { depth: 1, ...limits });
}

function cut(text: string, head: number, tail: number): string {
  const left = text.length - head - tail;
  return `${text.slice(0, head)}… (${left} more characters) …${text.slice(-tail)}`;
}

/** The `limit` candidates nearest to `word` by edit distance, nearest first; for "did you mean". */
export function nearest(word: string, candidates: readonly string[], limit = 3): string[] {
  return candidates
    .map((candidate) => ({
      candidate,
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 2))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `scale rule` to `unknown-scale-rule`. */
type UnknownCode<What extends string> = `unknown-${Lowercase<Kebab<What>>}`;

type Kebab<Words extends string> = Words extends `${infer First} ${infer Rest}`
  ? `${First}-${Kebab<Rest>}`
  : Words;

/**
 * Looks a name up in a table; a wrong one is an error that lists what there is and what is near. Its
 * code is `unknown-` and what was looked up, as far as {@link ErrorCode} has that.
 */
export function fromTable<K extends string, V, What extends string>(
  table: Readonly<Record<K, V>>,
  name: string,
  what: UnknownCode<What> extends ErrorCode ? What : never,
): V {
  if (Object.hasOwn(table, name)) return table[name as K];
  const names = Object.keys(table);
  // JavaScript can hand over anything.
  const given: unknown = name;
  const text = typeof given === 'string' ? given : shown(given);
  const near = nearest(text, names, 1);
  throw new HalfnoteError(
    `unknown-${what.toLowerCase().replaceAll(' ', '-')}` as ErrorCode,
    `Unknown ${what} '${text}'. Allowed: ${names.join(', ')}.`,
    near[0] === undefined ? undefined : `Did you mean '${near[0]}'?`,
  );
}

/** The error for a method that a kernel doesn't answer: it lists those that it does, the nearest first. */
export function unknownCall(method: string, answered: readonly string[]): HalfnoteError {
  const names = new Set([...nearest(method, answered), ...answered]);
  return new HalfnoteError(
    'unknown-call',
    `The kernel answers no "${method}" here.`,
    `It answers ${[...names].join(', ')}.`,
  );
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The first line of what was thrown, whatever it is: for a reason within a sentence. */
export function firstLine(error: unknown): string {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return line;
}
