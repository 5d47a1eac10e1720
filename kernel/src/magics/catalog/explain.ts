import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { expression, expressions, required } from '../language/parameters';
import { TAKES } from './takes';

export const explain = defineMagic({
  name: 'explain',
  topic: 'precision',
  forms: ['line'],
  summary: 'Explain what the precision in force does to a model: each op, its format, and why.',
  details: [
    'The model runs forward and backward on the data once, without an update. First stand the loss scale and the layers to keep in fp32 that measured ranges propose, with the line that does so, and what casts cost. The table says for each layer, and folded below it for each op, in which format it ran, native or simulated, by which rule, what was cast and how long that took.',
    'An ONNX model (`loadOnnx`) runs in ONNX Runtime in the types of its file, whatever the policy. It is run once: the table says for each operator, and folded below it for each node, what its kernel computed with, by the profiler of ONNX Runtime, and what the rules of autocast would give it, native where ONNX Runtime has a kernel of that format here.',
  ],
  positionals: { model: required(expression('The model.', TAKES.modelOrOnnx)) },
  options: {
    data: required(
      expressions(
        'A batch of inputs and, for the compiled loss, the outputs.',
        ['x', 'y'],
        1,
        TAKES.tensors,
      ),
    ),
  },
  examples: [
    {
      code: '%explain model --data x.slice(0, 32),y.slice(0, 32)',
      does: 'What runs in which format, and why.',
    },
    {
      code: '%explain detector --data images',
      does: 'What an ONNX model runs in, and would under the policy.',
    },
  ],
  expand: ({ model, data: [x, y] }) => ({
    kind: 'expression',
    code: awaited('explainPrecision', model, { data: { x, y } }),
    shows: true,
  }),
});
