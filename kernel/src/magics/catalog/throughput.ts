import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { expression, number, required, text } from '../language/parameters';
import { TAKES } from './takes';

const SIZES = /^[1-9]\d{0,8}(,[1-9]\d{0,8})*$/;

export const throughput = defineMagic({
  name: 'throughput',
  topic: 'timing',
  forms: ['line'],
  summary: 'Measure latency (p50, p95, p99) and samples per second of a model by batch size.',
  details: [
    'The model runs under the precision in force, on the first samples of the data; the batch sizes take turns. A format that this machine only simulates gets no speed.',
    'How long a training takes to an accuracy, `timeToAccuracy` tells, a callback of `fit`.',
  ],
  positionals: {
    model: required(expression('The model.', TAKES.anyModel)),
  },
  options: {
    data: required(expression('Inputs.', TAKES.tensors)),
    batch: text(
      'Batch sizes, with commas between. Without it 1, 8 and 32.',
      'list of integers >= 1',
      (value) => (SIZES.test(value) ? undefined : 'Allowed: integers >= 1 with commas between'),
    ),
    seconds: number('How long each batch size is run. Without it 2.', { min: 0, unit: 's' }),
  },
  examples: [
    { code: '%throughput model --data xTest', does: 'At batch 1, 8 and 32.' },
    {
      code: '%throughput model --data xTest --batch 1,64,256 --seconds 10',
      does: 'Longer, so that the tail is known too.',
    },
  ],
  expand: ({ model, data, batch, seconds }) => ({
    kind: 'expression',
    code: awaited('throughput', model, {
      data: { x: data },
      batchSizes: batch?.split(',').map(Number),
      seconds,
    }),
    shows: true,
  }),
});
