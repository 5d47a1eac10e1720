import { notes, paragraph, stacked, staticBundle, table } from '../display/fallback';
import type { Column } from '../display/table';
import { TextView } from '../display/text-view';
import { ABSENT, bytes } from '../display/units';
import { counted } from '../display/words';
import type { VariableRow } from '../payloads/comms';
import { variableList } from '../variables/list';
import { notebook } from './variables';

const COLUMNS: readonly Column[] = [
  { header: 'name' },
  { header: 'type', align: 'left' },
  { header: 'shape', align: 'left' },
  { header: 'format', align: 'left' },
  { header: 'size' },
  { header: 'value', align: 'left' },
];

/**
 * The notebook's variables, each with its type, shape, format and bytes, as the extension's panel shows
 * them. No getter or method of theirs is run. Throws `no-notebook` outside of one.
 */
export function describeVariables(): TextView {
  const { rows, hidden } = variableList(notebook().variables());
  if (rows.length === 0) return new TextView(staticBundle(paragraph('No variables.')));
  const total = rows.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
  return new TextView(
    staticBundle(
      stacked(
        table(COLUMNS, rows.map(cells), {
          caption: `${counted(rows.length, 'variable')}, ${bytes(total)} of numbers`,
        }),
        notes(hidden > 0 ? [`The newest ${rows.length}; ${hidden} more are older.`] : []),
      ),
    ),
  );
}

function cells({ name, type, shape, format, bytes: size, text }: VariableRow): readonly string[] {
  return [
    name,
    type,
    shape === null ? '' : `[${shape.join(', ')}]`,
    format,
    size === null ? ABSENT : bytes(size),
    text,
  ];
}
