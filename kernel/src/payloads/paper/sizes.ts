/**
 * Widths of figures in millimetres. `column` and `text` are those of ACM's class acmart in two columns
 * (sigconf: 241.1 pt and 506.3 pt of TeX, 84.8 and 177.9 mm), which fit IEEE's 3.5 and 7.16 inches too.
 */
export const WIDTHS_MM = { column: 85, text: 178 } as const;

export type PaperWidth = keyof typeof WIDTHS_MM;

/** The smallest text of a figure, in points of 1/72 inch, however wide it is. */
export const SMALLEST_PT = 7;

/** The smallest text of our drawings, in their units. */
const SMALLEST_UNITS = 10;

const PT_PER_MM = 72 / 25.4;

/** The units of a drawing in so many millimetres, so that its smallest text is {@link SMALLEST_PT} high. */
export function unitsOf(widthMm: number): number {
  return (widthMm * PT_PER_MM * SMALLEST_UNITS) / SMALLEST_PT;
}

/** The inverse of {@link unitsOf}. */
export function millimetresOf(units: number): number {
  return (units * SMALLEST_PT) / SMALLEST_UNITS / PT_PER_MM;
}

/** The points of so many millimetres. */
export function pointsOf(millimetres: number): number {
  return millimetres * PT_PER_MM;
}
