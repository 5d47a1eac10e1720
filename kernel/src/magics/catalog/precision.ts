import { call } from '../language/code';
import { complaint } from '../language/complaint';
import { defineMagic } from '../language/declare';
import { flag, text } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { parseKeep } from '../../precision/policies/keep';
import { parsePolicy, POLICY_NAMES } from '../../precision/policy';

export const precision = defineMagic({
  name: 'precision',
  topic: 'precision',
  forms: ['line', 'cell'],
  summary: 'Set the precision that models train and run in, or show it.',
  details: [
    '`%precision` holds for the cells that follow, `%%precision` for its own cell only. Without an argument it shows the policy and which formats this machine runs natively.',
    'In a half precision format, matrix products and convolutions compute in it; variables, losses and sums stay in fp32. A format that the hardware lacks is simulated, and labelled so.',
    "A layer that isn't there is an error when a model is first used, before any weight changes. While `model.fit` runs the policy can't be changed.",
    "IPython's magic of this name sets how many digits are printed. This one does not.",
  ],
  positionals: {
    spec: text(
      'A format, a Keras policy, or parameter, compute and output formats as `p=f32,c=f16,o=f32`.',
      'format or policy',
      (word) => complaint(() => parsePolicy(word)),
      POLICY_NAMES,
    ),
  },
  options: {
    native: flag('Refuse a format that this machine can only simulate.'),
    keep: text(
      'Layers with a policy of their own, by name or pattern with `*` and `?`, several with commas between: `"dense_3=fp32,conv*=bf16"`.',
      'layer=policy,...',
      (word) => complaint(() => parseKeep(word)),
    ),
  },
  examples: [
    { code: '%precision bf16', does: 'Trains and runs in bfloat16 from here on.' },
    {
      code: '%precision fp16 --native',
      does: 'The same in float16, or an error if it were simulated.',
    },
    {
      code: '%precision fp16 --keep "dense_3=fp32"',
      does: 'The same, but the layer dense_3 computes in float32, forward and backward.',
    },
    {
      code: '%precision --keep "dense_3=fp32"',
      does: 'The policy stays as it is; dense_3 computes in float32, and no other layer has a policy of its own.',
    },
    { code: '%%precision fp32', does: 'Runs this one cell in float32.' },
    { code: '%precision', does: 'Shows the policy and what runs natively here.' },
  ],
  expand: ({ spec, native, keep }, form) => {
    if (spec === undefined) {
      if (keep === undefined && (native || form === 'cell'))
        throw new MagicProblem('missing spec', `Allowed: ${POLICY_NAMES.join(', ')}`);
      if (keep === undefined)
        return { kind: 'expression', code: call('precisionStatus'), shows: true };
    }
    const setter = form === 'cell' ? 'setCellPrecision' : 'setPrecision';
    const code = call(setter, spec, { native: native || undefined, keep });
    return { kind: 'expression', code, shows: true };
  },
});
