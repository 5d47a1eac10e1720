import { COST_FORMATS } from '../../analysis/cost/formats';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, expression, number, required } from '../language/parameters';
import { TAKES } from './takes';

export const cost = defineMagic({
  name: 'cost',
  topic: 'precision',
  forms: ['line'],
  summary: 'Show what a model costs by layer: FLOPs, parameters, bytes moved.',
  details: [
    'FLOPs are those of products, forward and of a training step, counted as PyTorch counts them while the model runs forward on zeros: matrix products `2 M N K`, convolutions `2 x output elements x kernel volume x input channels`, attention `4 n^2 d` a head and its projections, recurrent layers their products in each step. A training step adds the gradients that are computed; a first layer has none for its input.',
    'Bytes are the least that inference moves in the format: weights, inputs and outputs once. FLOP per byte tells whether a layer is likely to wait for the processor or for memory.',
    'Of an ONNX model (`loadOnnx`) it is the multiply-adds of each `Conv`, `ConvTranspose`, `Gemm` and `MatMul`, by the shapes of one run on zeros, or on `--data`; what else there is is named.',
  ],
  positionals: {
    model: required(expression('The model.', TAKES.modelOrOnnx)),
  },
  options: {
    batch: number('Samples in a batch. Without it 1.', { min: 1, integer: true }),
    data: expression(
      'Inputs of an ONNX model in which more than the batch is open, in place of zeros.',
      TAKES.tensors,
    ),
    format: choice('Of weights and activations. Without it fp32.', COST_FORMATS),
  },
  examples: [
    { code: '%cost model', does: 'What one sample takes, by layer.' },
    {
      code: '%cost model --batch 32 --format bf16',
      does: 'A batch of 32, with numbers of 16 bits.',
    },
    { code: '%cost detector --data images', does: 'An ONNX model on inputs of this size.' },
  ],
  expand: ({ model, batch, data, format }) => ({
    kind: 'expression',
    code: awaited('modelCost', model, {
      batchSize: batch,
      data: data && { x: data },
      format,
    }),
    shows: true,
  }),
});
