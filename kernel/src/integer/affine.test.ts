import { describe, expect, it } from 'vitest';
import { fromTable } from '../errors';
import {
  asymmetricParams,
  dequantizeValue,
  INT7,
  quantizeSymmetric,
  quantizeValue,
  roundHalfEven,
  SCALE_RULES,
  UINT8,
} from './affine';

describe('roundHalfEven', () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [-2.5, -2],
    [2.4999, 2],
    [-2.51, -3],
    [8388609, 8388609],
  ])('takes %f to %f', (x, expected) => {
    expect(roundHalfEven(x)).toBeCloseTo(expected, 10);
  });
});

describe('quantizeSymmetric', () => {
  it('gives the codes of the worked example', () => {
    const { codes, scale } = quantizeSymmetric([-0.5, 0.3, 1.2, -2.1]);
    expect([...codes]).toEqual([-30, 18, 73, -127]);
    expect(scale).toBeCloseTo(2.1 / 127, 8);
  });

  it('has a second rule, torchao’s, whose scale is a little smaller', () => {
    const { codes, scale } = quantizeSymmetric([-0.5, 0.3, 1.2, -2.1], { rule: '2*absmax/255' });
    expect(scale).toBeCloseTo(4.2 / 255, 8);
    expect([...codes]).toEqual([-30, 18, 73, -127]);
  });

  it('keeps 7-bit codes within 63', () => {
    const { codes } = quantizeSymmetric([-1, 0.25, 1], { range: INT7 });
    expect([...codes]).toEqual([-63, 16, 63]);
  });

  it('gives zeros for zeros', () => {
    expect(quantizeSymmetric([0, 0])).toEqual({ codes: Int8Array.of(0, 0), scale: 1 });
  });
});

describe('asymmetricParams', () => {
  it('agrees with ONNX DynamicQuantizeLinear on its published examples', () => {
    // From the operator's specification: three inputs with their scale and zero point.
    const cases: [number[], number, number][] = [
      [[0, 2, -3, -2.5, 1.34, 0.5], 0.0196078438, 153],
      [[-1.0, -2.1, -1.3, -2.5, -3.34, -4.0], 0.0156862754, 255],
      [[1, 2.1, 1.3, 2.5, 3.34, 4.0, 1.5, 2.6, 3.9, 4.0, 3.0, 2.345], 0.0156862754, 0],
    ];
    for (const [values, scale, zeroPoint] of cases) {
      const params = asymmetricParams(Math.min(...values), Math.max(...values));
      expect(params.scale).toBeCloseTo(scale, 9);
      expect(params.zeroPoint).toBe(zeroPoint);
    }
  });

  it('represents zero exactly', () => {
    const params = asymmetricParams(-0.37, 1.91);
    expect(dequantizeValue(quantizeValue(0, params, UINT8), params)).toBe(0);
  });

  it('clamps what lies outside the range, and takes NaN for zero', () => {
    const params = asymmetricParams(-1, 1);
    expect(quantizeValue(99, params, UINT8)).toBe(255);
    expect(quantizeValue(-Infinity, params, UINT8)).toBe(0);
    expect(quantizeValue(NaN, params, UINT8)).toBe(params.zeroPoint);
  });

  it('has scale 1 when all values are zero', () => {
    expect(asymmetricParams(0, 0)).toEqual({ scale: 1, zeroPoint: 0 });
  });
});

describe('fromTable', () => {
  it('names the wrong value, what is allowed and what is near', () => {
    expect(() => fromTable(SCALE_RULES, 'absmax/128', 'scale rule')).toThrow(
      /Unknown scale rule 'absmax\/128'\. Allowed: absmax\/127, tflite-narrow, 2\*absmax\/255\.\nDid you mean 'absmax\/127'\?/,
    );
  });
});
