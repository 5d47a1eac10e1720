import { WEIGHT_NAMES, weightFormatOf, whyNotWeights } from '../../formats/weight-names';
import { parseLayers, parseNames, type NamingOption } from '../../quantization/layer-rules';
import type { OutputRounding } from '../../graph/integer-values';
import type { ObserverName } from '../../quantization/observers/observers';
import { repairStepOf, type RepairStep } from '../../quantization/repair/options';
import { ACTIVATION_FORMATS, type ActivationRule } from '../../quantization/float-activations';
import type { WeightName } from '../../formats/uses';
import type { WeightScaleRule } from '../../graph/scale-rules';
import type { WeightGranularity } from '../../graph/weight-codes';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import {
  choice,
  choices,
  expression,
  flag,
  number,
  required,
  text,
  variable,
} from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { complaint } from '../language/complaint';
import { TAKES } from './takes';

const OBSERVERS = [
  'min-max',
  'moving-average',
  'percentile',
  'mse',
  'entropy-ort',
  'entropy-tensorrt',
] as const satisfies readonly ObserverName[];
const OUTPUTS = ['auto', 'float', 'uint8'] as const satisfies readonly OutputRounding[];
const ACTIVATION_SCALES = [
  'range',
  'power-of-two',
  'delayed',
] as const satisfies readonly ActivationRule[];
const GRANULARITIES = ['per-channel', 'per-tensor'] as const satisfies readonly WeightGranularity[];
const SCALE_RULES = [
  'absmax/127',
  'tflite-narrow',
  '2*absmax/255',
  'mse',
  'power-of-two',
  'absmax',
  'none',
] as const satisfies readonly WeightScaleRule[];
/** By their own names, and by the others that they go by. */
const ACTIVATIONS: readonly WeightName[] = WEIGHT_NAMES.filter((name) => {
  const format = weightFormatOf(name);
  return ACTIVATION_FORMATS.some((known) => known === format);
});
const REPAIRS = [
  'equalize',
  'bias-correction',
  'adaround',
  'gptq',
  'awq',
  'smoothquant',
] as const satisfies readonly RepairStep[];

const names = (doc: string, option: NamingOption): ReturnType<typeof text> =>
  text(doc, 'names or patterns of layers', (word) => complaint(() => parseNames(word, option)));

export const quantize = defineMagic({
  name: 'quantize',
  topic: 'precision',
  forms: ['line'],
  summary: 'Make an integer model of a trained one, and show what became of each layer.',
  details: [
    'Dynamic quantization takes the range of activations from each batch; static takes it once from `--calibrate`, and values then stay in integers from layer to layer; weight-only keeps activations in float.',
    'Below 8 bits layers are weight-only: they take less memory, and are widened for each product.',
    '`log4` and `log3` keep a sign and an exponent: weights are 0 or powers of two. `codebook4`, `codebook3` and `codebook2` keep places in a list of 16, 8 or 4 values that k-means finds, one list a layer unless `--granularity` or `--group` says otherwise. `--scale-rule power-of-two` makes all scales powers of two (Ristretto), in int8 on the integer kernels.',
    'Floats are rounded to nearest even: `fp16`, `bf16` and `tf32` as they are, those of 8 bits and fewer (`fp8` is E4M3, `fp6` E3M2, `fp4` E2M1) with a scale, the largest weight becoming the largest of the format. `mxfp8`, `mxfp6`, `mxfp4` and `mxint8` are blocks of 32 along the depth with a power of two each, `nf4` of 64 with a float, which `--double-quantize` makes 8 bits. Products run in fp32.',
    'With `--static` or `--dynamic`, floats and MX blocks round the inputs of products too: FP8 by calibration, by each batch or by the batches before (`--activation-scale delayed`), `fp16` and `bf16` as they are, MX in blocks along the last axis. Products are simulated in fp32.',
    'An ONNX model of others, `const model = await loadOnnx("m.onnx")`, is rewritten node by node and stays in ONNX Runtime; `--outputs`, `--layers` and `--repair` are for models of tfjs.',
    'Layers without an integer kernel stay in float and are named in the report. Layers are named by name, path (`encoder/dense_1`) or pattern with `*` and `?`, several with commas between.',
  ],
  positionals: {
    weights: required(
      choice('The format of the weights.', WEIGHT_NAMES, {
        nameOf: (word) => weightFormatOf(word) ?? word,
        why: whyNotWeights,
      }),
    ),
    model: required(expression('The model; it is not changed.', TAKES.modelOrOnnx)),
  },
  options: {
    as: variable('Declares a variable of this name that holds the quantized model.'),
    static: flag('Quantize activations with ranges from `--calibrate`, which implies this.'),
    dynamic: flag('Quantize activations with the range of each batch. The default.'),
    weightOnly: flag('Quantize weights only. The default below 8 bits.'),
    calibrate: expression('Typical inputs.', TAKES.typical),
    observer: choice(
      'How ranges are taken from the calibration data. Without it `min-max`.',
      OBSERVERS,
    ),
    activations: choice(
      'What the inputs of products are rounded to, of weights in floats and blocks. Without it the format of the weights, where `--static` or `--dynamic` is given.',
      ACTIVATIONS,
      { nameOf: (word) => weightFormatOf(word) ?? word },
    ),
    outputs: choice(
      'What layers with static ranges hand to float layers and to you. Without it `auto`: `uint8` codes of convolutions, `float` of dense layers.',
      OUTPUTS,
    ),
    activationScale: choice(
      'How ranges become scales. Without it `range`: as narrow as they allow; `power-of-two` with the scale rule of that name is Ristretto; `delayed`, of floats with `--dynamic`, goes by the largest of the batches before.',
      ACTIVATION_SCALES,
    ),
    granularity: choice(
      'One weight scale or codebook per output channel or per tensor.',
      GRANULARITIES,
    ),
    group: number(
      'One weight scale or codebook for this many weights along the depth of a layer.',
      {
        min: 1,
        integer: true,
      },
    ),
    scaleRule: choice(
      'How weights become a scale. Without it `absmax/127` of integers, `absmax` of floats of up to 8 bits, `none` of wider ones; `mse` minimizes the squared error.',
      SCALE_RULES,
    ),
    doubleQuantize: flag('Of nf4: the scales of its blocks become FP8 in turn (QLoRA).'),
    layers: text(
      'Layers with a format of their own: `"dense_*=int4,head=fp32"`.',
      'layer=format,...',
      (word) => complaint(() => parseLayers(word)),
    ),
    include: names('Only these layers are quantized.', 'include'),
    exclude: names('These layers stay in float.', 'exclude'),
    repair: choices('What is done to the weights before they are rounded.', REPAIRS, {
      nameOf: repairStepOf,
    }),
  },
  exclusive: [
    ['--static', '--dynamic', '--weight-only'],
    ['--granularity', '--group'],
  ],
  examples: [
    { code: '%quantize int8 model --as small', does: '`small.predict(x)` then runs in INT8.' },
    {
      code: '%quantize int8 model --as small --calibrate xTrain.slice(0, 256)',
      does: 'Static: activation ranges from 256 samples.',
    },
    {
      code: '%quantize int4 model --group 32 --exclude head',
      does: 'Weights of 4 bits, a scale for each 32; the layer `head` stays in float.',
    },
    {
      code: '%quantize int4 model --as small --repair gptq --calibrate xTrain.slice(0, 256)',
      does: 'GPTQ: each weight makes up for the rounding of those before it, by 256 samples.',
    },
    {
      code: '%quantize fp8 model --as small --exclude head',
      does: 'Weights in FP8 E4M3, a scale for each output channel.',
    },
    {
      code: '%quantize int4 model --as small --group 32 --repair awq,gptq --calibrate xTrain.slice(0, 256)',
      does: 'AWQ, which scales up the weights of inputs that are large, and GPTQ on top.',
    },
    {
      code: '%quantize int8 model --as small --repair smoothquant --calibrate xTrain.slice(0, 256)',
      does: 'SmoothQuant: large channels of activations become larger weights, in the layer before.',
    },
    {
      code: '%quantize fp8 model --calibrate xTrain.slice(0, 256)',
      does: 'FP8 weights and activations, the scales of activations from 256 samples.',
    },
    {
      code: '%quantize codebook4 model --as shared',
      does: 'Each weight is one of 16 values that k-means found for its layer.',
    },
    {
      code: '%quantize int8 model --layers "dense_*=int4,head=fp32"',
      does: 'Mixed: a format by the name of the layer.',
    },
  ],
  expand: (args) => {
    const { weights, model, as, calibrate, observer, granularity, group } = args;
    const { outputs, activationScale, scaleRule, layers, include, exclude, repair } = args;
    if (args.static && !calibrate) {
      throw new MagicProblem(
        '--static needs --calibrate',
        'give it some typical inputs: --calibrate x',
      );
    }
    if (observer !== undefined && !calibrate) {
      throw new MagicProblem(
        '--observer needs --calibrate',
        'it says how ranges are taken from it',
      );
    }
    if (activationScale !== undefined && activationScale !== 'delayed' && !calibrate) {
      throw new MagicProblem('--activation-scale needs --calibrate', 'ranges come from it');
    }
    if (outputs !== undefined && !calibrate) {
      throw new MagicProblem('--outputs needs --calibrate', 'outputs are rounded to its ranges');
    }
    if (calibrate && !repair && (args.dynamic || args.weightOnly)) {
      const mode = args.dynamic ? '--dynamic' : '--weight-only';
      throw new MagicProblem(`--calibrate has no meaning with ${mode}`, 'it belongs to --static');
    }
    if (as !== undefined && [model, calibrate].some((code) => reads(String(code), as))) {
      throw new MagicProblem(
        `--as ${as} would replace what it is made of`,
        'give the quantized model a name of its own',
      );
    }
    const mode = args.dynamic
      ? 'dynamic'
      : args.weightOnly
        ? 'weight-only'
        : args.static || (calibrate && weights === 'int8')
          ? 'static'
          : undefined;
    const code = awaited('quantize', model, {
      weights,
      mode,
      activations: args.activations,
      calibrate,
      observer,
      outputs,
      activationScale,
      granularity: group === undefined ? granularity : { group },
      scaleRule,
      doubleQuantize: args.doubleQuantize || undefined,
      layers,
      include,
      exclude,
      repair,
    });
    return as === undefined
      ? { kind: 'expression', code, shows: true }
      : { kind: 'declaration', name: as, value: code };
  },
});

/** Whether TypeScript reads a variable of this name. */
function reads(code: string, name: string): boolean {
  const escaped = name.replaceAll('$', '\\$');
  return new RegExp(`(?<![\\w$.])${escaped}(?![\\w$])`).test(code);
}
