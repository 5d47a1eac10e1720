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

/**
 * The offset in `to` at the line and column that `offset` has in `from`, where both have the same
 * lines but for expanded magics. Undefined when the cursor's own line differs.
 */
export function sameSpot(from: string, to: string, offset: number): number | undefined {
  if (from === to) return offset;
  const line = from.slice(0, offset).split('\n').length - 1;
  const fromLines = from.split('\n');
  const toLines = to.split('\n');
  if (fromLines[line] !== toLines[line]) return undefined;
  return offset + lengthBefore(toLines, line) - lengthBefore(fromLines, line);
}

function lengthBefore(lines: readonly string[], line: number): number {
  return lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
}
