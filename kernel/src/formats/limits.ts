import type { FormatOrName } from './format';
import { limitsOf, type FormatLimits } from './limits-of';
import { asFormat } from './table';

export { floatFields, type FloatFields, type FormatLimits } from './limits-of';

/**
 * Derives a format's limits from its bits.
 * @throws HalfnoteError `unknown-format`.
 */
export function limits(format: FormatOrName): FormatLimits {
  return limitsOf(asFormat(format));
}
