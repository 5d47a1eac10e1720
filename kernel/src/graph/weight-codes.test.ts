import { describe, expect, test } from 'vitest';
import { INT7, INT8 } from '../integer/affine';
import { quantizeTensor } from '../schemes/quantize-tensor';
import type { QuantizationScheme } from '../schemes/scheme';
import { type CodeScheme, decodeWeights, encodeWeights } from './weight-codes';

const CHANNELS = 3;
const DEPTH = 12;
const matrix = Float32Array.from(
  { length: DEPTH * CHANNELS },
  (_, i) => Math.sin(12.9898 * (i + 1)) * 2 ** (i % CHANNELS),
);
const scheme = (options: Partial<CodeScheme>): CodeScheme => ({
  format: 'int8',
  granularity: 'per-channel',
  rule: 'absmax/127',
  int8: INT8,
  ...options,
});
const encode = (options: Partial<CodeScheme>): ReturnType<typeof encodeWeights> =>
  encodeWeights(matrix, CHANNELS, scheme(options), 'layer');

describe('weight codes', () => {
  const affine = (bits: number): QuantizationScheme => ({ kind: 'affine', bits, symmetric: true });
  test.each<[string, Partial<CodeScheme>, QuantizationScheme]>([
    ['int8', {}, affine(8)],
    ['int4', { format: 'int4' }, affine(4)],
    ['int3', { format: 'int3' }, affine(3)],
    ['int2', { format: 'int2' }, affine(2)],
    [
      'int4 by 2*absmax/255',
      { format: 'int4', rule: '2*absmax/255' },
      { kind: 'affine', bits: 4, symmetric: true, rule: '2*absmax/255' },
    ],
    [
      'int4 in powers of two',
      { format: 'int4', rule: 'power-of-two' },
      { kind: 'power-of-two', bits: 4 },
    ],
    ['ternary', { format: 'ternary' }, { kind: 'ternary' }],
    ['binary', { format: 'binary' }, { kind: 'binary' }],
    ['log4', { format: 'log4' }, { kind: 'logarithmic', bits: 4 }],
    ['log3', { format: 'log3' }, { kind: 'logarithmic', bits: 3 }],
    ['codebook4', { format: 'codebook4' }, { kind: 'codebook', bits: 4 }],
    ['codebook3', { format: 'codebook3' }, { kind: 'codebook', bits: 3 }],
    ['codebook2', { format: 'codebook2' }, { kind: 'codebook', bits: 2 }],
  ])('%s are those of a tensor quantized by hand, at each granularity', (_, options, by) => {
    for (const [granularity, other] of [
      ['per-tensor', { kind: 'tensor' }],
      ['per-channel', { kind: 'axis', axis: 1 }],
      [{ group: 4 }, { kind: 'group', axis: 0, size: 4 }],
    ] as const) {
      const weights = encode({ ...options, granularity });
      const expected = quantizeTensor(matrix, by, {
        shape: [DEPTH, CHANNELS],
        granularity: other,
      });
      expect([...weights.codes]).toEqual([...expected.codes]);
      const values = expected.dequantize();
      decodeWeights(weights).forEach((w, i) => {
        expect(Math.abs(w - (values[i] ?? NaN))).toBeLessThan(1e-6 * Math.abs(w) + 1e-12);
      });
    }
  });

  test('have a scale per group and channel, row-major, all the same for the tensor', () => {
    expect(encode({ granularity: { group: 4 } }).scales).toHaveLength(3 * CHANNELS);
    expect(encode({ granularity: { group: 4 } }).groupSize).toBe(4);
    const { scales, groupSize } = encode({ granularity: 'per-tensor' });
    expect([new Set(scales).size, scales.length, groupSize]).toEqual([1, CHANNELS, DEPTH]);
  });

  test('keep to seven bits where they must', () => {
    expect(Math.max(...encode({ int8: INT7 }).codes.map(Math.abs))).toBe(63);
  });

  test('have a scale that is a power of two, where that is the rule', () => {
    for (const format of ['int8', 'int4', 'int2'] as const) {
      for (const scale of encode({ format, rule: 'power-of-two' }).scales) {
        expect(Number.isInteger(Math.log2(scale))).toBe(true);
      }
    }
  });

  test('are nearer by mse than by any other rule', () => {
    const error = (options: Partial<CodeScheme>): number =>
      decodeWeights(encode({ format: 'int3', ...options })).reduce(
        (sum, w, i) => sum + (w - (matrix[i] ?? NaN)) ** 2,
        0,
      );
    for (const rule of ['absmax/127', '2*absmax/255', 'power-of-two'] as const) {
      expect(error({ rule: 'mse' })).toBeLessThan(error({ rule }));
    }
  });
});
