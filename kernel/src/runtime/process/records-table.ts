const MAX_ROWS = 100;
const MAX_COLUMNS = 30;

type Scalar = string | number | boolean | bigint | null | undefined | Date;

/** An array of flat records as an HTML table; undefined for any other value. */
export function recordsTable(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const records = value as readonly unknown[];
  if (!records.every(isFlatRecord)) return undefined;
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  if (columns.length === 0 || columns.length > MAX_COLUMNS) return undefined;
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const body = records
    .slice(0, MAX_ROWS)
    .map(
      (record) =>
        `<tr>${columns.map((column) => `<td>${cellText(record[column])}</td>`).join('')}</tr>`,
    )
    .join('');
  const rest = records.length - MAX_ROWS;
  const note = rest > 0 ? `<caption>The first ${MAX_ROWS} of ${records.length} rows</caption>` : '';
  return `<table>${note}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function isFlatRecord(value: unknown): value is Readonly<Record<string, Scalar>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return Object.values(value).every((field) =>
    field === null || typeof field !== 'object'
      ? typeof field !== 'function'
      : field instanceof Date,
  );
}

function cellText(value: Scalar): string {
  if (value === undefined) return '';
  return escapeHtml(value instanceof Date ? value.toISOString() : String(value));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
