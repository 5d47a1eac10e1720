import { replaceFile } from '../files/replace-file';
import { asCsv, asLatex, asMarkdown, type Grid } from '../payloads/paper';
import { formatOf, TABLE_FORMATS } from './format-of';
import { spanOf, type PaperTableOptions } from './options';

/** A table of a view, for a paper: figures bare, their units in the heads. */
export class PaperTable {
  constructor(
    /** Cells and heads as data. */
    readonly grid: Grid,
  ) {}

  get caption(): string {
    return this.grid.caption;
  }

  /** How its figures came about: what was measured, modelled or simulated, on what, of which bytes. */
  get notes(): readonly string[] {
    return this.grid.notes;
  }

  /** RFC 4180, figures as JavaScript writes them. A CSV file holds no caption. */
  toCsv(): string {
    return asCsv(this.grid);
  }

  toMarkdown(): string {
    return asMarkdown(this.grid);
  }

  /** For the packages booktabs and siunitx; with pdfLaTeX too. */
  toLatex({ width }: PaperTableOptions = {}): string {
    return asLatex(this.grid, spanOf(width));
  }

  /**
   * Writes it, as a whole or not at all, in the format that the path ends in: `.csv`, `.md` or `.tex`.
   * @throws HalfnoteError `invalid-argument` for another ending, `not-writable`.
   */
  async save(path: string, options: PaperTableOptions = {}): Promise<void> {
    const format = formatOf(path, TABLE_FORMATS, 'A table');
    const text = {
      csv: () => this.toCsv(),
      md: () => this.toMarkdown(),
      tex: () => this.toLatex(options),
    }[format]();
    await replaceFile(path, text, { hint: HINT });
  }
}

export const HINT = 'Name another file, in a folder that can be written to.';
