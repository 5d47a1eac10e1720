import { expect, it } from 'vitest';
import { asCsv, asLatex, asMarkdown } from './as-text';
import type { Grid } from './grid';

const GRID: Grid = {
  caption: 'Errors & bytes of net_1',
  head: ['Layer', 'Weights: bytes', 'Share, %'],
  rows: [
    ['dense_1', '1.5 kB', '40%'],
    ['"odd" | <b>\\', '−3 µs ± 2⁻²⁴', '–'],
  ],
};

it('is CSV by RFC 4180', () => {
  expect(asCsv(GRID)).toBe(
    'Layer,Weights: bytes,"Share, %"\r\ndense_1,1.5 kB,40%\r\n"""odd"" | <b>\\",−3 µs ± 2⁻²⁴,–\r\n',
  );
});

it('is a table of Markdown in which nothing else means something', () => {
  expect(asMarkdown(GRID)).toBe(
    'Errors & bytes of net\\_1\n\n' +
      '| Layer | Weights: bytes | Share, % |\n| --- | ---: | ---: |\n' +
      '| dense\\_1 | 1.5 kB | 40% |\n| "odd" \\| \\<b\\>\\\\ | −3 µs ± 2⁻²⁴ | – |\n',
  );
});

it('is a booktabs table of LaTeX, in signs that pdfLaTeX knows', () => {
  const text = asLatex(GRID);
  expect(text).toContain('\\caption{Errors \\& bytes of net\\_1}');
  expect(text).toContain(
    '\\begin{tabular}{lrr}\n    \\toprule\n    Layer & Weights: bytes & Share, \\% \\\\\n    \\midrule',
  );
  expect(text).toContain('dense\\_1 & 1.5 kB & 40\\% \\\\');
  expect(text).toContain('$-$3 $\\mu$s $\\pm$ 2$^{-24}$ & -- \\\\');
  expect(text).toContain('<b>\\textbackslash{}');
  expect(text).toMatch(/^[\x00-\x7f]*$/);
});
