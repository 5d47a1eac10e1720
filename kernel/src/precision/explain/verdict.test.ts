import { expect, it } from 'vitest';
import { parsePolicy } from '../policy';
import { PrecisionExplanation } from './explanation';
import type { Explanation } from './result';
import { explanationVerdict } from './verdict';

const explanation = (given: Partial<Explanation> = {}): Explanation => ({
  model: 'net',
  policy: parsePolicy('fp16'),
  keep: '',
  device: 'cpu',
  loss: '',
  ops: [],
  passSeconds: 0.01,
  castSeconds: 0.001,
  castBytes: 100,
  lossScale: undefined,
  proposals: [],
  broken: undefined,
  steps: '',
  ranges: 'this pass',
  ...given,
});
const huge = { layer: 'huge', reason: '3% of outputs overflow', keep: 'huge=fp32' };

it('says that nothing leaves its range, and what casts take', () => {
  expect(explanationVerdict(explanation(), undefined)).toEqual({
    sentence:
      'Nothing leaves the range of fp16, no layer needs fp32; casts took 1.00 ms of the 10.0 ms of a pass (10.0%).',
    tone: 'good',
  });
  const costly = explanation({ castSeconds: 0.005 });
  expect(explanationVerdict(costly, undefined).tone).toBe('caution');
});

it('proposes the magic that keeps layers in fp32', () => {
  const keep = '%precision fp16 --keep "huge=fp32"';
  const found = explanationVerdict(explanation({ proposals: [huge] }), keep);
  expect(found).toMatchObject({ tone: 'problem', next: keep });
  expect(found.sentence).toMatch(/^Keep huge in fp32: its values leave the range of fp16; casts/);
});

it('proposes to scale the loss before layers in fp32', () => {
  const lossScale = { reasons: [], scale: 65_536, code: "setLossScaler('pytorch');" };
  const found = explanationVerdict(explanation({ lossScale, proposals: [huge] }), '%precision x');
  expect(found.next).toBe(lossScale.code);
  expect(found.sentence).toBe(
    'Scale the loss: gradients are lost that a scale of 65536 saves, and keep huge in fp32 besides.',
  );
});

it('looks for the fault elsewhere where fp32 has NaN too', () => {
  const { sentence, next } = explanationVerdict(explanation({ broken: 'hidden' }), undefined);
  expect(sentence).toMatch(/^hidden has NaN or infinite values in fp32 too \(this pass\)/);
  expect(next).toBeUndefined();
});

it.each(['a"b', 'a\nprocess.exit()', 'a,b'])(
  'writes no magic of a name that it would read as something else: %j',
  (layer) => {
    const proposal = { ...huge, layer, keep: `${layer}=fp32` };
    expect(new PrecisionExplanation(explanation({ proposals: [proposal] })).magic).toBeUndefined();
  },
);
