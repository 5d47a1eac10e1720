import type { FormatBand } from 'halfnote/mime';
import type { GradientRanges, RangeLayer } from 'halfnote/mime/ranges';
import { describe, expect, it } from 'vitest';
import { bins } from './histogram';
import { edges, exponentOf, read, type Choices, type Reading } from './reading';

const fp16: FormatBand = {
  id: 'fp16',
  label: 'FP16',
  minSubnormalExponent: -24,
  minNormalExponent: -14,
  maxExponent: 15,
};
const e4m3: FormatBand = {
  id: 'e4m3',
  label: 'E4M3',
  minSubnormalExponent: -9,
  minNormalExponent: -6,
  maxExponent: 8,
};

/** Ten values at each of 2^-30, 2^-20, 2^-10 and 2^0, and ten zeros. */
const layer: RangeLayer = {
  name: 'dense/kernel',
  kind: 'gradient',
  shape: [5, 10],
  count: 50,
  zero: 10,
  inf: 0,
  nan: 0,
  firstExponent: -30,
  bins: Array.from({ length: 31 }, (_, index) => (index % 10 === 0 ? 10 : 0)),
};

function payload(scale: GradientRanges['lossScale']['value'], layers = [layer]): GradientRanges {
  return {
    title: 'Gradients',
    format: 'fp16',
    execution: 'simulated',
    step: 10,
    recordedSteps: 10,
    every: 1,
    lossScale: {
      ...{ value: scale, suggested: 1024, reason: '', skippedSteps: 0 },
      ...{ history: [], steps: 0, skippedAt: [] },
    },
    formats: [fp16, e4m3],
    layers,
  };
}

function reading(choices: Choices, from = payload(1)): Reading {
  const found = read(from, choices);
  if (found === undefined) throw new Error('nothing to read');
  return found;
}

describe('read', () => {
  it('tells what becomes of the values at the recorded loss scale', () => {
    const { stats } = reading({}).layers[0] ?? {};
    expect(stats).toMatchObject({ zero: 0.2, underflow: 0.2, subnormal: 0.2, normal: 0.4 });
  });

  it("follows the reader's loss scale and format", () => {
    const scaled = reading({ scaleExponent: 16 }).layers[0]?.stats;
    expect(scaled).toMatchObject({ underflow: 0, subnormal: 0, normal: 0.6, overflow: 0.2 });
    const narrow = reading({ format: 'e4m3' }).layers[0]?.stats;
    expect(narrow).toMatchObject({ underflow: 0.4, subnormal: 0.2, normal: 0.2 });
  });

  it('does not scale weights', () => {
    const weights = reading({ scaleExponent: 16 }, payload(1, [{ ...layer, kind: 'weight' }]));
    expect(weights.layers[0]?.stats).toMatchObject({ underflow: 0.2, overflow: 0 });
    expect(edges(fp16, weights)).toEqual({ zero: -25, normal: -14, overflow: 16 });
  });

  it('shows one kind of values at a time', () => {
    const both = payload(1, [layer, { ...layer, kind: 'weight', name: 'weights' }]);
    expect(reading({}, both).layers).toHaveLength(1);
    expect(reading({ kind: 'weight' }, both).layers[0]?.layer.name).toBe('weights');
  });

  it('keeps the axis where it is while the scale moves', () => {
    expect(reading({ scaleExponent: 20 }).span).toEqual(reading({}).span);
  });

  it('has nothing to read without formats, and an empty chart without layers', () => {
    expect(read({ ...payload(1), formats: [] }, {})).toBeUndefined();
    expect(reading({}, payload(1, [])).layers).toEqual([]);
  });
});

describe('edges', () => {
  it('move against the loss scale', () => {
    expect(edges(fp16, reading({ scaleExponent: 10 }))).toEqual({
      zero: -35,
      normal: -24,
      overflow: 6,
    });
  });
});

describe('exponentOf', () => {
  it.each([
    [65_536, 16],
    [1, 0],
    [0.5, 0],
    [2 ** 40, 24],
    [NaN, 0],
    [Infinity, 24],
    [3000, 11],
  ])('puts the scale %d on the slider at %d', (scale, exponent) => {
    expect(exponentOf(scale)).toBe(exponent);
  });
});

describe('bins', () => {
  it('gives each bin with values its share and its zone', () => {
    const found = reading({ layer: 'dense/kernel' });
    if (found.open === undefined) throw new Error('no layer is open');
    expect(bins(found.open, found)).toEqual([
      { exponent: -30, values: 10, share: 0.2, zone: 'underflow' },
      { exponent: -20, values: 10, share: 0.2, zone: 'subnormal' },
      { exponent: -10, values: 10, share: 0.2, zone: 'normal' },
      { exponent: 0, values: 10, share: 0.2, zone: 'normal' },
    ]);
  });
});
