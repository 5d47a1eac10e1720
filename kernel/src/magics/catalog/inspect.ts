import { INSPECTED } from '../../formats/inspect';
import { INSPECTABLE, inspectableName, nearInspectable } from '../../formats/inspectable';
import { ROUNDINGS, type Rounding } from '../../formats/rounding';
import { call } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, choices, expression, flag, number, required } from '../language/parameters';

const ROUNDING_NAMES = Object.keys(ROUNDINGS) as Rounding[];

export const inspect = defineMagic({
  name: 'inspect',
  topic: 'precision',
  forms: ['line'],
  summary: 'Show a number in the formats of models: its bits, its code, its error.',
  details: [
    'Of an array or a tensor it shows the largest error and the signal-to-noise ratio per format, and how many values underflow or overflow.',
    `Without \`--formats\`: ${INSPECTED.join(', ')}. \`--formats all\` shows all ${INSPECTABLE.length}.`,
    'A single number is rounded to the values of a format as they are, to whole numbers in INT8, and in MX formats as the only one of its block. Of an array, integers and block formats get the scales that quantization gives them; below the table stands what they come to without.',
    'In JupyterLab the bits of a single number can be turned, by a click or by arrow keys and space bar: code, value, error, spacing and neighbors follow, also in a stored notebook.',
  ],
  positionals: {
    value: required(
      expression(
        'A number, an array of numbers or a tensor.',
        'a number, an array of numbers or a tensor',
      ),
    ),
  },
  options: {
    formats: choices('The formats to show.', [...INSPECTABLE, 'all'], {
      nameOf: inspectableName,
      near: nearInspectable,
    }),
    rounding: choice('How to round. Without it `nearest-even`.', ROUNDING_NAMES),
    saturate: flag('What is too large becomes the largest value instead of infinity or NaN.'),
    seed: number('Of stochastic rounding.', { integer: true }),
  },
  examples: [
    { code: '%inspect 0.1', does: 'One tenth, which no binary format has.' },
    {
      code: '%inspect weights --formats int8,int4,nf4,mxfp4',
      does: 'How much of a tensor four formats keep, each with its scales.',
    },
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
