import { COMPUTE_FORMATS } from '../../formats/names';
import type { ComputeFormat } from '../../formats/uses';
import { HalfnoteError } from '../../errors';

/** Formats that a roofline can be drawn for. */
export type RooflineFormat = ComputeFormat | 'int8';

export const ROOFLINE_FORMATS: readonly RooflineFormat[] = [...COMPUTE_FORMATS, 'int8'];

/** @throws HalfnoteError `unknown-format` */
export function checkRooflineFormats(formats: readonly string[]): void {
  const allowed: readonly string[] = ROOFLINE_FORMATS;
  const unknown = formats.find((format) => !allowed.includes(format));
  if (unknown === undefined && formats.length > 0) return;
  throw new HalfnoteError(
    'unknown-format',
    `formats are [${formats.join(', ')}]; allowed are one or more of ${allowed.join(', ')}.`,
  );
}
