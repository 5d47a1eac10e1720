import { WEIGHT_NAMES, weightFormatOf, whyNotWeights } from '../../formats/weight-names';
import type { WeightName } from '../../formats/uses';
import { parseBudget } from '../../quantization/sensitivity/budget';
import type { SensitivityMetric } from '../../quantization/sensitivity/settings';
import type { WeightGranularity } from '../../graph/weight-codes';
import { awaited } from '../language/code';
import { complaint } from '../language/complaint';
import { defineMagic } from '../language/declare';
import {
  choice,
  choices,
  expression,
  expressions,
  number,
  required,
  text,
  variable,
} from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { TAKES } from './takes';

const FORMATS = [...WEIGHT_NAMES, 'fp32'] as const;
const METRICS = ['sqnr', 'kl', 'accuracy', 'loss'] as const satisfies readonly SensitivityMetric[];
const GRANULARITIES = ['per-channel', 'per-tensor'] as const satisfies readonly WeightGranularity[];

export const sensitivity = defineMagic({
  name: 'sensitivity',
  topic: 'precision',
  forms: ['line'],
  summary: 'Find out which layers bear fewer bits, and choose bits per layer under a budget.',
  details: [
    'One layer at a time is rounded, all else stays in float, and the outputs are compared: signal to noise, divergence of the classes, and accuracy or loss where there are labels.',
    'Of an ONNX model (`loadOnnx`) it is the products with constant weights, by signal to noise, without `--budget`.',
    'With `--budget` a format is chosen for each layer by those measurements, and the model quantized so is measured, too: `quantize(model, bits.options)` makes it. Budgets are bytes of weights (`20kB`), bits per weight on average (`4bits`), accuracy that may be lost in percentage points (`0.5pt`), and signal to noise that is needed (`30dB`).',
    'In JupyterLab a slider sets a budget of bytes, of noise or of the score, by predictions alone: which layers then get which format, where that lies among all choices, and the `%quantize` that does it. The search is that of `--budget`; no kernel is needed.',
  ],
  positionals: {
    formats: required(
      choices('The formats of weights; fp32 with a budget only.', FORMATS, {
        nameOf: (word) => weightFormatOf(word) ?? word,
        why: whyNotWeights,
      }),
    ),
    model: required(expression('The model; it is not changed.', TAKES.modelOrOnnx)),
  },
  options: {
    data: required(
      expressions('Inputs and, for a score, the expected outputs.', ['x', 'y'], 1, TAKES.tensors),
    ),
    budget: text(
      'Choose bits per layer so that the whole keeps to this.',
      'number with B|kB|MB|bits|pt|dB',
      (word) => complaint(() => parseBudget(word)),
      ['4bits', '0.5pt', '30dB', '20kB'],
    ),
    metric: choice(
      'What layers are judged by. Without it accuracy or loss where there are labels, else sqnr.',
      METRICS,
    ),
    granularity: choice('One weight scale per output channel or per tensor.', GRANULARITIES),
    group: number('One weight scale for this many weights along the depth of a layer.', {
      min: 1,
      integer: true,
    }),
    calibrate: expression(
      'With a budget: typical inputs, so that int8 layers take integers in as well.',
      TAKES.typical,
    ),
    as: variable('Declares a variable of this name that holds the result.'),
  },
  exclusive: [['--granularity', '--group']],
  examples: [
    {
      code: '%sensitivity int8,int4,int2 model --data xTest,yTest',
      does: 'What each layer alone costs in each format.',
    },
    {
      code: '%sensitivity int8,int4 model --data xTest,yTest --budget 0.5pt --as bits',
      does: 'The smallest model that loses at most half a point: `quantize(model, bits.options)`.',
    },
    {
      code: '%sensitivity int8,int4,int3,int2 model --data x --budget 4bits --as bits',
      does: 'The best model of 4 bits a weight on average.',
    },
  ],
  expand: (args) => {
    const { formats, model, budget, metric, granularity, group, calibrate, as } = args;
    const [x, y] = args.data;
    const shared = {
      data: { x, y },
      metric,
      granularity: group === undefined ? granularity : { group },
    };
    if (budget === undefined && calibrate) {
      throw new MagicProblem(
        '--calibrate needs --budget',
        'without one, layers are measured with float inputs',
      );
    }
    if (budget === undefined && formats.includes('fp32')) {
      throw new MagicProblem('fp32 needs --budget', 'it leaves a layer as it is');
    }
    const code =
      budget === undefined
        ? awaited('layerSensitivity', model, { formats: formats as WeightName[], ...shared })
        : awaited('chooseBits', model, {
            formats,
            budget: { ...parseBudget(budget) },
            ...shared,
            calibrate,
          });
    return as === undefined
      ? { kind: 'expression', code, shows: true }
      : { kind: 'declaration', name: as, value: code };
  },
});
