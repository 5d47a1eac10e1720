import { FACT_COLUMNS, factCells } from '../formats/format-view';
import type { MimeBundle } from '../host';
import { notes, stacked, staticBundle, table } from '../mime/fallback';
import type { Column, Row } from '../mime/table';
import { ABSENT } from '../mime/units';
import type { FormatRow } from './format-table';

/** The table of formats: each one's numbers, and how models train and run in it. */
export function formatTableBundle(rows: readonly FormatRow[]): MimeBundle {
  const isHere = rows.some(({ here }) => here !== undefined);
  const columns: Column[] = [
    ...FACT_COLUMNS,
    ...['Trains', 'Runs', ...(isHere ? ['Here'] : [])].map((header): Column => ({
      header,
      align: 'left',
    })),
  ];
  const cells = rows.map((row): Row => [
    ...factCells(row),
    unquoted(row.trains),
    unquoted(row.runs),
    ...(isHere ? [row.here?.execution ?? ABSENT] : []),
  ]);
  return staticBundle(
    stacked(
      table(columns, cells, { caption: `${rows.length} number formats` }),
      notes([
        isHere
          ? 'As data, `here.reason` says of each format why it is native or simulated on this machine.'
          : 'formatTable(deviceFacts()) says how each format is on this machine.',
      ]),
    ),
  );
}

/** Code is marked in the docs' table; a cell of this one is plain text. */
function unquoted(text = ABSENT): string {
  return text.replaceAll('`', '');
}
