import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { path, required } from '../language/parameters';

export const load = defineMagic({
  name: 'load',
  topic: 'notebook',
  forms: ['line'],
  syntax: { isShell: true, hasTextBody: false },
  summary: 'Put the text of a file in place of this cell. It is not run.',
  details: [
    "The cell's old text stays as a comment in the first line. A front end that doesn't know this (Jupyter's own do) shows nothing.",
  ],
  positionals: { path: required(path('The file, seen from the notebook.')) },
  options: {},
  examples: [{ code: '%load model.ts', does: 'The cell becomes the text of `model.ts`.' }],
  expand: ({ path: file }) => ({
    kind: 'statement',
    code: awaited('loadIntoCell', file),
  }),
});
