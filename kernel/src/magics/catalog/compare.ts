import {
  COMPARE_FORMAT_NAMES,
  COMPARE_FORMATS,
  compareFormatOf,
} from '../../analysis/comparison/compare-formats';
import { whyNotWeights } from '../../formats/weight-names';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choices, expression, expressions, number, required } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { TAKES } from './takes';
import { trialArguments, trialOptions } from './trial-options';

const ROUNDED = COMPARE_FORMAT_NAMES.filter((name) => COMPARE_FORMATS[name].kind === 'rounded').map(
  (name) => `\`${name}\``,
);

export const compare = defineMagic({
  name: 'compare',
  topic: 'precision',
  forms: ['line'],
  summary: 'Compare a model in several formats: accuracy, error, speed, memory, energy.',
  details: [
    'The first format is the baseline of speed and size; errors are against fp32, whichever comes first. What publications claim of each format is shown below a fold, each claim with its source, machine and baseline; `literature()` lists them all.',
    'A format that this machine only simulates gets no speed; as the baseline it leaves all speedups out.',
    'With `--trials`, formats are measured by trials that alternate at random, as by `%%measure`; each row has intervals, and says whether time and energy differ from the baseline by Welch\'s test. "No difference shown" is an answer.',
    'An integer model that runs as one graph in ONNX Runtime has its speed measured against fp32 there, which gets a row of its own, `fp32-ort`: otherwise the engine would pass for the format.',
    `\`fp16\`, \`bf16\`, \`tf32\` and \`fp8\` are what products compute in: \`fp8\` rounds weights and activations to E4M3. ${ROUNDED.join(', ')} round weights only, as \`%quantize\` does, and products stay in fp32. ` +
      '`int8` is static with `--calibrate`, else dynamic; `int8-...` names one. `int4` and narrower, `log...` and `codebook...` quantize weights only.',
    'An ONNX model (`loadOnnx`) runs in ONNX Runtime throughout, in `fp32` and in what `%quantize` makes of it: `int8-...`, `int4`, and names of weights such as `fp16-weight-only`.',
  ],
  positionals: {
    formats: required(
      choices('The formats to compare.', COMPARE_FORMAT_NAMES, {
        nameOf: (word) => compareFormatOf(word) ?? word,
        why: whyNotWeights,
      }),
    ),
    model: required(expression('The model.', TAKES.modelOrOnnx)),
  },
  options: {
    data: required(
      expressions('Inputs and, for a score, the expected outputs.', ['x', 'y'], 1, TAKES.tensors),
    ),
    batchSize: number('Samples per batch. Without it 256, or all there are.', {
      min: 1,
      integer: true,
    }),
    calibrate: expression(
      'Typical inputs: int8 is then static. Without, it takes the range of each batch.',
      TAKES.typical,
    ),
    ...trialOptions,
  },
  examples: [
    {
      code: '%compare fp32,bf16,fp16,int8 model --data xTest,yTest',
      does: 'The precision table of `model` on the test data.',
    },
    {
      code: '%compare fp32,int8,int4,nf4,mxfp4,ternary,binary model --data xTest,yTest',
      does: 'How far down do the weights of `model` go?',
    },
    {
      code: '%compare fp32,bf16 model --data x --trials auto --precision 5% --budget 1min',
      does: 'Time and energy with intervals, and whether they show a difference at all.',
    },
    {
      code: '%compare fp32,int8 model --data x --batch-size 32 --calibrate x.slice(0, 100)',
      does: 'Without expected outputs: errors and speed only.',
    },
  ],
  expand: ({ formats, model, data: [x, y], batchSize, calibrate, ...trials }) => {
    for (const option of ['precision', 'budget'] as const) {
      if (trials[option] !== undefined && trials.trials === undefined) {
        throw new MagicProblem(
          `--${option} has no meaning without --trials`,
          'add `--trials auto`',
        );
      }
    }
    const measuring = trialArguments(trials);
    return {
      kind: 'expression',
      code: awaited('compare', model, {
        formats,
        data: { x, y },
        batchSize,
        calibrate,
        names: { model: String(model), calibrate: calibrate && String(calibrate) },
        ...measuring,
      }),
      shows: true,
    };
  },
});
