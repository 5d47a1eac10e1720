import { describe, expect, it } from 'vitest';
import type { FormatBand } from '../../formats/bands';
import type { RangeLayer } from './schema';
import { rangeStats, scaleLimit, zone } from './stats';

const fp16: FormatBand = {
  id: 'fp16',
  label: 'fp16',
  minSubnormalExponent: -24,
  minNormalExponent: -14,
  maxExponent: 15,
};

function layer(bins: Readonly<Record<number, number>>, rest: Partial<RangeLayer> = {}): RangeLayer {
  const exponents = Object.keys(bins).map(Number);
  const firstExponent = Math.min(...exponents);
  const values = Array.from(
    { length: Math.max(...exponents) - firstExponent + 1 },
    (_, i) => bins[firstExponent + i] ?? 0,
  );
  const { zero = 0, inf = 0, nan = 0 } = rest;
  return {
    name: 'dense',
    kind: 'gradient',
    shape: [1],
    zero,
    inf,
    nan,
    firstExponent,
    bins: values,
    count: values.reduce((a, b) => a + b, zero + inf + nan),
    ...rest,
  };
}

describe('zone', () => {
  /** What numpy's float16 makes of 1.5 x 2^e: 0, subnormal, normal, inf. */
  it.each([
    [-26, 'underflow'],
    [-25, 'subnormal'],
    [-24, 'subnormal'],
    [-15, 'subnormal'],
    [-14, 'normal'],
    [15, 'normal'],
    [16, 'overflow'],
  ])('of exponent %i in fp16 is %s', (exponent, expected) => {
    expect(zone(exponent, fp16)).toBe(expected);
  });
});

describe('rangeStats', () => {
  const gradients = layer({ '-30': 10, '-20': 20, '0': 50, '20': 5 }, { zero: 10, inf: 3, nan: 2 });

  it('gives each value of a layer to one zone', () => {
    expect(rangeStats(gradients, fp16, 1)).toEqual({
      zero: 0.1,
      underflow: 0.1,
      subnormal: 0.2,
      normal: 0.5,
      overflow: 0.08,
      nan: 0.02,
      dynamicRange: 51,
      topExponent: 20,
    });
  });

  it('moves gradients by the loss scale, and nothing else', () => {
    expect(rangeStats(gradients, fp16, 2 ** 10)).toMatchObject({ underflow: 0, subnormal: 0.1 });
    expect(rangeStats(gradients, fp16, 2 ** 16)).toMatchObject({ subnormal: 0, overflow: 0.58 });
    expect(rangeStats({ ...gradients, kind: 'weight' }, fp16, 2 ** 16)).toMatchObject({
      underflow: 0.1,
    });
  });

  it('is all zero for a layer without values', () => {
    expect(rangeStats(layer({ 0: 0 }), fp16, 1)).toMatchObject({
      normal: 0,
      dynamicRange: 0,
      topExponent: null,
    });
  });
});

describe('scaleLimit', () => {
  it('keeps the largest gradient an octave below the top', () => {
    expect(scaleLimit(layer({ '-10': 1, '-3': 1 }), fp16)).toBe(17);
    expect(rangeStats(layer({ '-3': 1 }), fp16, 2 ** 17).overflow).toBe(0);
  });

  it('is none for weights and for zeros', () => {
    expect(scaleLimit(layer({ 0: 1 }, { kind: 'weight' }), fp16)).toBeNull();
    expect(scaleLimit(layer({ 0: 0 }), fp16)).toBeNull();
  });
});
