import type { Diagnostic } from 'tslab/dist/converter';
import { syntaxErrors } from './cell-file';
import { withoutFileNames } from './plain-names';
import type { TypeScript } from './typescript';

/** TypeScript's codes from here on are about meaning, not syntax. */
const SEMANTIC = 2000;

/**
 * What is to be told of the converter's diagnostics, in terms of the user's text. Where the syntax of
 * a line is wrong, nothing else is said of it, and nothing of what the converter puts behind the cell.
 */
export function cellDiagnostics(
  typescript: TypeScript,
  text: string,
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  const syntax = cellSyntaxErrors(typescript, text);
  const wrong = new Set(syntax.map(({ start }) => start.line));
  const isInside = ({ fileName, start }: Diagnostic): boolean =>
    fileName !== undefined || start.offset < text.length;
  const inside =
    syntax.length === 0
      ? diagnostics.filter(isInside)
      : [
          ...syntax,
          ...diagnostics.filter(
            (one) => isInside(one) && one.code >= SEMANTIC && !wrong.has(one.start.line),
          ),
        ];
  const end = placeIn(text, text.trimEnd().length);
  const told = inside.length > 0 ? inside : diagnostics.map((one) => ({ ...one, start: end, end }));
  return told.map((one) => ({ ...one, messageText: withoutFileNames(one.messageText) }));
}

/** The syntax errors of a cell. */
export function cellSyntaxErrors(typescript: TypeScript, text: string): readonly Diagnostic[] {
  const last = text.trimEnd().length;
  return syntaxErrors(typescript, text).map(({ start, length, messageText, category, code }) => ({
    start: placeIn(text, Math.min(start, last)),
    end: placeIn(text, Math.min(start + length, last)),
    messageText: typescript.flattenDiagnosticMessageText(messageText, '\n'),
    category,
    code,
  }));
}

function placeIn(text: string, offset: number): Diagnostic['start'] {
  const before = text.slice(0, offset).split('\n');
  return { offset, line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
