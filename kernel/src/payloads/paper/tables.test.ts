import { describe, expect, it } from 'vitest';
import type { TableExhibit } from '../../display/exhibits';
import { asCsv } from './csv';
import { gridOf } from './grid-of';
import { asLatex, figureAsLatex } from './latex';
import { asMarkdown } from './markdown';

const TABLE: TableExhibit = {
  caption: 'Formats of net_1: 3 & more',
  columns: [
    { header: 'Format' },
    { header: 'Execution', align: 'left' },
    { header: 'median', group: 'Latency' },
    { header: 'Share', group: 'Latency' },
    { header: 'Speedup' },
    { header: 'Max error' },
    { header: 'Energy' },
  ],
  rows: [
    ['fp32', 'native', '1.50 ms', '40%', '1.00x', '0', '1.2 J measured'],
    ['bf16 "b"', 'native', '900 µs', '<0.01%', '2.00x', '1.2e-9', '–'],
    ['int8, 2⁻²⁴', 'simulated', '12.5 ms', '60%', '–', '−0.03', '800 mJ modelled'],
  ],
};

const NOTES = ['Latency is measured: n = 3', 'Weights sha256 0123456789ab.'];
const grid = gridOf(TABLE, NOTES);

describe('a table for a paper', () => {
  it('reads what is infinite, and figures of one kind that say how they came about', () => {
    const columns = [{ header: 'Format' }, { header: 'SQNR' }, { header: 'Energy' }];
    const rows = [
      ['fp32', '∞ dB', '4 mJ modelled'],
      ['int8', '41.6 dB', '0.5 J modelled'],
    ];
    expect(asCsv(gridOf({ caption: '', columns, rows }))).toBe(
      'Format,SQNR (dB),"Energy (mJ, modelled)"\r\nfp32,inf,4\r\nint8,41.6,500\r\n',
    );
  });

  it('has one unit a column, in its head, and the digits that each figure had', () => {
    expect(grid.columns.map(({ unit }) => unit)).toEqual([
      undefined,
      undefined,
      'ms',
      undefined,
      '×',
      undefined,
      undefined,
    ]);
    expect(grid.rows.map((row) => row[2]?.figure)).toEqual(['1.50', '0.900', '12.5']);
    expect(grid.rows.map((row) => row[5]?.figure)).toEqual(['0', '1.2e-9', '-0.03']);
  });

  it('leaves cells as they are where one says more than a figure, or another unit', () => {
    expect(grid.rows.map((row) => row[3]?.text)).toEqual(['40%', '<0.01%', '60%']);
    expect(grid.rows.map((row) => row[6]?.text)).toEqual([
      '1.2 J measured',
      '–',
      '800 mJ modelled',
    ]);
  });

  it('is CSV by RFC 4180, with figures that a program reads and nothing for what is missing', () => {
    expect(asCsv(grid).split('\r\n')).toEqual([
      'Format,Execution,Latency: median (ms),Latency: Share,Speedup (×),Max error,Energy',
      'fp32,native,1.50,40%,1.00,0,1.2 J measured',
      '"bf16 ""b""",native,0.900,<0.01%,2.00,1.2e-9,',
      '"int8, 2⁻²⁴",simulated,12.5,60%,,-0.03,800 mJ modelled',
      '',
    ]);
  });

  it('is Markdown with its method below', () => {
    const text = asMarkdown(grid);
    expect(text).toContain('**Formats of net\\_1: 3 & more**\n\n| Format |');
    expect(text).toContain('| --- | --- | ---: | ---: | ---: | ---: | ---: |');
    expect(text).toContain('| bf16 "b" | native | 0.900 | \\<0.01% |');
    expect(text).toContain('\n- Latency is measured: n = 3\n');
  });

  it('is LaTeX of booktabs and siunitx, in signs that pdfLaTeX knows', () => {
    const text = asLatex(grid);
    expect(text).toMatch(/^[\x00-\x7f]*$/);
    expect(text).toContain(
      '\\caption[{Formats of net\\_1: 3 \\& more}]{Formats of net\\_1: 3 \\& more. Latency is measured: n = 3. Weights sha256 0123456789ab.}',
    );
    expect(text).toContain('\\label{tab:formats-of-net-1}');
    expect(text).toContain(
      '\\begin{tabular}{llS[table-format=2.3]rS[table-format=1.2]S[table-format=-1.2e-1]r}',
    );
    expect(text).toContain(
      '\\multicolumn{2}{c}{} & \\multicolumn{2}{c}{Latency} & \\multicolumn{3}{c}{} \\\\\n    \\cmidrule(lr){3-4}',
    );
    expect(text).toContain('Format & Execution & {median (ms)} & Share & {Speedup ($\\times$)}');
    expect(text).toContain(
      "bf16 ''b'' & native & 0.900 & \\textless{}0.01\\% & 2.00 & 1.2e-9 & --",
    );
    expect(text).toContain('int8, 2$^{-24}$ & simulated & 12.5 & 60\\% & {--} & -0.03');
    // Every row has as many cells as there are columns, and braces are closed.
    const rows = text
      .split('\n')
      .filter((line) => / & .*\\\\$/.test(line) && !line.includes('multi'));
    expect(rows.map((row) => row.split(' & ').length)).toEqual([7, 7, 7, 7]);
    const braces = text.replaceAll(/\\[{}]/g, '');
    expect(braces.match(/\{/g)?.length).toBe(braces.match(/\}/g)?.length);
    expect(asLatex(grid, 'text')).toContain('\\begin{table*}');
  });

  it('wraps columns of sentences in LaTeX, and no others', () => {
    const sentence = 'a network of some layers, at batch 1, on a machine of theirs';
    const columns = ['Format', 'Claim', 'On', 'Source'].map((header) => ({
      header,
      align: 'left' as const,
    }));
    const rows = [['fp16', '1.5–5.5x', sentence, sentence]];
    expect(asLatex(gridOf({ caption: '', columns, rows }))).toContain(
      '\\begin{tabular}{llp{0.30\\linewidth}p{0.30\\linewidth}}',
    );
  });

  it('says which signs it could not print, by their code points', () => {
    const text = figureAsLatex({ caption: '层 ✓ é', notes: [] }, 'a.pdf');
    expect(text).toContain('[U+5C42] [U+2713] é');
    expect(text).toContain('\\includegraphics[width=\\columnwidth]{a.pdf}');
  });
});
