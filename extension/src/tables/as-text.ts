import { gridOf, type Grid } from './grid';

const WRITTEN = { CSV: asCsv, Markdown: asMarkdown, LaTeX: asLatex } as const;

/** A table of the page as text, to be pasted into a paper. */
export function tableAs(format: keyof typeof WRITTEN, table: HTMLTableElement): string {
  return WRITTEN[format](gridOf(table));
}

/** RFC 4180: commas, lines ended by CR LF, quotes where a cell needs them. */
export function asCsv({ head, rows }: Grid): string {
  const quoted = (cell: string): string =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return [head, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

/** A table of GitHub's Markdown, the first column left and the others right, as they are shown. */
export function asMarkdown({ caption, head, rows }: Grid): string {
  const cell = (text: string): string => text.replace(/[\\|`*_<>[\]]/g, '\\$&');
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |\n`;
  const rule = `|${head.map((_, i) => (i === 0 ? ' --- |' : ' ---: |')).join('')}\n`;
  const above = caption === '' ? '' : `${cell(caption)}\n\n`;
  return above + line(head) + rule + rows.map(line).join('');
}

/** A `table` of LaTeX with the rules of the package booktabs. */
export function asLatex({ caption, head, rows }: Grid): string {
  const line = (cells: readonly string[]): string => `    ${cells.map(latex).join(' & ')} \\\\\n`;
  return (
    '\\begin{table}\n  \\centering\n' +
    (caption === '' ? '' : `  \\caption{${latex(caption)}}\n`) +
    `  \\begin{tabular}{l${'r'.repeat(Math.max(0, head.length - 1))}}\n    \\toprule\n` +
    `${line(head)}    \\midrule\n${rows.map(line).join('')}    \\bottomrule\n` +
    '  \\end{tabular}\n\\end{table}\n'
  );
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  µ: '$\\mu$',
  '−': '$-$',
  '±': '$\\pm$',
  '×': '$\\times$',
  '≤': '$\\le$',
  '≥': '$\\ge$',
  '∞': '$\\infty$',
  '·': '$\\cdot$',
  '–': '--',
  '…': '\\ldots{}',
};

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Text as LaTeX prints it, with pdfLaTeX too. */
function latex(text: string): string {
  return text
    .replace(/[\\~^µ−±×≤≥∞·–…{}$&#_%]/g, (sign) => LATEX[sign] ?? `\\${sign}`)
    .replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (power) => {
      const plain = power.replace(/./g, (sign) =>
        sign === '⁻' ? '-' : String(RAISED.indexOf(sign)),
      );
      return `$^{${plain}}$`;
    });
}
