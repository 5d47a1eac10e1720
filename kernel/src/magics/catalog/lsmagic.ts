import { call } from '../language/code';
import { defineMagic } from '../language/declare';

export const lsmagic = defineMagic({
  name: 'lsmagic',
  topic: 'notebook',
  forms: ['line'],
  summary: 'List the magics and what they do.',
  positionals: {},
  options: {},
  examples: [{ code: '%lsmagic', does: 'A table of all magics; `%name?` shows one of them.' }],
  expand: () => ({ kind: 'expression', code: call('lsmagic'), shows: true }),
});
