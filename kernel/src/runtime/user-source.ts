import type { CellSource } from './contract';

/** A place in the cell as the user wrote it; lines and columns count from 1. */
export interface UserPlace {
  readonly line: number;
  readonly column: number;
  /** How many characters are meant, from `column` on. */
  readonly width: number;
}

/** Leads places in the code that ran back to the cell as the user wrote it, before magics were expanded. */
export class UserSource {
  /** The user's cell. */
  readonly text: string;

  constructor(
    private readonly code: string,
    private readonly source?: CellSource,
  ) {
    this.text = source?.text ?? code;
  }

  /** What a magic put in leads to the magic's line as a whole. */
  place(line: number, column: number, width = 1): UserPlace {
    if (!this.source) return { line, column, width };
    const offset = startOfLine(this.code, line) + column - 1;
    const span = this.source.spans.find(
      ({ target, length }) =>
        offset >= target &&
        (offset < target + length || (offset >= this.code.length && offset === target + length)),
    );
    if (!span) return this.wholeLine(line);
    const at = span.source + offset - span.target;
    const before = this.text.slice(0, at).split('\n');
    return {
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      width: Math.max(1, Math.min(width, span.target + span.length - offset)),
    };
  }

  private wholeLine(line: number): UserPlace {
    const text = this.text.split('\n')[line - 1] ?? '';
    const column = text.length - text.trimStart().length + 1;
    return { line, column, width: Math.max(1, text.trim().length) };
  }
}

function startOfLine(code: string, line: number): number {
  let start = 0;
  for (let n = 1; n < line; n++) start = code.indexOf('\n', start) + 1;
  return start;
}
