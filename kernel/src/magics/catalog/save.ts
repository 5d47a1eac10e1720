import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, expression, flag, number, path, required } from '../language/parameters';
import { TAKES } from './takes';

export const save = defineMagic({
  name: 'save',
  topic: 'notebook',
  forms: ['line'],
  summary:
    'Save a table or a chart of a result for a paper: LaTeX, CSV, Markdown, PDF, SVG, PNG; its sources as BibTeX.',
  details: [
    'The format is what the name ends in: `.csv`, `.md` and `.tex` for a table, `.svg`, `.pdf` and `.png` for a chart, `.tex` with `--figure` for the lines of LaTeX that include it, and `.bib` for the sources that a comparison cites, as BibTeX.',
    'A chart is drawn anew for its width, so that no text is smaller than 7 points: `column` is 85 mm, `text` 178 mm, as in the two columns of ACM and IEEE. Captions say how the figures came about, on which machine, and of which bytes.',
  ],
  positionals: {
    view: required(expression('The result.', TAKES.view)),
    path: required(path('The file, seen from the notebook.')),
  },
  options: {
    table: number('Which table of the result. Without it the first.', { min: 1, integer: true }),
    figure: number('Which chart of the result. Without it the first.', { min: 1, integer: true }),
    width: choice('Without it `column`.', ['column', 'text']),
    dpi: number('Pixels of a PNG to the inch. Without it 600.', { min: 72 }),
    greyscale: flag('Without color; meanings are told apart by greys, marks and dashes.'),
  },
  examples: [
    { code: '%save result paper/layers.tex', does: 'The first table, for LaTeX.' },
    {
      code: '%save result paper/layers.pdf --width text',
      does: 'The first chart, over both columns.',
    },
    {
      code: '%save comparison paper/sources.bib',
      does: 'What the literature column of a comparison cites, for BibTeX.',
    },
  ],
  expand: ({ view, path: file, table, figure, width, dpi, greyscale }) => ({
    kind: 'statement',
    code: awaited('save', view, file, {
      table,
      figure,
      width,
      dpi,
      greyscale: greyscale || undefined,
    }),
  }),
});
