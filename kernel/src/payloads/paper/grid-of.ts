import type { Exhibits, TableExhibit } from '../../display/exhibits';
import { ABSENT } from '../../display/units';
import { commonUnit } from './common-unit';
import type { Grid, GridCell, GridColumn } from './grid';

/** A table of a view as one of a paper. */
export function gridOf(
  { caption, columns, rows }: TableExhibit,
  notes: Exhibits['notes'] = [],
): Grid {
  const read = columns.map(({ header, group, align }, i) => {
    const texts = rows.map((row) => (row[i] ?? '').trim());
    // The first column names the row, also where it does so by numbers.
    const found = i === 0 ? undefined : commonUnit(texts);
    const cells = found?.cells ?? texts.map((text): GridCell => ({ text }));
    const unit = found?.unit ?? '';
    const column: GridColumn = {
      header,
      ...(group === undefined ? {} : { group }),
      ...(unit === '' ? {} : { unit }),
      isNumeric: found !== undefined || (i > 0 && align !== 'left'),
    };
    return { column, cells };
  });
  return {
    caption,
    notes,
    columns: read.map(({ column }) => column),
    rows: rows.map((_, row) => read.map(({ cells }) => cells[row] ?? { text: ABSENT })),
  };
}
