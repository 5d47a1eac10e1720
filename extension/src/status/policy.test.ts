import { describe, expect, it } from 'vitest';
import { onlySetsPolicy, policyMagic, policyOf, policySetBy } from './policy';

describe('policySetBy', () => {
  it.each([
    ['%precision bf16', 'bf16'],
    ['%precision   fp16 --native', 'fp16'],
    ['const a = 1;\n%precision fp8\nconst b = 2;', 'fp8'],
    ['%precision fp16\n%precision fp32', 'fp32'],
    ['%precision mixed_bfloat16', 'bf16'],
    ['%precision p=f32,c=f16,o=f32', 'p=f32,c=f16,o=f32'],
  ])('reads %j as %s', (source, policy) => {
    expect(policySetBy(source)).toBe(policy);
  });

  it.each([
    ['a question', '%precision'],
    ['a magic for one cell only', '%%precision fp16\nfit(model)'],
    ['a flag without a policy', '%precision --native'],
    ['another magic', '%precisions fp16'],
    ['help', '%precision?'],
    ['a mention in code', 'console.log("%precision fp16")'],
  ])('finds none in %s', (_, source) => {
    expect(policySetBy(source)).toBeUndefined();
  });
});

describe('policyOf', () => {
  it('follows the order in which cells ran, not the order in which they stand', () => {
    const cells = [
      { source: '%precision fp16', executionCount: 7 },
      { source: '%precision bf16', executionCount: 3 },
      { source: '1 + 1', executionCount: 8 },
    ];
    expect(policyOf(cells)).toBe('fp16');
  });

  it('ignores cells that were not run', () => {
    expect(policyOf([{ source: '%precision fp16', executionCount: null }])).toBe('fp32');
  });
});

describe('onlySetsPolicy', () => {
  it('holds for the line that the toolbar writes', () => {
    expect(onlySetsPolicy(policyMagic('bf16'))).toBe(true);
  });

  it('does not hold for a cell in which the user wrote more', () => {
    expect(onlySetsPolicy('%precision bf16\nfit(model)')).toBe(false);
    expect(onlySetsPolicy('fit(model)')).toBe(false);
  });
});
