import { TextView } from '../display/text-view';
import { HalfnoteError } from '../errors';
import { host } from '../host';
import { TYPE_CHECKS, TYPES, type TypeChecks } from '../runtime/language/type-checks';

const MEANS: Readonly<Record<TypeChecks, string>> = {
  strict: 'A cell with a type error runs no statement; what the error does not reach is defined.',
  warn: 'Type errors are shown, and the cell runs.',
  off: 'Type errors are not shown, and the cell runs.',
};

/**
 * Sets what a type error costs the cells that follow, and tells what it costs them: `'strict'` its
 * cell's statements, `'warn'` a warning, `'off'` nothing. Without an argument it only tells.
 *
 * Throws `no-notebook`, `invalid-argument`.
 */
export async function typeChecks(checks?: TypeChecks): Promise<TextView> {
  if (checks !== undefined && !TYPE_CHECKS.includes(checks)) {
    throw new HalfnoteError(
      'invalid-argument',
      `Types are checked ${TYPE_CHECKS.join(', ')}, and not "${checks}"`,
    );
  }
  const notebook = host();
  if (!notebook)
    throw new HalfnoteError('no-notebook', 'There is no notebook here whose types are checked');
  const now = (await notebook.call(TYPES, { checks })) as TypeChecks;
  return TextView.of(`${now}: ${MEANS[now]}`);
}
