import { ROOFLINE_FORMATS } from '../../analysis/roofline/formats';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choices, expression, number, required } from '../language/parameters';
import { TAKES } from './takes';

export const roofline = defineMagic({
  name: 'roofline',
  topic: 'precision',
  forms: ['line'],
  summary: 'Show which layers are bound by computing and which by memory, per format.',
  details: [
    "This machine's FLOP/s in each format and its memory bandwidth are measured: they are the roof above each layer, by its FLOP per byte. The layers are then timed one by one, in float formats on a CPU; elsewhere the roof is all that is told. A format that is only simulated here has no roof.",
    'A layer bound by memory gains by narrower numbers and larger batches, one bound by computing by faster products.',
  ],
  positionals: {
    model: required(expression('The model.', TAKES.model)),
  },
  options: {
    batch: number('Samples in a batch. Without it 32.', { min: 1, integer: true }),
    formats: choices('Without it fp32, bf16 and int8.', ROOFLINE_FORMATS),
  },
  examples: [
    { code: '%roofline model', does: 'Compute- or memory-bound, at batch 32.' },
    { code: '%roofline model --batch 1 --formats fp32,bf16', does: 'One sample, in two formats.' },
  ],
  expand: ({ model, batch, formats }) => ({
    kind: 'expression',
    code: awaited('roofline', model, { batchSize: batch, formats }),
    shows: true,
  }),
});
