import type { Completeness } from '../contract';
import { parseCell } from './cell-file';
import type { TypeScript } from './typescript';

const UNTERMINATED_TEMPLATE = 1160;
const UNCLOSED_COMMENT = 1010;

/** Whether code can be run as it is, goes on in the next line, or is wrong. */
export function completeness(
  typescript: TypeScript,
  isCompleteCode: (code: string) => { readonly indent?: string },
  code: string,
): Completeness {
  const file = parseCell(typescript, code);
  if (file.parseDiagnostics.length === 0) return { status: 'complete' };
  const end = code.trimEnd().length;
  const goesOn = file.parseDiagnostics.some(
    ({ code: number, start, messageText }) =>
      number === UNTERMINATED_TEMPLATE ||
      number === UNCLOSED_COMMENT ||
      (start >= end && typeof messageText === 'string' && messageText.endsWith('expected.')),
  );
  return goesOn
    ? { status: 'incomplete', indent: isCompleteCode(code).indent ?? '' }
    : { status: 'invalid' };
}
