import type { Diagnostic } from 'tslab/dist/converter';
import type { CellError } from '../contract';
import { sourceExcerpt } from '../excerpt';

/** All errors of a cell as one: `cell[3]:1:7 - Type 'string' is not assignable to type 'number'.` */
export function diagnosticsError(
  diagnostics: readonly Diagnostic[],
  code: string,
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
    const { line, character } = diagnostic.start;
    const message = `${diagnostic.fileName ?? `cell[${executionCount}]`}:${line + 1}:${character + 1} - ${diagnostic.messageText}`;
    messages.push(message);
    traceback.push(message);
    if (diagnostic.fileName === undefined) {
      const width = diagnostic.end.line === line ? diagnostic.end.character - character : 1;
      traceback.push(...sourceExcerpt(code, line + 1, character + 1, width));
    }
  }
  return { ename: 'TypeScriptError', evalue: messages.join('\n'), traceback };
}

function samePlace(a: Diagnostic, b: Diagnostic): boolean {
  return (
    a.start.offset === b.start.offset && a.end.offset === b.end.offset && a.fileName === b.fileName
  );
}
