import { describe, expect, it } from 'vitest';
import type { RangeLayer } from '../../payloads/ranges/schema';
import { proposeKeep, proposeLossScale } from './proposals';

/** A layer's values as counts by power of two. */
function ranges(kind: RangeLayer['kind'], counts: Readonly<Record<number, number>>): RangeLayer {
  const exponents = Object.keys(counts).map(Number);
  const [first, last] = [Math.min(...exponents), Math.max(...exponents)];
  const bins = Array.from({ length: last - first + 1 }, (_, i) => counts[first + i] ?? 0);
  const count = bins.reduce((sum, n) => sum + n, 0);
  return {
    name: 'l',
    kind,
    shape: [count],
    count,
    zero: 0,
    inf: 0,
    nan: 0,
    firstExponent: first,
    bins,
  };
}

describe('proposeKeep', () => {
  it('names layers whose activations overflow in fp16, which bf16 holds', () => {
    const layers = [{ layer: 'big', ranges: ranges('activation', { 0: 99, 17: 1 }) }];
    expect(proposeKeep(layers, 'fp16', 1)).toEqual([
      {
        layer: 'big',
        reason: expect.stringMatching(/^1\.00% of its activations overflow in /) as string,
        keep: 'big=fp32',
      },
    ]);
    expect(proposeKeep(layers, 'bf16', 1)).toEqual([]);
    expect(proposeKeep(layers, 'fp32', 1)).toEqual([]);
  });

  it('names layers whose gradients underflow at the loss scale, if more than 5 % do', () => {
    // Below 2^-25 nothing rounds up to the smallest subnormal of fp16, 2^-24.
    const small = { layer: 'small', ranges: ranges('gradient', { '-30': 90, '-10': 10 }) };
    const rare = { layer: 'rare', ranges: ranges('gradient', { '-30': 4, '-10': 96 }) };
    expect(proposeKeep([small, rare], 'fp16', 1).map(({ layer }) => layer)).toEqual(['small']);
    expect(proposeKeep([small, rare], 'fp16', 2 ** 16)).toEqual([]);
  });

  it('counts on no loss scale at which another gradient overflows', () => {
    const small = { layer: 'small', ranges: ranges('gradient', { '-30': 100 }) };
    const large = { layer: 'large', ranges: ranges('gradient', { 14: 100 }) };
    expect(proposeKeep([small, large], 'fp16', 2 ** 16).map(({ layer }) => layer)).toEqual([
      'small',
    ]);
  });
});

describe('proposeLossScale', () => {
  const small = { layer: 'small', ranges: ranges('gradient', { '-30': 90, '-10': 10 }) };

  it('saves gradients that are lost without scaling', () => {
    const proposal = proposeLossScale([small], 'fp16', 1);
    expect(proposal?.code).toContain("setLossScaler('pytorch')");
    expect(proposal?.reasons).toEqual([
      {
        layer: 'small',
        reason: expect.stringMatching(/^90(\.0)?% of its gradients underflow/) as string,
      },
    ]);
    expect(proposeKeep([small], 'fp16', proposal?.scale ?? NaN)).toEqual([]);
  });

  it('starts higher where PyTorch starts too low', () => {
    const tiny = { layer: 'tiny', ranges: ranges('gradient', { '-44': 100 }) };
    expect(proposeLossScale([tiny], 'fp16', 2 ** 16)).toMatchObject({
      scale: 2 ** 24,
      code: expect.stringContaining('initialScale: 16777216') as string,
    });
  });

  it('is silent where nothing is lost, where no scale helps, and for bf16', () => {
    const large = { layer: 'large', ranges: ranges('gradient', { 14: 100 }) };
    expect(proposeLossScale([small], 'fp16', 2 ** 16)).toBeUndefined();
    expect(proposeLossScale([small, large], 'fp16', 1)).toBeUndefined();
    expect(proposeLossScale([small], 'bf16', 1)).toBeUndefined();
  });
});
