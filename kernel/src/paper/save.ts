import { extname } from 'node:path';
import { toBundle } from '../display/display';
import { type Exhibits, exhibitsOf, NO_EXHIBITS } from '../display/exhibits';
import { HalfnoteError } from '../errors';
import { replaceFile } from '../files/replace-file';
import { gridOf } from '../payloads/paper';
import { FIGURE_FORMATS, formatOf, TABLE_FORMATS } from './format-of';
import { madeWith } from './made-with';
import type { FigureOptions } from './options';
import { PaperFigure } from './paper-figure';
import { HINT, PaperTable } from './paper-table';

/** The tables that a view shows, in their order; of any other value none. */
export function tablesOf(view: unknown): PaperTable[] {
  const { tables, notes } = exhibits(view);
  return tables.map((table) => new PaperTable(gridOf(table, notes)));
}

/** The charts that a view shows, in their order; of any other value none. */
export function figuresOf(view: unknown): PaperFigure[] {
  const { figures, notes } = exhibits(view);
  return figures.map((draw) => new PaperFigure(draw, notes));
}

function exhibits(view: unknown): Exhibits {
  const found = exhibitsOf(toBundle(view)) ?? NO_EXHIBITS;
  return { ...found, notes: [...found.notes, madeWith()] };
}

export interface SaveOptions extends FigureOptions {
  /** Which table of the view, from 1 on. Default: the first, where the path ends in .csv, .md or .tex. */
  readonly table?: number;
  /** Which chart of the view, from 1 on. Default: the first, where the path ends in .svg, .pdf or .png. */
  readonly figure?: number;
}

/**
 * What a view cites as BibTeX, for `\cite` in a paper: of a comparison or of `literature()` the sources of
 * their claims. Empty where it cites nothing.
 */
export function bibtex(view: unknown): string {
  const entries = [...new Set(exhibits(view).references)];
  return entries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)).join('\n');
}

/** `huang2020amp` of `@misc{huang2020amp,`. */
function keyOf(entry: string): string {
  return /\{([^,]*),/.exec(entry)?.[1] ?? entry;
}

/**
 * Writes a table or a chart of a view into a file that a paper includes, in the format that its name ends in;
 * into `.bib` what the view cites.
 * @throws HalfnoteError `invalid-argument` where the view has no such table or chart, or an option is wrong;
 * `not-writable`.
 */
export async function save(view: unknown, path: string, options: SaveOptions = {}): Promise<void> {
  const { table, figure, ...rest } = options;
  if (/^\.bib$/i.test(extname(path)) && table === undefined && figure === undefined) {
    await saveReferences(view, path);
    return;
  }
  if (table !== undefined && figure !== undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      `Both table ${table} and figure ${figure} are named for ${path}.`,
      'Call save once for each, with a file each.',
    );
  }
  const isFigure =
    figure !== undefined || (table === undefined && /^\.(svg|pdf|png)$/i.test(extname(path)));
  if (isFigure) {
    formatOf(path, FIGURE_FORMATS, 'A figure');
    await nth(figuresOf(view), figure, 'figure').save(path, rest);
  } else {
    formatOf(
      path,
      table === undefined ? [...TABLE_FORMATS, ...FIGURE_FORMATS] : TABLE_FORMATS,
      'A table',
    );
    await nth(tablesOf(view), table, 'table').save(path, rest);
  }
}

async function saveReferences(view: unknown, path: string): Promise<void> {
  const text = bibtex(view);
  if (text === '') {
    throw new HalfnoteError(
      'invalid-argument',
      `What was given cites nothing, so there is no BibTeX for ${path}.`,
      'Give a comparison (`compare`, `%compare`) or what `literature()` lists.',
    );
  }
  await replaceFile(path, text, { hint: HINT });
}

function nth<T>(all: readonly T[], number = 1, what: 'figure' | 'table'): T {
  const found = all[number - 1];
  if (found !== undefined) return found;
  const there =
    all.length === 0 ? `has no ${what}` : `has ${what}s 1 to ${all.length}, no ${String(number)}`;
  throw new HalfnoteError(
    'invalid-argument',
    `What was given ${there}.`,
    `Give the result of compare, sensitivity, roofline or another that shows a ${what === 'figure' ? 'chart' : 'table'}; tablesOf and figuresOf list what it has.`,
  );
}
