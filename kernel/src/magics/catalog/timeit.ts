import { awaited, join, userCode } from '../code';
import { defineMagic } from '../declare';
import { number, required, statement, withShort } from '../parameters';
import type { Word } from '../words';

const DECLARES = new Set(['const', 'let', 'var', 'class', 'function', 'import', 'export']);
const STATEMENTS = new Set('if for while do switch try throw debugger'.split(' '));

export const timeit = defineMagic({
  name: 'timeit',
  topic: 'timing',
  forms: ['line'],
  summary: 'Time a statement over many loops: mean, standard deviation and best time.',
  details: [
    'The number of loops is raised tenfold until they take 0.2 s; then these loops run 7 times. A promise is awaited in each loop. What the statement declares does not stay.',
    'tfjs tensors that a synchronous statement makes are freed after each loop. Those of an asynchronous one are not: dispose of them in the statement.',
  ],
  positionals: { statement: required(statement('An expression, or statements.')) },
  options: {
    loops: withShort(number('Loops per run.', { min: 1, integer: true }), '-n'),
    repeats: withShort(
      number('How often the loops run. Without it, 7.', { min: 1, integer: true }),
      '-r',
    ),
  },
  examples: [
    {
      code: '%timeit tf.matMul(a, b)',
      does: 'The time of one product; its result is freed each time.',
    },
    { code: '%timeit -n 10 -r 3 await model.predict(x).data()', does: 'Three runs of ten loops.' },
  ],
  expand: ({ statement: word, loops, repeats }) => ({
    kind: 'expression',
    code: awaited('timeIt', bodyOf(word), { loops, repeats }),
    shows: true,
  }),
});

/** A function of the statement: with its value, if it is an expression. */
function bodyOf(word: Word) {
  const [first] = word.tokens;
  const isExpression =
    !word.tokens.some(({ text, depth }) => depth === 0 && text === ';') &&
    !(first && (DECLARES.has(first.text) || STATEMENTS.has(first.text)));
  const waits = word.tokens.some(({ kind, text }) => kind === 'keyword' && text === 'await');
  const head = waits ? 'async () => ' : '() => ';
  return isExpression
    ? join([`${head}(`, userCode(word), ')'])
    : join([`${head}{ `, userCode(word), '; }']);
}
