import { basename, extname } from 'node:path';
import type { Draw } from '../display/exhibits';
import type { Drawing } from '../display/svg';
import { HalfnoteError } from '../errors';
import { replaceFile } from '../files/replace-file';
import { figureAsLatex, figureSvg, pointsOf, unitsOf } from '../payloads/paper';
import { fontBytes } from './font';
import { FIGURE_FORMATS, formatOf } from './format-of';
import { PROGRAM } from './made-with';
import { checkedDpi, millimetres, spanOf, type FigureOptions } from './options';
import { HINT } from './paper-table';
import { pdf } from './pdf';
import { png } from './png';

const MM_PER_INCH = 25.4;
/** Of a PNG: some 200 MB while it is drawn. */
const MOST_PIXELS = 5e7;

/** A chart of a view, drawn anew for the width that it has in a paper: its texts are 7 points high or more. */
export class PaperFigure {
  constructor(
    private readonly draw: Draw,
    /** How its figures came about: what was measured, modelled or simulated, on what, of which bytes. */
    readonly notes: readonly string[],
  ) {}

  get caption(): string {
    return this.drawing().title;
  }

  /** What it says, in words: for a text alternative. */
  get description(): string {
    return this.drawing().description;
  }

  /** An SVG document of its own, with the fonts of whoever shows it. */
  toSvg({ width, greyscale = false }: FigureOptions = {}): string {
    const widthMm = millimetres(width);
    const drawing = this.drawing(unitsOf(widthMm));
    return figureSvg(drawing, { widthMm, greyscale, description: this.#said(drawing) });
  }

  /** All vectors, its font embedded. */
  async toPdf(options: FigureOptions = {}): Promise<Uint8Array> {
    const font = await fontBytes(options.font);
    const svg = this.toSvg(options);
    const drawing = this.drawing();
    const widthPt = pointsOf(millimetres(options.width));
    return pdf(svg, {
      widthPt,
      heightPt: widthPt / aspectOf(svg),
      font,
      title: drawing.title,
      description: this.#said(drawing),
      creator: PROGRAM,
    });
  }

  /** In `dpi` pixels to the inch, which the file says. @throws HalfnoteError `invalid-argument`. */
  async toPng(options: FigureOptions = {}): Promise<Uint8Array> {
    const dpi = checkedDpi(options.dpi);
    const font = await fontBytes(options.font);
    const svg = this.toSvg(options);
    const width = Math.round((millimetres(options.width) / MM_PER_INCH) * dpi);
    const pixels = width * (width / aspectOf(svg));
    if (pixels > MOST_PIXELS) {
      throw new HalfnoteError(
        'invalid-argument',
        `The picture would have ${Math.round(pixels / 1e6)} million pixels, more than ${MOST_PIXELS / 1e6}.`,
        'Lower dpi or width, or save a PDF, which has none.',
      );
    }
    return png(svg, width, dpi, font);
  }

  /** A `figure` that includes a file, with caption, method and label. */
  toLatex(file: string, { width }: FigureOptions = {}): string {
    const grid = { caption: this.caption, notes: this.notes };
    return figureAsLatex(grid, file, spanOf(width));
  }

  /**
   * Writes it, as a whole or not at all, in the format that the path ends in: `.svg`, `.pdf`, `.png`, or `.tex`
   * for the lines that include a PDF of the same name.
   * @throws HalfnoteError `invalid-argument` for another ending or a wrong option, `not-writable`.
   */
  async save(path: string, options: FigureOptions = {}): Promise<void> {
    const format = formatOf(path, FIGURE_FORMATS, 'A figure');
    const content = {
      svg: () => this.toSvg(options),
      pdf: () => this.toPdf(options),
      png: () => this.toPng(options),
      tex: () => this.toLatex(`${basename(path, extname(path))}.pdf`, options),
    }[format]();
    await replaceFile(path, await content, { hint: HINT });
  }

  private drawing(width?: number): Drawing {
    const drawing = this.draw(width);
    if (drawing === undefined) throw new Error('a chart that was there has nothing to show');
    return drawing;
  }

  #said({ title, description }: Drawing): string {
    return [title, description, ...this.notes].map((part) => part.replace(/\.?$/, '.')).join(' ');
  }
}

/** The width of an SVG of ours by its height. */
function aspectOf(svg: string): number {
  const [, width = '1', height = '1'] = /viewBox="\S+ \S+ (\S+) ([^"]+)"/.exec(svg) ?? [];
  return Number(width) / Number(height);
}
