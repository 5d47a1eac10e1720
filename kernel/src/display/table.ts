import { scrollBox } from './scroll-box';
import { escapeHtml, plain } from './text';

export interface Column {
  readonly header: string;
  /** `right` for figures. Default: `left` for the first column, else `right`. */
  readonly align?: 'left' | 'right';
  /** Neighboring columns with the same group share a heading above theirs. */
  readonly group?: string;
  /** How HTML shows the cells' texts, where those are long; the whole is then their title. */
  readonly brief?: (text: string) => string;
}

export interface TableOptions {
  /** Stands above the table, as a `<caption>` in HTML. */
  readonly caption?: string;
}

/** One string per column; the first cell is the row's heading. */
export type Row = readonly string[];

const TABLE = 'halfnote-table';
const SENTENCE_LENGTH = 40;

/**
 * What a table looks like, once a page and not in each cell. Front ends that sanitize drop it, as they do
 * with the tables of others, and show the table in their own style: where text stands left, and sentences
 * wrap, cells say so themselves.
 */
export const TABLE_STYLE = within(
  // Twice the class outweighs what JupyterLab says of tables in outputs.
  `table.${TABLE}.${TABLE}`,
  [
    [
      '',
      'border-collapse:collapse;border:0;margin:0;font-size:inherit;font-variant-numeric:tabular-nums;color:var(--jp-content-font-color1,currentColor)',
    ],
    ['& caption', 'caption-side:top;padding:0 0 6px;font-weight:600;color:inherit'],
    [
      '& :is(th,td)',
      'padding:3px 7px;white-space:nowrap;vertical-align:top;text-align:right;border:0;border-bottom:1px solid var(--jp-border-color2,#8884)',
    ],
    // Where there is too little room, words wrap; figures don't.
    ['& :is(thead th,td[style])', 'white-space:normal'],
    ['& thead th', 'vertical-align:bottom;border-bottom-color:var(--jp-border-color1,#8889)'],
    ['& tbody th', 'font-weight:600'],
    ['& thead td', 'border:0'],
  ],
);

/** On paper nothing scrolls: tables take the page's width, wrap, and are the smaller the more columns they have. */
export const PRINT_STYLE =
  '@media print{' +
  within(`table.${TABLE}.${TABLE}`, [
    ['', 'font-size:8pt'],
    ['&:has(thead th:nth-child(9))', 'font-size:7pt'],
    [
      '& :is(th,td)',
      'padding:2px 4px;white-space:normal;min-width:0!important;overflow-wrap:break-word',
    ],
    ['& thead', 'display:table-header-group'],
    // Sentences get room, which cells of figures don't need.
    ['& [style*=min-width]', 'min-width:6em!important'],
  ]) +
  within('.halfnote', [
    ['& [role=group]', 'overflow:visible!important'],
    ['& :is(tr,img)', 'break-inside:avoid'],
    ['& :is(caption,thead)', 'break-after:avoid'],
  ]) +
  // JupyterLab keeps each output on one page, and leaves the rest of the page before it empty.
  '.jp-OutputArea-child:has(.halfnote){display:block;break-inside:auto}' +
  '.jp-Cell:has(.halfnote) .jp-Cell-inputWrapper{break-after:avoid}}';

/** Rules of what is within `selector`, which is said once: they are stored with each output. */
function within(
  selector: string,
  rules: readonly (readonly [part: string, style: string])[],
): string {
  const own = rules.map(([part, style]) => (part === '' ? `${style};` : `${part}{${style}}`));
  return `${selector}{${own.join('')}}`;
}

/** Between the columns of a terminal. */
const GAP = '  ';

function alignment(column: Column, index: number): 'left' | 'right' {
  return column.align ?? (index === 0 ? 'left' : 'right');
}

/**
 * A real table: caption, `scope` on every heading, no script, colors from the page's theme.
 * All text is escaped. Wide tables scroll within their own box.
 */
export function htmlTable(
  columns: readonly Column[],
  rows: readonly Row[],
  options: TableOptions = {},
): string {
  return markupTable(
    columns,
    rows.map((row) => columns.map((column, index) => escapedCell(column, row[index] ?? ''))),
    options,
  );
}

/** A cell's content in HTML, and its attributes. */
export interface Cell {
  readonly html: string;
  readonly title?: string;
  /** A sentence, which wraps instead of pushing the table out of the page. */
  readonly wraps?: boolean;
}

/** The same of cells that are HTML already. */
export function markupTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { caption }: TableOptions = {},
): string {
  const head = columns
    .map((column, index) => {
      const attributes = styled(alignment(column, index), false);
      return `<th scope="col"${attributes}>${escapeHtml(column.header)}</th>`;
    })
    .join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((cell, index) => markupCell(cell, columns[index], index)).join('')}</tr>`,
    )
    .join('');
  return scrollBox(
    `<table class="${TABLE}">` +
      (caption === undefined
        ? ''
        : `<caption style="text-align:left">${escapeHtml(caption)}</caption>`) +
      `<thead>${groupRow(columns)}<tr>${head}</tr></thead><tbody>${body}</tbody></table>`,
    caption ?? columns.map(({ header }) => header).join(', '),
  );
}

function escapedCell(column: Column, whole: string): Cell {
  const shown = column.brief?.(whole) ?? whole;
  return {
    html: escapeHtml(shown),
    wraps: shown.length > SENTENCE_LENGTH,
    ...(shown === whole ? {} : { title: whole }),
  };
}

function markupCell(
  { html, title, wraps = false }: Cell,
  column: Column = { header: '' },
  index: number,
): string {
  const attributes =
    styled(alignment(column, index), wraps) +
    (title === undefined ? '' : ` title="${escapeHtml(title)}"`);
  return index === 0
    ? `<th scope="row"${attributes}>${html}</th>`
    : `<td${attributes}>${html}</td>`;
}

/** What differs from a figure. */
function styled(align: 'left' | 'right', wraps: boolean): string {
  const styles = [
    ...(align === 'left' ? ['text-align:left'] : []),
    ...(wraps ? ['white-space:normal', 'min-width:14em', 'max-width:40em'] : []),
  ];
  return styles.length === 0 ? '' : ` style="${styles.join(';')}"`;
}

interface Group {
  readonly name: string;
  /** The first column. */
  readonly start: number;
  readonly span: number;
}

/** Neighboring columns with the same heading above theirs; without a name where they have none. */
function groupsOf(columns: readonly Column[]): Group[] {
  const starts = columns.flatMap(({ group }, i) =>
    i > 0 && columns[i - 1]?.group === group ? [] : [i],
  );
  return starts.map((start, i) => ({
    name: columns[start]?.group ?? '',
    start,
    span: (starts[i + 1] ?? columns.length) - start,
  }));
}

function groupRow(columns: readonly Column[]): string {
  if (columns.every((column) => column.group === undefined)) return '';
  const cells = groupsOf(columns).map(({ name, span }) =>
    name === ''
      ? `<td colspan="${span}"></td>`
      : `<th scope="colgroup" colspan="${span}" style="text-align:center">${escapeHtml(name)}</th>`,
  );
  return `<tr>${cells.join('')}</tr>`;
}

/** The same table for a terminal: aligned columns, a rule under the headings, no trailing blanks. */
export function textTable(
  columns: readonly Column[],
  rows: readonly Row[],
  options: TableOptions = {},
): string {
  const cells = rows.map((row) => columns.map((_, index) => plain(row[index] ?? '')));
  const widths = columns.map((column, index) =>
    Math.max(width(column.header), ...cells.map((row) => width(row[index] ?? ''))),
  );
  const above = groupLine(columns, widths);
  const line = (row: readonly string[]): string =>
    columns
      .map((column, index) => {
        const text = row[index] ?? '';
        const gap = ' '.repeat((widths[index] ?? 0) - width(text));
        return alignment(column, index) === 'right' ? gap + text : text + gap;
      })
      .join(GAP)
      .trimEnd();
  const rule = widths.map((size) => '─'.repeat(size)).join(GAP);
  const heads = [...above, line(columns.map((column) => column.header))];
  const lines = [...heads, rule, ...cells.map(line)];
  return (options.caption === undefined ? lines : [plain(options.caption), ...lines]).join('\n');
}

/** The headings of groups, over the middle of their columns; `widths` grows where they need it. */
function groupLine(columns: readonly Column[], widths: number[]): string[] {
  if (columns.every((column) => column.group === undefined)) return [];
  const parts = groupsOf(columns).map(({ name: given, start, span }) => {
    const name = plain(given);
    const last = start + span - 1;
    const held = widths
      .slice(start, start + span)
      .reduce((sum, size) => sum + size + GAP.length, 0);
    const lacking = Math.max(0, width(name) - (held - GAP.length));
    widths[last] = (widths[last] ?? 0) + lacking;
    const free = held - GAP.length + lacking - width(name);
    const before = Math.floor(free / 2);
    return ' '.repeat(before) + name + ' '.repeat(free - before);
  });
  return [parts.join(GAP).trimEnd()];
}

/** Terminal columns of a text, good enough for names and figures: wide East Asian letters take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    columns += /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFF00-\uFF60]/u.test(
      character,
    )
      ? 2
      : 1;
  }
  return columns;
}
