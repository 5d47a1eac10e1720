import { describe, expect, it } from 'vitest';
import { onlySetsPolicy, policyMagic, policyTitle } from './policy';

describe('onlySetsPolicy', () => {
  it.each([policyMagic('bf16'), '%precision   fp16 --native', ' %precision p=f32,c=f16,o=f32\n'])(
    'holds for %j',
    (source) => {
      expect(onlySetsPolicy(source)).toBe(true);
    },
  );

  it.each([
    ['a cell in which the user wrote more', '%precision bf16\nfit(model)'],
    ['code', 'fit(model)'],
    ['a question', '%precision'],
    ['a magic for one cell only', '%%precision fp16\nfit(model)'],
    ['a flag without a policy', '%precision --native'],
    ['another magic', '%precisions fp16'],
    ['help', '%precision?'],
    ['a comment', '// %precision fp16'],
  ])('does not hold for %s', (_, source) => {
    expect(onlySetsPolicy(source)).toBe(false);
  });
});

describe('policyTitle', () => {
  it('names the layers and the scope that compute in something else', () => {
    expect(policyTitle({ policy: 'bf16', keep: 'out=fp32', running: 'fp16' })).toBe(
      'Precision of the cells that follow; layers of their own: out=fp32; a cell or scope computes in fp16 now',
    );
  });

  it('says so while nothing is known', () => {
    expect(policyTitle(undefined)).toMatch(/not told/);
  });
});
