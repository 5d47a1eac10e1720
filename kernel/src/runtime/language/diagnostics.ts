import type { Diagnostic } from 'tslab/dist/converter';
import type { CellError } from '../contract';
import { sourceExcerpt } from '../excerpt';
import type { UserSource } from '../user-source';

const MAGIC_HINT = 'A magic stands at the start of a statement outside brackets.';
/** TypeScript's code of `Expression expected.`, its word for a `%` where a statement begins. */
const EXPRESSION_EXPECTED = 1109;

/** All errors of a cell as one: `cell[3]:1:7 - Type 'string' is not assignable to type 'number'.` */
export function diagnosticsError(
  diagnostics: readonly Diagnostic[],
  source: UserSource,
  executionCount: number,
): CellError {
  const messages: string[] = [];
  const traceback: string[] = [];
  let previous: Diagnostic | undefined;
  for (const diagnostic of diagnostics) {
    // tslab flattens a chain of explanations into diagnostics at the same place.
    if (previous && samePlace(previous, diagnostic)) {
      messages.push(`  ${diagnostic.messageText}`);
      traceback.push(`  ${diagnostic.messageText}`);
      continue;
    }
    previous = diagnostic;
    const { fileName, start, end } = diagnostic;
    const width = end.line === start.line ? end.character - start.character : 1;
    const place =
      fileName === undefined
        ? source.place(start.line + 1, start.character + 1, width)
        : { line: start.line + 1, column: start.character + 1, width };
    const message = `${fileName ?? `cell[${executionCount}]`}:${place.line}:${place.column} - ${diagnostic.messageText}`;
    messages.push(message);
    traceback.push(message);
    if (fileName !== undefined) continue;
    traceback.push(...sourceExcerpt(source.text, place.line, place.column, place.width));
    const line = source.text.split('\n')[place.line - 1] ?? '';
    if (diagnostic.code === EXPRESSION_EXPECTED && beginsWithMagic(line, place.column)) {
      messages.push(MAGIC_HINT);
      traceback.push(MAGIC_HINT);
    }
  }
  return { ename: 'TypeScriptError', evalue: messages.join('\n'), traceback };
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
