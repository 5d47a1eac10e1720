import { awaited, call, Code, join, userCode, type Value } from '../language/code';
import { defineMagic } from '../language/declare';
import { number, statement, withShort } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import type { Word } from '../../magic-lines/words';
import { functionHead, functionOfCell } from './cell-function';

const DECLARES = new Set(['const', 'let', 'var', 'class', 'function', 'import', 'export']);
const STATEMENTS = new Set('if for while do switch try throw debugger'.split(' '));

export const timeit = defineMagic({
  name: 'timeit',
  topic: 'timing',
  forms: ['line', 'cell'],
  summary: 'Time a statement or the cell over many loops: mean, standard deviation and best time.',
  details: [
    'The number of loops is raised tenfold until they take 0.2 s; then these loops run 7 times. A promise is awaited in each loop. What the statement or the cell declares does not stay.',
    'As `%%timeit` it times the rest of the cell, in which `await` may stand. A statement on its own line is the set-up: it runs once and is not timed, and the cell sees what it declares.',
    'tfjs tensors that a synchronous statement or cell makes are freed after each loop. Those of an asynchronous one are not: dispose of them in it. Nor are those of the set-up: make large ones in a cell of their own.',
  ],
  positionals: {
    statement: statement('An expression, or statements; the set-up for `%%timeit`.'),
  },
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
    {
      code: '%timeit -n 10 -r 3 await (model.predict(x) as tf.Tensor).data()',
      does: 'Three runs of ten loops.',
    },
    {
      code: '%%timeit const values = Array.from({ length: 1000 }, Math.random)\nvalues.sort();\nvalues.reverse();',
      does: 'The time of two statements; their data is made once, before.',
    },
  ],
  expand: ({ statement: word, loops, repeats }, form) => {
    const options = { loops, repeats };
    if (form === 'cell') {
      return { kind: 'around', around: (cell) => timedCell(word, cell, options) };
    }
    if (!word) {
      throw new MagicProblem(
        'missing statement',
        'give it a statement, or write %%timeit over the cell',
      );
    }
    return { kind: 'expression', code: awaited('timeIt', bodyOf(word), options), shows: true };
  },
});

/** A function of the statement: with its value, if it is an expression. */
function bodyOf(word: Word): Code {
  const [first] = word.tokens;
  const isExpression =
    !word.tokens.some(({ text, depth }) => depth === 0 && text === ';') &&
    !(first && (DECLARES.has(first.text) || STATEMENTS.has(first.text)));
  const head = functionHead(word.tokens);
  return isExpression
    ? join([`${head}(`, userCode(word), ')'])
    : join([`${head}{ `, userCode(word), '; }']);
}

function timedCell(setUp: Word | undefined, cell: Code, options: Value): Code {
  const timed = functionOfCell(cell, '%%timeit has nothing to time', '%timeit before a statement');
  if (!setUp) return awaited('timeIt', timed, options);
  return join([
    'await (async () => { ',
    userCode(setUp),
    '; return ',
    call('timeIt', timed, options),
    '; })()',
  ]);
}
