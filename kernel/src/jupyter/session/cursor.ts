/**
 * Positions in code. Jupyter counts Unicode code points, JavaScript UTF-16 code units: they differ
 * after an emoji.
 */

/** Code points to code units; a position beyond the end is the end. */
export function toCodeUnits(text: string, codePoints: number): number {
  let offset = 0;
  for (let n = 0; n < codePoints && offset < text.length; n++) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** Code units to code points. */
export function toCodePoints(text: string, codeUnits: number): number {
  let points = 0;
  for (let offset = 0; offset < codeUnits && offset < text.length; points++) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return points;
}
