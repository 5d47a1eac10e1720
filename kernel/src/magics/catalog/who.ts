import { call } from '../language/code';
import { defineMagic } from '../language/declare';

export const who = defineMagic({
  name: 'who',
  topic: 'notebook',
  forms: ['line'],
  summary: "List the notebook's variables, each with its type and a short value.",
  details: ['Tensors are listed with their shape and dtype; their values are not read.'],
  positionals: {},
  options: {},
  examples: [{ code: '%who', does: 'A table of all variables.' }],
  expand: () => ({ kind: 'expression', code: call('listVariables'), shows: true }),
});
