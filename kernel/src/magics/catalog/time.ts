import { awaited, call, join, userCode, type Code } from '../language/code';
import { defineMagic } from '../language/declare';
import { statement } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import type { Token } from '../../magic-lines/tokens';
import { wordFrom, type Word } from '../../magic-lines/words';

const DECLARES = new Set(['const', 'let', 'var']);
/** What begins a statement that has no value to time; `function`, `class` and `new` may begin an expression. */
const STATEMENTS = new Set(
  'if for while do switch try throw return break continue import export debugger with'.split(' '),
);

export const time = defineMagic({
  name: 'time',
  topic: 'timing',
  forms: ['line', 'cell'],
  summary: 'Print the wall and CPU time of one statement or of the cell.',
  details: [
    'A promise is awaited. Variables that the statement declares stay, and its value is the result.',
    'CPU time counts all threads, so it can be more than the wall time.',
  ],
  positionals: { statement: statement('An expression, or a declaration of one variable.') },
  options: {},
  examples: [
    {
      code: '%time await model.fit(x, y, { epochs: 5 })',
      does: 'Trains, and prints how long it took.',
    },
    { code: '%time const y = model.predict(x)', does: 'The same for a declaration; `y` stays.' },
    { code: '%%time', does: 'Times the whole cell, also if it fails.' },
  ],
  expand: ({ statement: word }, form) => {
    if (form === 'cell') {
      if (word)
        throw new MagicProblem('%%time takes no argument', 'write %time for one statement', word);
      return { kind: 'expression', code: call('timeCell'), shows: false };
    }
    if (!word)
      throw new MagicProblem(
        'missing statement',
        'give it a statement, or write %%time for the cell',
      );
    return timeStatement(word);
  },
});

function timeStatement(word: Word) {
  const [first] = word.tokens;
  const tooMuch = word.tokens.find(({ text, depth }) => depth === 0 && text === ';');
  if (tooMuch || (first?.kind === 'keyword' && STATEMENTS.has(first.text))) {
    throw new MagicProblem(
      '%time takes one expression or declaration',
      'time more with %%time',
      tooMuch ?? word,
    );
  }
  if (!first || !DECLARES.has(first.text)) {
    return { kind: 'expression', code: timed(word), shows: false } as const;
  }
  const assignment = word.tokens.find(isAssignment);
  if (!assignment || declaresMore(word.tokens)) {
    throw new MagicProblem(
      '%time takes a declaration of one variable with its value',
      undefined,
      word,
    );
  }
  const { end } = assignment;
  const head = { text: word.text.slice(0, end - word.start), start: word.start };
  const value = word.tokens.find(({ start }) => start >= end);
  if (!value) throw new MagicProblem('missing value after =', undefined, assignment, true);
  const code = join([userCode(head), ' ', timed(wordFrom(word, value.start))]);
  return { kind: 'statement', code } as const;
}

function timed(word: Word): Code {
  return awaited('timed', join(['async () => (', userCode(word), ')']));
}

function isAssignment({ text, depth }: Token): boolean {
  return depth === 0 && text === '=';
}

/** `const a = 1, b = 2`: a comma, a name and `=`. */
function declaresMore(tokens: readonly Token[]): boolean {
  return tokens.some(({ text, depth }, i) => {
    const after = tokens[i + 2];
    return text === ',' && depth === 0 && after !== undefined && isAssignment(after);
  });
}
