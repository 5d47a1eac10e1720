import type { Diagnostic } from 'tslab/dist/converter';
import type { CellError } from '../contract';
import { sourceExcerpt } from '../excerpt';
import type { UserSource } from '../user-source';
import { argumentError } from './argument-error';
import { pythonHabit } from './python-habits';

const MAGIC_HINT = 'A magic stands at the start of a statement outside brackets.';
/** TypeScript's code of `Expression expected.`, its word for a `%` where a statement begins. */
const EXPRESSION_EXPECTED = 1109;

/** All errors of a cell as one: `cell[3]:1:7 - Type 'string' is not assignable to type 'number'.` */
export function diagnosticsError(
  diagnostics: readonly Diagnostic[],
  source: UserSource,
  executionCount: number,
): CellError {
  const told = withoutEchoes(
    groupsOf(diagnostics).map((group) => tell(group, source, `cell[${executionCount}]`)),
  );
  return {
    ename: 'TypeScriptError',
    evalue: told.flatMap(({ messages }) => messages).join('\n'),
    traceback: told.flatMap(({ traceback }) => traceback),
  };
}

/** An error that says which names of its cell are defined all the same. */
export function withKept(error: CellError, names: readonly string[]): CellError {
  const kept = `Defined all the same, as no error reaches them: ${names.join(', ')}. Nothing else of the cell ran.`;
  return {
    ...error,
    evalue: `${error.evalue}\n${kept}`,
    traceback: [...error.traceback, kept],
  };
}

interface Told {
  readonly messages: readonly string[];
  /** The messages with an excerpt of the cell after the first. */
  readonly traceback: readonly string[];
  /** Of an error in the cell: its line, and whether a habit from Python is behind it. */
  readonly explains?: { readonly line: number; readonly habit: boolean };
}

/** tslab flattens a chain of explanations into diagnostics at the same place. */
function groupsOf(diagnostics: readonly Diagnostic[]): (readonly [Diagnostic, ...Diagnostic[]])[] {
  const groups: [Diagnostic, ...Diagnostic[]][] = [];
  for (const diagnostic of diagnostics) {
    const last = groups.at(-1);
    if (last && samePlace(last[0], diagnostic)) last.push(diagnostic);
    else groups.push([diagnostic]);
  }
  return groups;
}

/** Of a line that is Python, TypeScript's first word is enough. */
function withoutEchoes(told: readonly Told[]): readonly Told[] {
  const explained = new Set<number>();
  return told.filter(({ explains }) => {
    if (explains === undefined) return true;
    const isEcho = explained.has(explains.line);
    if (explains.habit) explained.add(explains.line);
    return !isEcho;
  });
}

function tell(
  group: readonly [Diagnostic, ...Diagnostic[]],
  source: UserSource,
  cell: string,
): Told {
  const [{ fileName, start, end, code }] = group;
  const words = group.map(({ messageText }) => messageText);
  const given = fileName === undefined ? source.argumentAt(start, end) : undefined;
  const complaint = given && argumentError(words, given.argument);
  const width = end.line === start.line ? end.character - start.character : 1;
  const place =
    complaint !== undefined && given !== undefined
      ? given.place
      : fileName === undefined
        ? source.place(start.line + 1, start.character + 1, width)
        : { line: start.line + 1, column: start.character + 1, width };
  const [first = '', ...rest] = complaint ?? words.map((text, i) => (i === 0 ? text : `  ${text}`));
  const message = `${fileName ?? cell}:${place.line}:${place.column} - ${first}`;
  if (fileName !== undefined)
    return { messages: [message, ...rest], traceback: [message, ...rest] };
  const excerpt = sourceExcerpt(source.text, place.line, place.column, place.width);
  const line = source.text.split('\n')[place.line - 1] ?? '';
  const isMagic = code === EXPRESSION_EXPECTED && beginsWithMagic(line, place.column);
  const from = place.column - 1;
  const habit = pythonHabit(code, line.slice(from, from + place.width), line);
  const more = habit === undefined ? [...(isMagic ? [MAGIC_HINT] : []), ...rest] : [habit];
  return {
    messages: [message, ...more],
    traceback: [message, ...excerpt, ...more],
    explains: { line: place.line, habit: habit !== undefined },
  };
}

/** Whether a line has nothing but blanks before a `%name` at `column`, which counts from 1. */
function beginsWithMagic(line: string, column: number): boolean {
  return line.slice(0, column - 1).trim() === '' && /^%%?[a-z]/.test(line.slice(column - 1));
}

function samePlace(a: Diagnostic, b: Diagnostic): boolean {
  return (
    a.start.offset === b.start.offset && a.end.offset === b.end.offset && a.fileName === b.fileName
  );
}
