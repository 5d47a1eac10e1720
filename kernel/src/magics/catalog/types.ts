import { TYPE_CHECKS } from '../../runtime/language/type-checks';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice } from '../language/parameters';

export const types = defineMagic({
  name: 'types',
  topic: 'notebook',
  forms: ['line'],
  summary: 'Say what a type error costs the cells that follow.',
  details: [
    'strict: no statement of the cell runs. Its imports, functions, classes and types that have no error, and use nothing that has one, are defined all the same, and the error names them. This is how a notebook starts.',
    'warn: the error is shown, and the cell runs; a name that does not exist throws where it is used. off: the same, with nothing shown. What cannot be run at all, such as wrong syntax, stays an error.',
  ],
  positionals: {
    checks: choice('What it costs. Without it, what holds now.', TYPE_CHECKS),
  },
  options: {},
  examples: [
    { code: '%types warn', does: 'Runs cells with type errors, and shows these.' },
    { code: '%types', does: 'Says what holds now.' },
  ],
  expand: ({ checks }) => ({
    kind: 'expression',
    code: awaited('typeChecks', checks),
    shows: true,
  }),
});
