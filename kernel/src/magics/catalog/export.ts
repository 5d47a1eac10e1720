import type { OnnxExportOptions } from '../../export/onnx/options';
import type { TfjsWeights } from '../../export/tfjs/weight-spec';
import type { TfliteExportOptions } from '../../export/tflite/options';
import { ONNX_FORMATS, TFJS_TYPES, TFLITE_FORMATS, WEIGHT_FORMATS } from '../../formats/names';
import { awaited, type Code } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, expression, flag, number, path, required, variable } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { TAKES } from './takes';

const TARGETS = ['onnx', 'tflite', 'tfjs'] as const;
type Target = (typeof TARGETS)[number];
const FORMATS = [...new Set([...ONNX_FORMATS, ...TFLITE_FORMATS])];
const ENDS = ['float32', 'int8', 'uint8'] as const satisfies readonly TfliteExportOptions['io'][];
const ACCURACIES = ['fp32', 'int8'] as const satisfies readonly OnnxExportOptions['accuracy'][];
const WEIGHTS = [...TFJS_TYPES, ...WEIGHT_FORMATS] as const satisfies readonly TfjsWeights[];

export const exportMagic = defineMagic({
  name: 'export',
  topic: 'precision',
  forms: ['line'],
  summary:
    'Write a model to a file for ONNX Runtime and other runtimes, TensorFlow Lite or TensorFlow.js.',
  details: [
    'A quantized model is written as it is: `%quantize int8 model --as small --calibrate x` and then `%export onnx small --to small.onnx`.',
    'TensorFlow Lite takes a float model and rounds it by its own rules: its converter runs in a Python that has TensorFlow, and what it wrote is run and compared with the model at once.',
    'A float model goes to ONNX in fp32, fp16 or int4 (dense weights in blocks), to TensorFlow.js with the weights that `--weights` says. What was there before is replaced as a whole or not at all.',
  ],
  positionals: {
    target: required(
      choice('`onnx` and `tflite` are one file; `tfjs` is a folder with `model.json`.', TARGETS),
    ),
    model: required(
      expression('The model, in float or quantized; it is not changed.', TAKES.anyModel),
    ),
  },
  options: {
    to: required(path('The file or folder, seen from the notebook. In quotes if it has blanks.')),
    format: choice(
      'Of an ONNX or TensorFlow Lite file. Without it fp32, or what the model is quantized to.',
      FORMATS,
    ),
    opset: number('Version of the operator set: 21 to 23. Default: 21.', {
      min: 21,
      integer: true,
    }),
    blockSize: number('int4: inputs that share a scale. Default: 32.', { min: 16, integer: true }),
    accuracy: choice('int4: what the other factor may be rounded to. Default: fp32.', ACCURACIES),
    weights: choice('Of a tfjs model. Without it float32, or the codes that it has.', WEIGHTS),
    calibrate: expression('int8 of TensorFlow Lite: typical inputs.', TAKES.typical),
    io: choice('int8 of TensorFlow Lite: type of inputs and outputs. Default: float32.', ENDS),
    integersOnly: flag('int8 of TensorFlow Lite: refuse operators that would stay in float.'),
    batch: number('TensorFlow Lite: how many inputs at a time. Open without it.', {
      min: 1,
      integer: true,
    }),
    python: path('TensorFlow Lite: a Python with TensorFlow. Without it the first that is found.'),
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
      code: '%export tflite model --to model.tflite --format int8 --calibrate x.slice(0, 100)',
      does: 'For phones and microcontrollers; ranges from 100 samples.',
    },
    {
      code: '%export tfjs model --to web-model --weights uint8',
      does: 'A quarter of the bytes, for TensorFlow.js in the browser.',
    },
  ],
  expand: ({ target, model, to, as, ...given }) => {
    const options = ofTarget(target, given);
    const code: Code = awaited(SAVES[target], to, model, options);
    return as === undefined
      ? { kind: 'expression', code, shows: true }
      : { kind: 'declaration', name: as, value: code };
  },
});

const SAVES = { onnx: 'saveOnnx', tflite: 'saveTflite', tfjs: 'saveTfjs' } as const;

/** The targets that know an option. */
const OWNERS: Readonly<Record<string, readonly Target[]>> = {
  format: ['onnx', 'tflite'],
  opset: ['onnx'],
  blockSize: ['onnx'],
  accuracy: ['onnx'],
  weights: ['tfjs'],
  calibrate: ['tflite'],
  io: ['tflite'],
  integersOnly: ['tflite'],
  batch: ['tflite'],
  python: ['tflite'],
};

const TARGET_FORMATS: Readonly<Record<Target, readonly string[]>> = {
  onnx: ONNX_FORMATS,
  tflite: TFLITE_FORMATS,
  tfjs: [],
};

/** The options that were given. @throws MagicProblem for one that the target doesn't know. */
function ofTarget<T extends Readonly<Record<string, unknown>>>(target: Target, given: T): T {
  const isGiven = ([, value]: readonly [string, unknown]): boolean =>
    value !== undefined && value !== false;
  const options = Object.entries(given).filter(isGiven);
  for (const [name, value] of options) {
    const owners = OWNERS[name] ?? [];
    if (!owners.includes(target)) {
      const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const hint = `it belongs to ${owners.join(' and ')}`;
      throw new MagicProblem(`${option} has no meaning with ${target}`, hint);
    }
    if (name === 'format' && !TARGET_FORMATS[target].includes(String(value))) {
      const allowed = TARGET_FORMATS[target].join(', ');
      throw new MagicProblem(
        `${target} has no format ${String(value)}`,
        `its formats are ${allowed}`,
      );
    }
  }
  return Object.fromEntries(options) as T;
}
