import { factCells, foldedFacts } from '../../inspection/format-view';
import type { MimeBundle } from '../../host';
import { fold, notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { ABSENT } from '../../display/units';
import { type Verdict, verdict } from '../../display/verdict';
import { listed } from '../../display/words';
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
      verdict(tableVerdict(rows)),
      foldedFacts(rows.map(factCells), `${rows.length} number formats`),
      fold('How each trains and runs', table(kept(USES), uses, { caption: 'Train and run' })),
      notes([
        isHere
          ? 'Here is this machine; in the data, here.reason says why a format is native or simulated.'
          : 'formatTable(deviceFacts()) says how each format is on this machine.',
      ]),
    ),
  );
}

/** How many formats there are for what, and which are native on this machine. */
function tableVerdict(rows: readonly FormatRow[]): Verdict {
  const train = rows.filter(({ trains }) => trains !== undefined).length;
  const run = rows.filter(({ runs }) => runs !== undefined).length;
  const native = rows.flatMap(({ label, here }) => (here?.execution === 'native' ? [label] : []));
  const isHere = rows.some(({ here }) => here !== undefined);
  return {
    sentence: `${rows.length} number formats: models train in ${train} of them and run in ${run}${isHere ? `; native here ${native.length === 0 ? 'is none' : `are ${listed(native, native.length)}`}` : ''}.`,
    tone: 'good',
  };
}

/** Code is marked in the docs' table; a cell of this one is plain text. */
function unquoted(text = ABSENT): string {
  return text.replaceAll('`', '');
}
