import { ERROR_CODES } from '../error-codes';
import { markdownTable } from './markdown';

/** What fills `docs/templates/errors.md`: every code of an error. */
export function errorsParts() {
  const rows = Object.entries(ERROR_CODES).map(([code, told]) => [`\`${code}\``, told]);
  return { codes: markdownTable(['code', 'what it means, and what to do'], rows) } as const;
}
