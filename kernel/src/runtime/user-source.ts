import type { CellSource, MagicArgument } from './contract';

/** A place in the cell as the user wrote it; lines and columns count from 1. */
export interface UserPlace {
  readonly line: number;
  readonly column: number;
  /** How many characters are meant, from `column` on. */
  readonly width: number;
}

/** Counted from 0, as TypeScript has it. */
interface CodePosition {
  readonly line: number;
  readonly character: number;
}

/** What a user gave a magic, and where. */
export interface UserArgument {
  readonly argument: MagicArgument;
  readonly place: UserPlace;
}

/** Between the name of an object's property and its value. */
const PROPERTY = /^(?:\w+: (?:\{ )?)+$/;

/** Leads places in the code that ran back to the cell as the user wrote it, before magics were expanded. */
export class UserSource {
  /** The user's cell. */
  readonly text: string;

  constructor(
    readonly code: string,
    readonly source?: CellSource,
  ) {
    this.text = source?.text ?? code;
  }

  /** What a magic put in leads to the magic's line as a whole, what is past the text to its end. */
  place(line: number, column: number, width = 1): UserPlace {
    return this.withinText(this.placeOf(line, column, width));
  }

  private withinText(place: UserPlace): UserPlace {
    const written = this.text.trimEnd().split('\n');
    if (place.line <= written.length) return place;
    return { line: written.length, column: (written.at(-1) ?? '').length + 1, width: 1 };
  }

  private placeOf(line: number, column: number, width: number): UserPlace {
    if (!this.source) return { line, column, width };
    const offset = startOfLine(this.code, line) + column - 1;
    const span = this.source.spans.find(
      ({ target, length }) =>
        offset >= target &&
        (offset < target + length || (offset >= this.code.length && offset === target + length)),
    );
    if (!span) return this.wholeLine(line);
    return {
      ...placeIn(this.text, span.source + offset - span.target),
      width: Math.max(1, Math.min(width, span.target + span.length - offset)),
    };
  }

  /**
   * The argument of a magic that an error from `from` to `to` in the code that ran is about: the one
   * that stands there as a whole, or the one that the generated text there belongs to.
   */
  argumentAt(from: CodePosition, to: CodePosition): UserArgument | undefined {
    const [start, end] = [from, to].map(
      ({ line, character }) => startOfLine(this.code, line + 1) + character,
    ) as [number, number];
    const spans = this.source?.spans ?? [];
    const inside = spans.find(({ target, length }) => start >= target && start < target + length);
    const lineEnd = this.code.indexOf('\n', start);
    const after = spans.filter(
      ({ target, argument }) =>
        argument !== undefined && target > start && (lineEnd === -1 || target < lineEnd),
    );
    const [next] = after;
    const isOf = (target: number): boolean =>
      after.length === 1 || PROPERTY.test(this.code.slice(start, target));
    const span =
      inside === undefined
        ? next && isOf(next.target)
          ? next
          : undefined
        : inside.target === start && inside.target + inside.length <= end
          ? inside
          : undefined;
    if (span?.argument === undefined) return undefined;
    const { line, column } = placeIn(this.text, span.source);
    return { argument: span.argument, place: { line, column, width: span.length } };
  }

  private wholeLine(line: number): UserPlace {
    const text = this.text.split('\n')[line - 1] ?? '';
    const column = text.length - text.trimStart().length + 1;
    return { line, column, width: Math.max(1, text.trim().length) };
  }
}

function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function startOfLine(code: string, line: number): number {
  let start = 0;
  for (let n = 1; n < line; n++) start = code.indexOf('\n', start) + 1;
  return start;
}
