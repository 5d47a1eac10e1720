import { call } from '../language/code';
import { defineMagic } from '../language/declare';
import { text } from '../language/parameters';

export const seed = defineMagic({
  name: 'seed',
  topic: 'notebook',
  forms: ['line'],
  summary: 'Seed everything that draws at random, so that a run can be repeated.',
  details: [
    'Initial weights, dropout and noise, the order of `fit` and of `tf.data`, random tensors, and `Math.random` of your own code. What is given a seed of its own keeps it. The same seed again begins anew: put it at the top of the notebook, or before a training that is to be repeated.',
    'Not seeded are `crypto`, worker threads and other processes. On a CPU sums are the same each time with the same number of threads; on a GPU only with `TF_DETERMINISTIC_OPS=1` in the environment before the start.',
  ],
  positionals: {
    seed: text(
      'A whole number; `off` takes the seed back. Without it: the seed in force.',
      'integer >= 0|off',
      (value) =>
        value === 'off' || (/^\d+$/.test(value) && Number.isSafeInteger(Number(value)))
          ? undefined
          : 'Allowed: whole numbers from 0 to 2^53 - 1, and off',
      ['off'],
    ),
  },
  options: {},
  examples: [
    { code: '%seed 42', does: 'Two runs of the notebook give the same weights.' },
    { code: '%seed', does: 'Shows the seed in force.' },
    { code: '%seed off', does: 'Each run draws other numbers again.' },
  ],
  expand: ({ seed: given }) => ({
    kind: 'expression',
    code:
      given === undefined
        ? call('describeSeed')
        : given === 'off'
          ? call('clearSeed')
          : call('setSeed', Number(given)),
    shows: true,
  }),
});
