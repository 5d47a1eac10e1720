import type { CompareFormat } from '../../analysis/candidates';
import { awaited } from '../code';
import { defineMagic } from '../declare';
import { choices, expression, expressions, number, required } from '../parameters';

const FORMATS = [
  'fp32',
  'tf32',
  'bf16',
  'fp16',
  'fp8',
  'int8',
] as const satisfies readonly CompareFormat[];

export const compare = defineMagic({
  name: 'compare',
  topic: 'precision',
  forms: ['line'],
  summary: 'Compare a model in several formats: accuracy, error, speed, memory, energy.',
  details: [
    'The first format is the baseline of speed and size; errors are against fp32, whichever comes first. What the literature claims is relative to fp32, and shown with that baseline only.',
    'A format that this machine only simulates gets no speed; as the baseline it leaves all speedups out.',
  ],
  positionals: {
    formats: required(choices('The formats to compare.', FORMATS)),
    model: required(expression('The model.')),
  },
  options: {
    data: required(expressions('Inputs and, for a score, the expected outputs.', ['x', 'y'], 1)),
    batchSize: number('Samples per batch. Without it 256, or all there are.', {
      min: 1,
      integer: true,
    }),
    calibrate: expression(
      'Typical inputs: int8 is then static. Without, it takes the range of each batch.',
    ),
  },
  examples: [
    {
      code: '%compare fp32,bf16,fp16,int8 model --data xTest,yTest',
      does: 'The precision table of `model` on the test data.',
    },
    {
      code: '%compare fp32,int8 model --data x --batch-size 32 --calibrate x.slice(0, 100)',
      does: 'Without expected outputs: errors and speed only.',
    },
  ],
  expand: ({ formats, model, data: [x, y], batchSize, calibrate }) => ({
    kind: 'expression',
    code: awaited('compare', model, { formats, data: { x, y }, batchSize, calibrate }),
    shows: true,
  }),
});
