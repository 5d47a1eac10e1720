import type { OnnxExportOptions, OnnxFormat } from '../../quantization/export/onnx/options';
import type { TfjsWeights } from '../../quantization/export/tfjs/weight-spec';
import { awaited, type Code } from '../code';
import { defineMagic } from '../declare';
import { choice, expression, number, path, required, variable } from '../parameters';
import { MagicProblem } from '../problem';

const TARGETS = ['onnx', 'tfjs'] as const;
const FORMATS = ['fp32', 'fp16', 'int8', 'int4'] as const satisfies readonly OnnxFormat[];
const ACCURACIES = ['fp32', 'int8'] as const satisfies readonly OnnxExportOptions['accuracy'][];
const WEIGHTS = [
  'float32',
  'float16',
  'uint16',
  'uint8',
  'int8',
  'int4',
  'int3',
  'int2',
  'ternary',
  'binary',
  'log4',
  'log3',
  'codebook4',
  'codebook3',
  'codebook2',
] as const satisfies readonly TfjsWeights[];

export const exportMagic = defineMagic({
  name: 'export',
  topic: 'precision',
  forms: ['line'],
  summary: 'Write a model to a file for ONNX Runtime and other runtimes, or for TensorFlow.js.',
  details: [
    'A quantized model is written as it is: `%quantize int8 model --as small --calibrate x` and then `%export onnx small --to small.onnx`.',
    'A float model goes to ONNX in fp32, fp16 or int4 (dense weights in blocks), to TensorFlow.js with the weights that `--weights` says. What was there before is replaced as a whole or not at all.',
  ],
  positionals: {
    target: required(choice('`onnx` is one file; `tfjs` a folder with `model.json`.', TARGETS)),
    model: required(expression('The model, in float or quantized; it is not changed.')),
  },
  options: {
    to: required(path('The file or folder, seen from the notebook. In quotes if it has blanks.')),
    format: choice('Of an ONNX file. Without it fp32, or what the model is quantized to.', FORMATS),
    opset: number('Version of the operator set: 21 to 23. Default: 21.', {
      min: 21,
      integer: true,
    }),
    blockSize: number('int4: inputs that share a scale. Default: 32.', { min: 16, integer: true }),
    accuracy: choice('int4: what the other factor may be rounded to. Default: fp32.', ACCURACIES),
    weights: choice('Of a tfjs model. Without it float32, or the codes that it has.', WEIGHTS),
    as: variable('Declares a variable of this name that holds what was written: path, bytes.'),
  },
  examples: [
    {
      code: '%export onnx model --to model.onnx --format fp16',
      does: 'Half the bytes; inputs and outputs stay fp32.',
    },
    {
      code: '%export onnx small --to small.onnx',
      does: 'A quantized model, with its integers.',
    },
    {
      code: '%export tfjs model --to web-model --weights uint8',
      does: 'A quarter of the bytes, for TensorFlow.js in the browser.',
    },
  ],
  expand: ({ target, model, to, as, weights, ...onnx }) => {
    const [foreign] =
      target === 'onnx'
        ? Object.entries({ weights }).filter(isGiven)
        : Object.entries(onnx).filter(isGiven);
    if (foreign !== undefined) {
      const option = `--${foreign[0].replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const owner = target === 'onnx' ? 'tfjs' : 'onnx';
      throw new MagicProblem(`${option} has no meaning with ${target}`, `it belongs to ${owner}`);
    }
    const code: Code =
      target === 'onnx'
        ? awaited('saveOnnx', to, model, onnx)
        : awaited('saveTfjs', to, model, { weights });
    return as === undefined
      ? { kind: 'expression', code, shows: true }
      : { kind: 'declaration', name: as, value: code };
  },
});

const isGiven = ([, value]: readonly [string, unknown]): boolean => value !== undefined;
