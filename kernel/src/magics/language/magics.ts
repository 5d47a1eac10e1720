import type { CellError, CellSource } from '../../runtime/contract';
import type { Code } from './code';
import { expandCell, expressionsOnly } from './expand';
import type { MagicLine } from '../../magic-lines/locate';
import { magicAtOffset, magicsIn } from './located';
import type { MagicTable } from './magic-table';
import { MagicProblem } from './problem';
import { written } from './usage';

export interface MagicError extends CellError {
  readonly ename: 'MagicError';
  /** Counted from 1. */
  readonly line: number;
  /** True when more typing could mend it. */
  readonly isIncomplete: boolean;
}

export type Expansion =
  | {
      readonly ok: true;
      readonly code: string;
      readonly lacksBody: boolean;
      /** The user's cell, where it has magics. */
      readonly source?: CellSource;
    }
  | { readonly ok: false; readonly error: MagicError };

/**
 * Expands the magics of a cell to TypeScript with the same number of lines.
 * `lacksBody` says that the cell is nothing but a `%%magic` line so far.
 */
export function expandMagics(table: MagicTable, code: string): Expansion {
  let line: MagicLine | undefined;
  try {
    const expanded = expandCell(table, code, (magicLine, problem) => {
      line = magicLine;
      throw problem;
    });
    const text = expanded.toString();
    return {
      ok: true,
      code: text,
      lacksBody: lacksBody(table, code),
      ...(text !== code && { source: { text: code, spans: spansOf(expanded) } }),
    };
  } catch (problem) {
    if (!line || !(problem instanceof MagicProblem)) throw problem;
    return { ok: false, error: errorOf(problem, line, code) };
  }
}

/** The cell as the TypeScript language service sees it, with places mapped both ways. */
export interface LanguageView {
  readonly code: string;
  /** The offset in `code`; undefined where the user's offset is not TypeScript. */
  readonly offset: number | undefined;
  /** Where the user's text around the cursor begins in `code`. */
  readonly start: number;
  /** The user's offset for one in `code`; undefined for generated text. */
  toSource(offset: number): number | undefined;
}

/** Expands what can be expanded, and of half-written magics keeps the user's expressions. */
export function languageView(table: MagicTable, code: string, offset: number): LanguageView {
  const expanded = expandCell(table, code, (magicLine) => expressionsOnly(code, magicLine, offset));
  const spans = spansOf(expanded);
  const line = magicAtOffset(table, code, offset);
  const within = line ? spans.filter((span) => isWithin(span, line)) : spans;
  const at = within.find(({ source, length }) => offset > source && offset <= source + length);
  const from = at ?? within.find(({ source }) => source === offset);
  return {
    code: expanded.toString(),
    offset: from && from.target + offset - from.source,
    start: from?.target ?? 0,
    toSource: (target) => {
      const holds = (s: Span): boolean => target >= s.target && target <= s.target + s.length;
      // Two spans can meet: the one in which the user types goes first.
      const span = from && holds(from) ? from : spans.find(holds);
      return span && span.source + target - span.target;
    },
  };
}

type Span = CellSource['spans'][number];

function isWithin({ source, length }: Span, line: MagicLine): boolean {
  return source > line.nameEnd && source + length <= line.end;
}

/** Where the user's text stands in the expansion; an empty line's text too. */
function spansOf(expanded: Code): Span[] {
  const spans: Span[] = [];
  let target = 0;
  for (const piece of expanded.pieces) {
    const text = typeof piece === 'string' ? piece : piece.text;
    if (typeof piece !== 'string') {
      const { start: source, argument } = piece;
      spans.push({ source, target, length: text.length, ...(argument && { argument }) });
    }
    target += text.length;
  }
  return spans;
}

function lacksBody(table: MagicTable, code: string): boolean {
  const lines = magicsIn(table, code);
  const last = lines.at(-1);
  return (
    last?.form === 'cell' &&
    last.last &&
    !last.asksHelp &&
    !last.body &&
    !code.slice(last.end).includes('\n')
  );
}

function errorOf(problem: MagicProblem, line: MagicLine, code: string): MagicError {
  const at = problem.at ?? { start: line.start, end: line.nameEnd };
  const before = code.slice(0, at.start).split('\n');
  const number = before.length;
  const column = before.at(-1)?.length ?? 0;
  const shown = code.split('\n')[number - 1]?.trimEnd() ?? '';
  const underlined = Math.max(1, Math.min(at.end - at.start, shown.length - column));
  const name = written(line.name, line.form);
  const told = problem.message.includes(name) ? problem.message : `${name}: ${problem.message}`;
  const hint = problem.hint && problem.hint.charAt(0).toUpperCase() + problem.hint.slice(1);
  const margin = ' '.repeat(String(number).length);
  return {
    ename: 'MagicError',
    evalue: `line ${number}: ${told}${hint === undefined ? '' : `. ${hint}`}`,
    traceback: [
      `MagicError: ${told}`,
      `  ${number} | ${shown}`,
      `  ${margin} | ${' '.repeat(column)}${'^'.repeat(underlined)}`,
      ...(hint === undefined ? [] : [hint]),
    ],
    line: number,
    isIncomplete: problem.isIncomplete,
  };
}
