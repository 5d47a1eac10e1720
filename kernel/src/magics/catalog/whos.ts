import { call } from '../language/code';
import { defineMagic } from '../language/declare';

export const whos = defineMagic({
  name: 'whos',
  topic: 'notebook',
  forms: ['line'],
  summary: "List the notebook's variables, each with its type, shape, format and bytes.",
  details: [
    "A tensor's format is what its numbers are kept in, `bf16` for one of dtype float32 that is stored so; a model's are those of its weights. No getter or method of a variable is run. The extension's variables panel shows the same, with values on a click.",
  ],
  positionals: {},
  options: {},
  examples: [{ code: '%whos', does: 'A table of all variables with what they take.' }],
  expand: () => ({ kind: 'expression', code: call('describeVariables'), shows: true }),
});
