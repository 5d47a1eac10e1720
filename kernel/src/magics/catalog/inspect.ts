import { INSPECTED } from '../../formats/inspect';
import { ROUNDINGS, type Rounding } from '../../formats/rounding';
import { FORMATS, type FormatId } from '../../formats/table';
import { call } from '../code';
import { defineMagic } from '../declare';
import { choice, choices, expression, flag, number, required } from '../parameters';

const FORMAT_IDS = Object.keys(FORMATS) as FormatId[];
const ROUNDING_NAMES = Object.keys(ROUNDINGS) as Rounding[];

export const inspect = defineMagic({
  name: 'inspect',
  topic: 'precision',
  forms: ['line'],
  summary: 'Show a number in every format: its bits, its code, its error.',
  details: [
    'Of an array or a tensor it shows the largest error and the signal-to-noise ratio per format, and how many values underflow or overflow.',
    `Without \`--formats\`: ${INSPECTED.join(', ')}.`,
  ],
  positionals: {
    value: required(expression('A number, an array of numbers or a tensor.')),
  },
  options: {
    formats: choices('The formats to show.', FORMAT_IDS),
    rounding: choice('How to round. Without it `nearest-even`.', ROUNDING_NAMES),
    saturate: flag('What is too large becomes the largest value instead of infinity or NaN.'),
    seed: number('Of stochastic rounding.', { integer: true }),
  },
  examples: [
    { code: '%inspect 0.1', does: 'One tenth, which no binary format has.' },
    {
      code: '%inspect 1e5 --formats fp16,bf16,e4m3 --rounding toward-zero',
      does: 'Where a hundred thousand overflows, and where rounding toward zero holds it back.',
    },
  ],
  expand: ({ value, formats, rounding, saturate, seed }) => ({
    kind: 'expression',
    code: call('inspectValue', value, { formats, rounding, saturate: saturate || undefined, seed }),
    shows: true,
  }),
});
