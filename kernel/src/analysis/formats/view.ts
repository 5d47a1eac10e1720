import { FACT_COLUMNS, factCells } from '../../inspection/format-view';
import type { MimeBundle } from '../../host';
import { notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { ABSENT } from '../../display/units';
import type { FormatRow } from './result';

const USES: readonly Column[] = [
  { header: 'Format' },
  ...['Here', 'Trains', 'Runs'].map((header): Column => ({ header, align: 'left' })),
];

/** The table of formats: each one's numbers, and how models train and run in those that are used. */
export function formatTableBundle(rows: readonly FormatRow[]): MimeBundle {
  const isHere = rows.some(({ here }) => here !== undefined);
  const kept = <T>(cells: readonly T[]): readonly T[] => (isHere ? cells : cells.toSpliced(1, 1));
  const uses = rows
    .filter(({ trains, runs }) => trains !== undefined || runs !== undefined)
    .map(({ label, here, trains, runs }) =>
      kept([label, here?.execution ?? ABSENT, unquoted(trains), unquoted(runs)]),
    );
  return staticBundle(
    stacked(
      table(FACT_COLUMNS, rows.map(factCells), { caption: `${rows.length} number formats` }),
      table(kept(USES), uses, { caption: 'Train and run' }),
      notes([
        isHere
          ? 'Here is this machine; in the data, here.reason says why a format is native or simulated.'
          : 'formatTable(deviceFacts()) says how each format is on this machine.',
      ]),
    ),
  );
}

/** Code is marked in the docs' table; a cell of this one is plain text. */
function unquoted(text = ABSENT): string {
  return text.replaceAll('`', '');
}
