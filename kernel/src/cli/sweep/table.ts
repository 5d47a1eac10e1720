import { extname } from 'node:path';
import { textTable } from '../../display/table';
import { HalfnoteError } from '../../errors';
import { replaceFile } from '../../files/replace-file';
import { compareGroups, type Comparison } from '../../sweep/compare';
import { comparisonNotes, comparisonRows, differenceRows } from '../../sweep/comparison-text';
import { SweepFolder } from '../../sweep/folder';
import { tableCsv, tableJson, type Row } from '../../sweep/table';
import { readPoint } from './read-point';
import { tableNotebook } from './table-notebook';

export interface TableOptions {
  /** A file; its ending says what is written. */
  readonly to?: string;
  /** The parameters that repeat a run, with commas between. */
  readonly over?: string;
}

const WRITERS: Readonly<
  Record<string, (sweep: SweepFolder, rows: readonly Row[], comparison: Comparison) => string>
> = {
  '.csv': (_sweep, rows) => tableCsv(rows),
  '.json': ({ plan }, rows, comparison) =>
    `${JSON.stringify({ sweep: plan, points: tableJson(rows), comparison }, null, 2)}\n`,
  '.ipynb': tableNotebook,
};

/**
 * Prints what the points of a sweep came to, compared with intervals; with `to`, writes it as CSV, JSON or a
 * notebook.
 * @throws HalfnoteError `invalid-argument` for another ending, `unknown-parameter`, `no-sweep`, `not-writable`.
 */
export async function sweepTable(
  folder: string,
  { to, over }: TableOptions,
  print: (text: string) => void,
): Promise<void> {
  const writer = to === undefined ? undefined : WRITERS[extname(to).toLowerCase()];
  if (to !== undefined && writer === undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      `--to is "${to}"; allowed: a file that ends in ${Object.keys(WRITERS).join(', ')}`,
    );
  }
  const sweep = SweepFolder.open(folder);
  const rows = rowsOf(sweep);
  const comparison = compareGroups(
    rows,
    over?.split(',').map((name) => name.trim()),
  );
  if (to === undefined || writer === undefined) {
    print(comparisonText(comparison));
    return;
  }
  await replaceFile(to, writer(sweep, rows, comparison), { hint: 'Name another file with --to.' });
  print(`Wrote ${to}`);
}

/** A row for each point of the plan, also of those that haven't run. */
export function rowsOf(sweep: SweepFolder): readonly Row[] {
  return sweep.list().map(({ point, state }) => {
    const read = state === 'finished' || state === 'failed' ? readPoint(sweep, point) : undefined;
    const { key, parameters } = point;
    return { key, parameters, state, metrics: read?.metrics ?? [], facts: read?.facts ?? null };
  });
}

function comparisonText(comparison: Comparison): string {
  const differences = differenceRows(comparison);
  return [
    tableText(comparisonRows(comparison)),
    ...(differences.length === 0
      ? []
      : ['', 'Differences from the first row, pair by pair:', tableText(differences)]),
    '',
    ...comparisonNotes(comparison),
  ].join('\n');
}

function tableText([header = [], ...rows]: readonly (readonly string[])[]): string {
  return textTable(
    header.map((name) => ({ header: name })),
    rows,
  );
}
