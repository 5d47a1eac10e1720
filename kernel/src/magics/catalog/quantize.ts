import type { ObserverName } from '../../quantization/observers';
import type { Granularity } from '../../quantization/weights';
import { awaited } from '../code';
import { defineMagic } from '../declare';
import { choice, expression, flag, required, variable } from '../parameters';
import { MagicProblem } from '../problem';

const OBSERVERS = [
  'min-max',
  'moving-average',
  'percentile',
  'mse',
  'entropy-ort',
  'entropy-tensorrt',
] as const satisfies readonly ObserverName[];
const GRANULARITIES = ['per-channel', 'per-tensor'] as const satisfies readonly Granularity[];

export const quantize = defineMagic({
  name: 'quantize',
  topic: 'precision',
  forms: ['line'],
  summary: 'Make an integer model of a trained one, and show what became of each layer.',
  details: [
    'Dynamic quantization takes the range of activations from each batch; static takes it once from `--calibrate`; weight-only keeps activations in float.',
    'Layers without an integer kernel stay in float and are named in the report.',
  ],
  positionals: {
    weights: required(choice('The format of the weights.', ['int8'])),
    model: required(expression('The model; it is not changed.')),
  },
  options: {
    as: variable('Declares a variable of this name that holds the quantized model.'),
    static: flag('Quantize activations with ranges from `--calibrate`, which implies this.'),
    dynamic: flag('Quantize activations with the range of each batch. The default.'),
    weightOnly: flag('Quantize weights only.'),
    calibrate: expression('Typical inputs.'),
    observer: choice('How ranges are taken from the calibration data.', OBSERVERS),
    granularity: choice('One weight scale per output channel or per tensor.', GRANULARITIES),
  },
  exclusive: [['--static', '--dynamic', '--weight-only']],
  examples: [
    { code: '%quantize int8 model --as small', does: '`small.predict(x)` then runs in INT8.' },
    {
      code: '%quantize int8 model --as small --calibrate xTrain.slice(0, 256)',
      does: 'Static: activation ranges from 256 samples.',
    },
  ],
  expand: (args) => {
    const { weights, model, as, calibrate, observer, granularity } = args;
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
    if (calibrate && (args.dynamic || args.weightOnly)) {
      const mode = args.dynamic ? '--dynamic' : '--weight-only';
      throw new MagicProblem(`--calibrate has no meaning with ${mode}`, 'it belongs to --static');
    }
    const mode = calibrate
      ? 'static'
      : args.dynamic
        ? 'dynamic'
        : args.weightOnly
          ? 'weight-only'
          : undefined;
    const code = awaited('quantize', model, { weights, mode, calibrate, observer, granularity });
    return as === undefined
      ? { kind: 'expression', code, shows: true }
      : { kind: 'declaration', name: as, value: code };
  },
});
