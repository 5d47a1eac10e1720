import { HalfnoteError, shown } from '../../errors';
import { requireWithin } from '../../energy/carbon/bounds';
import { exact } from '../../quantities/make';
import type { Method, Quantity } from '../../quantities/quantity';

/** @throws HalfnoteError `invalid-argument` for what is no number above 0, up to `max`. */
export function requirePositive(value: number, name: string, max: number, hint: string): void {
  requireWithin(value, { name, code: 'invalid-argument', min: 0, max, open: true, hint });
}

/** @throws HalfnoteError `invalid-argument` for what is no whole number from 1. */
export function requireCount(value: number, name: string): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new HalfnoteError(
    'invalid-argument',
    `${name} is ${shown(value)}; it must be a whole number from 1.`,
  );
}

/** A bare number as a quantity without a spread. @throws HalfnoteError as {@link requirePositive}. */
export function positiveQuantity(
  given: number | Quantity,
  name: string,
  max: number,
  method: Method,
): Quantity {
  requirePositive(
    typeof given === 'number' ? given : given.value,
    name,
    max,
    'Give what was measured, in SI units.',
  );
  return typeof given === 'number' ? exact(given, { method }) : given;
}
