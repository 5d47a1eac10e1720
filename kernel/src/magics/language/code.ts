import type { MagicArgument } from '../../runtime/contract';

/** Text taken over from the user's cell, with its place there (UTF-16 offset). */
export interface UserText {
  readonly text: string;
  readonly start: number;
  /** Where it is an argument that has to be of some type. */
  readonly argument?: MagicArgument;
}

/** A piece of generated TypeScript that remembers which parts of it the user wrote. */
export class Code {
  constructor(readonly pieces: readonly (string | UserText)[]) {}

  toString(): string {
    return this.pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');
  }

  /** The same code, all of whose user text is an argument of a magic. */
  asArgument(argument: MagicArgument): Code {
    return new Code(
      this.pieces.map((piece) => (typeof piece === 'string' ? piece : { ...piece, argument })),
    );
  }

  /** Its first `length` UTF-16 units. */
  head(length: number): Code {
    const pieces: (string | UserText)[] = [];
    let left = length;
    for (const piece of this.pieces) {
      const text = (typeof piece === 'string' ? piece : piece.text).slice(0, left);
      if (text !== '') pieces.push(typeof piece === 'string' ? text : { ...piece, text });
      left -= text.length;
    }
    return new Code(pieces);
  }
}

/** What can be written as a TypeScript literal. `undefined` is left out of calls and objects. */
export type Value =
  | Code
  | string
  | number
  | boolean
  | undefined
  | readonly Value[]
  | { readonly [key: string]: Value };

/** The user's own words as code. */
export function userCode({ text, start }: UserText): Code {
  return new Code([{ text, start }]);
}

export function join(parts: readonly (Code | string)[]): Code {
  return new Code(parts.flatMap((part) => (part instanceof Code ? part.pieces : [part])));
}

/** `(await import('halfnote')).name(...)`; trailing arguments that say nothing are left out. */
export function call(name: string, ...args: readonly Value[]): Code {
  const given = args.slice(0, args.findLastIndex((arg) => !isVoid(arg)) + 1).map(literal);
  return join([`(await import('halfnote')).${name}(`, separated(given), ')']);
}

/** The same for a function that returns a promise. */
export function awaited(name: string, ...args: readonly Value[]): Code {
  return join(['await ', call(name, ...args)]);
}

function literal(value: Value): Code {
  if (value instanceof Code) return value;
  if (typeof value === 'string') return new Code([quote(value)]);
  if (typeof value !== 'object') return new Code([String(value)]);
  if (isList(value)) return join(['[', separated(value.map(literal)), ']']);
  const entries = Object.entries(value).filter(([, entry]) => !isVoid(entry));
  return join([
    '{ ',
    separated(entries.map(([key, entry]) => join([key, ': ', literal(entry)]))),
    ' }',
  ]);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Undefined, or an object of which nothing is left. */
function isVoid(value: Value): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value instanceof Code || isList(value)) return false;
  return Object.values(value).every(isVoid);
}

function separated(parts: readonly Code[]): Code {
  return join(parts.flatMap((part, i) => (i === 0 ? [part] : [', ', part])));
}

/** A string literal in single quotes. */
export function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}
