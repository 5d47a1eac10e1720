import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { expression, required } from '../language/parameters';
import { TAKES } from './takes';

export const weights = defineMagic({
  name: 'weights',
  topic: 'precision',
  forms: ['line'],
  summary: 'Show the weights of a quantized model before and after they were rounded, by layer.',
  details: [
    'Histograms in the same bins, the signal to noise, the largest and the root mean square error, scales and zero points, the part that lies beyond the largest number of the format, and the channel that rounding harms most. They were counted when the model was quantized: before is what was rounded, with batch normalization folded in and repairs done.',
  ],
  positionals: {
    model: required(expression('The quantized model.', TAKES.quantized)),
  },
  options: {},
  examples: [
    { code: '%weights small', does: 'What rounding did to the weights of `small`, worst first.' },
  ],
  expand: ({ model }) => ({
    kind: 'expression',
    code: awaited('weightHistograms', model),
    shows: true,
  }),
});
