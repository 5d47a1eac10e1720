import { MEMORY_FORMATS, OPTIMIZER_NAMES } from '../../analysis/memory/options';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, choices, expression, number, required } from '../language/parameters';
import { TAKES } from './takes';

export const memory = defineMagic({
  name: 'memory',
  topic: 'precision',
  forms: ['line'],
  summary: 'Show what memory the training of a model takes, or the inference of an ONNX model.',
  details: [
    'Weights, gradients, the state of the optimizer, and the activations that the backward pass needs; the peak as it is modelled, and as a real step has it. The model itself is not trained.',
    'Of an ONNX model (`loadOnnx`) it is the memory of inference: weights, and the activations that are alive while each node runs, by the sizes of one run on zeros, or on `--data`.',
  ],
  positionals: {
    model: required(expression('The model.', TAKES.modelOrOnnx)),
  },
  options: {
    batch: number('Samples in a step. Without it 32, of an ONNX model 1.', {
      min: 1,
      integer: true,
    }),
    optimizer: choice('Without it adam.', OPTIMIZER_NAMES),
    data: expression(
      'Inputs of an ONNX model in which more than the batch is open, in place of zeros.',
      TAKES.tensors,
    ),
    formats: choices('Without it all of them.', MEMORY_FORMATS),
  },
  examples: [
    { code: '%memory model', does: 'What training `model` with Adam at batch 32 takes.' },
    {
      code: '%memory model --batch 256 --optimizer sgd --formats fp32,bf16',
      does: 'Without moments, in two formats.',
    },
  ],
  expand: ({ model, batch, optimizer, data, formats }) => ({
    kind: 'expression',
    code: awaited('modelMemory', model, {
      batchSize: batch,
      optimizer,
      data: data && { x: data },
      formats,
    }),
    shows: true,
  }),
});
