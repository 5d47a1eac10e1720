import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { number } from '../language/parameters';
import { functionOfCell } from './cell-function';
import { trialArguments, trialOptions } from './trial-options';

export const measure = defineMagic({
  name: 'measure',
  topic: 'energy',
  forms: ['cell'],
  summary: 'Measure energy and time of the cell by many trials, with an interval and a verdict.',
  details: [
    'The cell is run again and again: first to warm up, then in trials that are long enough for the energy counters, with rests in between, until the interval is as narrow as asked for or the budget ends. What it declares does not stay.',
    'It ends as `VALID`, or as `INVALID` because of load of others, steal time, suspend, throttling, swapping, too few trials or counter steps, incomplete meters, or a precision that was not reached.',
    'Energy is shown as it is attributed to the cell, for the whole machine, and above what the machine draws idle. To compare several works, call `measureTrials({a: () => ..., b: () => ...})`: their trials alternate at random.',
    'tfjs tensors that a synchronous cell makes are freed after each run. Those of an asynchronous one are not: dispose of them in it.',
  ],
  positionals: {},
  options: {
    ...trialOptions,
    warmUp: number('Runs before the first trial. Without it, as many as a trial takes.', {
      min: 0,
      integer: true,
    }),
    seed: number('Of the lengths of trials and rests. Without it 1.', { integer: true }),
  },
  examples: [
    {
      code: '%%measure\nmodel.predict(x)',
      does: 'Joules and seconds of one prediction, to 5 %.',
    },
    {
      code: '%%measure --trials 5\nawait model.fit(x, y, { epochs: 1, verbose: 0 })',
      does: 'An epoch of training, in five trials, however long they take.',
    },
    {
      code: '%%measure --precision 10% --budget 1min --warm-up 3\ntf.matMul(a, b).dataSync()',
      does: 'Short work, to 10 %, in a minute at most. Ten trials have to fit.',
    },
  ],
  expand: ({ warmUp, seed, ...trials }) => ({
    kind: 'around',
    around: (cell) =>
      awaited('measureTrials', functionOfCell(cell, '%%measure has nothing to measure'), {
        ...trialArguments(trials),
        warmUp,
        seed,
      }),
  }),
});
