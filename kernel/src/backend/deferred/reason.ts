import { firstLine } from '../../errors';

/** What an error says in one line. In the binding's errors the first line is a number. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return firstLine(text.replace(/^Invalid TF_Status: \d+\s+Message: /, ''));
}
