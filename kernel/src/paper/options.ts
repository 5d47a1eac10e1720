import { HalfnoteError } from '../errors';
import { type PaperWidth, type Span, WIDTHS_MM } from '../payloads/paper';

/** Narrower than `least`, names and keys don't fit beside a figure's smallest text of 7 points. */
const MILLIMETRES = { least: 70, most: 400 } as const;
const DPI = { least: 72, most: 1200 } as const;

/**
 * A width of a paper: that of a column or of the whole text of ACM's and IEEE's pages in two columns (85 and
 * 178 mm), or millimetres, 70 to 400. Default: `column`.
 */
export type FigureWidth = PaperWidth | number;

export interface FigureOptions {
  readonly width?: FigureWidth;
  /** Pixels of a PNG to the inch, 72 to 1200. Default: 600. */
  readonly dpi?: number;
  /** Without color; meanings are told apart by greys, marks and dashes. Default: false. */
  readonly greyscale?: boolean;
  /** A TrueType or OpenType file for the texts of a PDF or PNG. Default: DejaVu Sans Condensed. */
  readonly font?: string;
}

export interface PaperTableOptions {
  /** In LaTeX `text` spans both columns of a page. Default: `column`. */
  readonly width?: FigureWidth;
}

/** @throws HalfnoteError `invalid-argument` for a width that is none. */
export function millimetres(width: FigureWidth = 'column'): number {
  if (typeof width === 'string' && Object.hasOwn(WIDTHS_MM, width)) return WIDTHS_MM[width];
  if (typeof width === 'number' && width >= MILLIMETRES.least && width <= MILLIMETRES.most)
    return width;
  throw new HalfnoteError(
    'invalid-argument',
    `width must be 'column', 'text' or ${MILLIMETRES.least} to ${MILLIMETRES.most} (mm), not ${JSON.stringify(width)}.`,
    `'column' is ${WIDTHS_MM.column} mm and 'text' is ${WIDTHS_MM.text} mm: the columns of ACM's and IEEE's pages.`,
  );
}

/** Whether something goes over both columns of a page. */
export function spanOf(width: FigureWidth = 'column'): Span {
  return millimetres(width) > WIDTHS_MM.column + 5 ? 'text' : 'column';
}

/** @throws HalfnoteError `invalid-argument` for a density that is none. */
export function checkedDpi(dpi = 600): number {
  if (dpi >= DPI.least && dpi <= DPI.most) return dpi;
  throw new HalfnoteError(
    'invalid-argument',
    `dpi must be ${DPI.least} to ${DPI.most}, not ${String(dpi)}.`,
    'Journals ask for 600.',
  );
}
