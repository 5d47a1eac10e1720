import { call } from '../language/code';
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
  ],
  positionals: { model: required(expression('The model.', TAKES.model)) },
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
  ],
  expand: ({ model, data: [x, y] }) => ({
    kind: 'expression',
    code: call('explainPrecision', model, { data: { x, y } }),
    shows: true,
  }),
});
