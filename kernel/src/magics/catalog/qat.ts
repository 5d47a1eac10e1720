import { TRAINED_WEIGHT_FORMATS, WEIGHT_NAMES, weightFormatOf } from '../../formats/weight-names';
import { parseLayers, parseNames, type NamingOption } from '../../quantization/layer-rules';
import { SCALED_ACTIVATIONS } from '../../quantization/float-activations';
import type { QatActivations, QatFormat, QatOptions } from '../../quantization/qat/options';
import { awaited, call } from '../language/code';
import { complaint } from '../language/complaint';
import { defineMagic } from '../language/declare';
import { choice, expression, flag, number, required, text, variable } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { TAKES } from './takes';

/** What the first word can be: a format to train for, or to convert what was trained. */
const FORMATS = WEIGHT_NAMES.filter((name) =>
  TRAINED_WEIGHT_FORMATS.some((format) => format === weightFormatOf(name)),
) as readonly QatFormat[];
const ACTIONS: readonly (QatFormat | 'convert')[] = [...FORMATS, 'convert'];
const OBSERVERS = [
  'moving-average',
  'min-max',
  'learned',
  'delayed',
] as const satisfies readonly NonNullable<QatOptions['observer']>[];
const ACTIVATIONS: readonly QatActivations[] = [
  'uint8',
  'fp32',
  ...(WEIGHT_NAMES.filter((name) =>
    SCALED_ACTIVATIONS.some((format) => format === weightFormatOf(name)),
  ) as readonly QatActivations[]),
];
const SCALE_RULES = [
  'absmax/127',
  'tflite-narrow',
  '2*absmax/255',
  'learned',
] as const satisfies readonly NonNullable<QatOptions['scaleRule']>[];

const names = (doc: string, option: NamingOption): ReturnType<typeof text> =>
  text(doc, 'names or patterns of layers', (word) => complaint(() => parseNames(word, option)));
const steps = (doc: string, min: number) => number(doc, { min, integer: true });

export const qat = defineMagic({
  name: 'qat',
  topic: 'precision',
  forms: ['line'],
  summary: 'Make a copy of a model to train for integers, and convert it once it is trained.',
  details: [
    'The copy computes with weights and activations rounded to integers and back, while gradients pass straight through: train it with `compile` and `fit` as any other model. `%qat convert` then makes the integer model that it was trained to be.',
    'What was trained below 8 bits runs in the int8 kernels, a byte for each weight: as fast as int8, and as large. Trained with `--weight-only`, weights stay packed and are widened for products in fp32.',
    'Of weights in floats of 8 bits and fewer (`fp8`, `fp6`, `fp4`, ...) activations stay in float, or are rounded to floats, by one scale for each tensor: `--activations fp8`.',
    'Layers that cannot be rounded stay in float and are named. `learned` trains the size of the steps, too.',
  ],
  positionals: {
    weights: required(choice('The format of the weights, or `convert`.', ACTIONS)),
    model: required(
      expression('The model, which is not changed; for `convert`, the trained copy.', TAKES.model),
    ),
  },
  options: {
    as: variable('Declares a variable of this name that holds the result.'),
    weightOnly: flag('Leaves activations in float.'),
    activations: choice(
      'What activations are rounded to. Without it `uint8`; with weights in floats `fp32`.',
      ACTIVATIONS,
    ),
    observer: choice(
      'How ranges are found: `delayed` is for activations in floats. Without it `moving-average`.',
      OBSERVERS,
    ),
    scaleRule: choice('How weights become a scale. Without it `absmax/127`.', SCALE_RULES),
    quantizeFrom: steps('Training steps before anything is rounded.', 0),
    freezeRanges: steps('The training step from which ranges are kept.', 1),
    freezeNorm: steps('The step from which batch normalization keeps its statistics.', 0),
    layers: text(
      'Layers with a format of their own: `"dense_*=int4,head=fp32"`.',
      'layer=format,...',
      (word) => complaint(() => parseLayers(word)),
    ),
    include: names('Only these layers are rounded.', 'include'),
    exclude: names('These layers stay in float.', 'exclude'),
  },
  examples: [
    {
      code: '%qat int4 model --as student',
      does: '`student.fit(...)` then trains for weights of 4 bits.',
    },
    {
      code: '%qat fp8 model --activations fp8 --observer delayed',
      does: 'Weights and activations in E4M3, by the scales of earlier batches.',
    },
    { code: '%qat convert student --as small', does: '`small.predict(x)` runs in integers.' },
  ],
  expand: ({ weights, model, as, weightOnly, ...options }) => {
    if (weightOnly && options.activations !== undefined && options.activations !== 'fp32') {
      throw new MagicProblem(
        '--weight-only leaves activations in float',
        'leave it or --activations out',
      );
    }
    if (weights === 'convert' && (weightOnly || Object.values(options).some(isGiven))) {
      throw new MagicProblem(
        'convert takes no options but --as',
        'what is rounded was decided when the model was prepared',
      );
    }
    const activations = weightOnly ? 'fp32' : options.activations;
    const code =
      weights === 'convert'
        ? awaited('convertQat', model)
        : call('prepareQat', model, { weights, ...options, activations });
    return as === undefined
      ? { kind: 'expression', code, shows: true }
      : { kind: 'declaration', name: as, value: code };
  },
});

function isGiven(value: unknown): boolean {
  return value !== undefined;
}
