import { headOf, type Grid, type GridColumn } from './grid';
import { latexLabel, latexText } from './latex-text';

/** Which of a page's widths something fills: a column of two, or all of it. */
export type Span = 'column' | 'text';

/**
 * A `table` of LaTeX with the rules of booktabs, its figures set by siunitx on their decimal points. In a page
 * of two columns one of the width `text` spans both.
 */
export function asLatex({ caption, notes, columns, rows }: Grid, span: Span = 'column'): string {
  const environment = span === 'text' ? 'table*' : 'table';
  const ofText = textFormats(columns, rows);
  const formats = columns.map(
    (column, i) =>
      ofText[i] ??
      format(
        column,
        rows.map((row) => row[i]?.figure),
      ),
  );
  const line = (cells: readonly string[]): string => `    ${cells.join(' & ')} \\\\\n`;
  const body = rows.map((row) =>
    line(
      row.map(({ text, figure }, i) =>
        isAligned(formats[i]) ? (figure ?? `{${latexText(text)}}`) : latexText(text),
      ),
    ),
  );
  const heads = columns.map((column, i) => {
    const text = latexText(headOf(column, false));
    return isAligned(formats[i]) ? `{${text}}` : text;
  });
  return [
    '% \\usepackage{booktabs}\n% \\usepackage{siunitx}\n',
    `\\begin{${environment}}\n  \\centering\n`,
    captionLines('tab', caption, notes),
    `  \\begin{tabular}{${formats.join('')}}\n    \\toprule\n`,
    groupLines(columns),
    line(heads),
    `    \\midrule\n${body.join('')}    \\bottomrule\n  \\end{tabular}\n\\end{${environment}}\n`,
  ].join('');
}

/** A `figure` of LaTeX that includes the file, with the words of the picture. */
export function figureAsLatex(
  { caption, notes }: Pick<Grid, 'caption' | 'notes'>,
  file: string,
  span: Span = 'column',
): string {
  const environment = span === 'text' ? 'figure*' : 'figure';
  return [
    '% \\usepackage{graphicx}\n',
    `\\begin{${environment}}\n  \\centering\n`,
    `  \\includegraphics[width=${span === 'text' ? '\\textwidth' : '\\columnwidth'}]{${file}}\n`,
    captionLines('fig', caption, notes),
    `\\end{${environment}}\n`,
  ].join('');
}

/** The caption, in a list of figures without how it came about. */
function captionLines(kind: 'fig' | 'tab', caption: string, notes: readonly string[]): string {
  if (caption === '' && notes.length === 0) return '';
  const sentences = [caption, ...notes].filter((part) => part !== '').map(ended);
  const short = caption === '' ? '' : `[{${latexText(caption)}}]`;
  return (
    `  \\caption${short}{${sentences.map(latexText).join(' ')}}\n` +
    `  \\label{${latexLabel(kind, caption)}}\n`
  );
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Longer cells are sentences. */
const SENTENCE_LENGTH = 40;
/** Of a line, for all columns of sentences together. */
const SHARE = 0.6;

/** Columns of sentences wrap, or the table would be wider than the page; the others have none here. */
function textFormats(
  columns: readonly GridColumn[],
  rows: Grid['rows'],
): readonly (string | undefined)[] {
  const isLong = columns.map(
    ({ isNumeric }, i) =>
      !isNumeric && rows.some((row) => (row[i]?.text.length ?? 0) > SENTENCE_LENGTH),
  );
  const count = isLong.filter(Boolean).length;
  return isLong.map((long) => (long ? `p{${(SHARE / count).toFixed(2)}\\linewidth}` : undefined));
}

const isAligned = (text: string | undefined): boolean => text?.startsWith('S') === true;

/** How a column is set: `S` where it has figures, with room for the longest of each part. */
function format({ isNumeric }: GridColumn, figures: readonly (string | undefined)[]): string {
  const parts = figures.flatMap((figure) => {
    const [, sign, whole, decimals = '', power] =
      /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$/.exec(figure ?? '') ?? [];
    return whole === undefined ? [] : [{ sign, whole, decimals, power }];
  });
  if (parts.length === 0) return isNumeric ? 'r' : 'l';
  const longest = (texts: readonly string[]): number =>
    Math.max(...texts.map(({ length }) => length));
  const minus = parts.some(({ sign }) => sign === '-') ? '-' : '';
  const whole = longest(parts.map((part) => part.whole));
  const decimals = longest(parts.map((part) => part.decimals));
  const powers = parts.flatMap(({ power }) => power ?? []);
  const power =
    powers.length === 0
      ? ''
      : `e${powers.some((text) => text.startsWith('-')) ? '-' : ''}${longest(powers.map((text) => text.replace(/^[-+]/, '')))}`;
  return `S[table-format=${minus}${whole}.${decimals}${power}]`;
}

/** The heads that columns share, over a rule each. */
function groupLines(columns: readonly GridColumn[]): string {
  if (columns.every(({ group }) => group === undefined)) return '';
  const starts = columns.flatMap(({ group }, i) =>
    i > 0 && columns[i - 1]?.group === group ? [] : [i],
  );
  const groups = starts.map((start, i) => ({
    name: columns[start]?.group,
    start,
    span: (starts[i + 1] ?? columns.length) - start,
  }));
  const heads = groups.map(
    ({ name = '', span }) => `\\multicolumn{${span}}{c}{${latexText(name)}}`,
  );
  const rules = groups.flatMap(({ name, start, span }) =>
    name === undefined ? [] : [`\\cmidrule(lr){${start + 1}-${start + span}}`],
  );
  return `    ${heads.join(' & ')} \\\\\n    ${rules.join(' ')}\n`;
}
