import { HalfnoteError, nearest } from '../../errors';
import { kindOf } from '../../models/examples';
import { whyNotWeights } from '../../formats/weight-names';
import { COMPARE_FORMAT_NAMES, compareFormatOf, type CompareFormat } from './compare-formats';

/** The formats to compare, each once; the first is the baseline. */
export function checkFormats(formats: unknown): CompareFormat[] {
  const known = COMPARE_FORMAT_NAMES;
  if (formats !== undefined && !Array.isArray(formats)) {
    throw new HalfnoteError(
      'unknown-format',
      `formats must be a list of names, not ${kindOf(formats)}.`,
      `Write formats: ['fp32', 'int8']. Allowed: ${known.join(', ')}.`,
    );
  }
  const names = (formats ?? []) as readonly unknown[];
  if (names.length === 0) {
    throw new HalfnoteError(
      'unknown-format',
      `No formats to compare were given. Allowed: ${known.join(', ')}.`,
    );
  }
  for (const item of names) {
    const format = String(item);
    if (compareFormatOf(format) !== undefined) continue;
    const reason = whyNotWeights(format);
    if (reason !== undefined) {
      throw new HalfnoteError(
        'unknown-format',
        `A model cannot be compared in '${format}'. ${reason}.`,
        `Allowed: ${known.join(', ')}.`,
      );
    }
    const near = nearest(format, [...known], 1);
    throw new HalfnoteError(
      'unknown-format',
      `Unknown format '${format}'. Allowed: ${known.join(', ')}.`,
      near[0] === undefined ? undefined : `Did you mean '${near[0]}'?`,
    );
  }
  const own = names.map((name) => compareFormatOf(String(name)));
  return [...new Set(own as readonly CompareFormat[])];
}
