import { FACT_COLUMNS, factCells } from '../formats/format-view';
import type { MimeBundle } from '../host';
import { notes, stacked, staticBundle, table } from '../mime/fallback';
import type { Column, Row } from '../mime/table';
import { ABSENT } from '../mime/units';
import type { FormatRow } from './format-table';

/** Columns that name a format; how it is here stands beside them, where a narrow page shows it. */
const NAMES = 2;

/** The table of formats: each one's numbers, and how models train and run in it. */
export function formatTableBundle(rows: readonly FormatRow[]): MimeBundle {
  const isHere = rows.some(({ here }) => here !== undefined);
  const left = (header: string): Column => ({ header, align: 'left' });
  const columns = [
    ...FACT_COLUMNS.slice(0, NAMES),
    ...(isHere ? [left('Here')] : []),
    ...FACT_COLUMNS.slice(NAMES),
    ...['Trains', 'Runs'].map(left),
  ];
  const cells = rows.map((row): Row => {
    const facts = factCells(row);
    return [
      ...facts.slice(0, NAMES),
      ...(isHere ? [row.here?.execution ?? ABSENT] : []),
      ...facts.slice(NAMES),
      unquoted(row.trains),
      unquoted(row.runs),
    ];
  });
  return staticBundle(
    stacked(
      table(columns, cells, { caption: `${rows.length} number formats` }),
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
