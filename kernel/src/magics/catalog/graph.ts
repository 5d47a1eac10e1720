import type { GraphColor } from '../../payloads/graph/schema';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, expression, required } from '../language/parameters';
import { TAKES } from './takes';

const COLORS = ['format', 'error', 'bytes'] as const satisfies readonly GraphColor[];

export const graph = defineMagic({
  name: 'graph',
  topic: 'precision',
  forms: ['line'],
  summary: 'Draw a model as a graph of its layers, colored by format, by error or by bytes.',
  details: [
    'Like `plot_model` of Keras, for models of layers, GraphModels, ONNX models and what `%quantize` makes of them: each layer with its class, output, format, bytes of weights and why it is so. Long chains go on in columns; blocks that repeat are one box each time.',
    '`error` is the signal to noise of the weights of a quantized model of tfjs, as `%weights` has it.',
  ],
  positionals: {
    model: required(expression('The model, in float or quantized.', TAKES.modelOrOnnx)),
  },
  options: {
    color: choice(
      'What layers are colored by. Without it `format` of a quantized model, else `bytes`.',
      COLORS,
    ),
  },
  examples: [
    { code: '%graph model', does: 'The layers of `model`, and where its bytes are.' },
    {
      code: '%graph small --color error',
      does: 'Which layers of a quantized model rounding changed most.',
    },
  ],
  expand: ({ model, color }) => ({
    kind: 'expression',
    code: awaited('plotModel', model, { color }),
    shows: true,
  }),
});
