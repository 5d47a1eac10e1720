/** Shades of a zone's hue, from the faintest. */
export const SHADES = 8;

/** How dark a bin of a layer is drawn: 0 for none, then two shades a decade up to all of its values. */
export function shade(values: number, count: number): number {
  if (values <= 0 || count <= 0) return 0;
  return Math.max(1, Math.min(SHADES, Math.ceil(SHADES + 2 * Math.log10(values / count))));
}
