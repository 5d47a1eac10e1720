import { describe, expect, it } from 'vitest';
import { decodeArray } from '../formats/arrays';
import { differences, float32s, generator, python } from '../formats/ml-dtypes.fixture';
import { dequantizeLinear, quantizeLinear } from './linear-codes';

const SHAPE = [3, 8, 5] as const;
const random = generator(11);
const values = Float32Array.from({ length: 120 }, () => (random() / 2 ** 32 - 0.5) * 40);

/** Scales and zero points by group, as NumPy broadcasts them over the tensor. */
const GRANULARITIES = [
  { granularity: { kind: 'tensor' }, groups: 1, expand: 'p.reshape(1, 1, 1)' },
  { granularity: { kind: 'axis', axis: 1 }, groups: 8, expand: 'p.reshape(1, 8, 1)' },
  { granularity: { kind: 'axis', axis: -1 }, groups: 5, expand: 'p.reshape(1, 1, 5)' },
  {
    granularity: { kind: 'group', axis: 1, size: 2 },
    groups: 60,
    expand: 'np.repeat(p.reshape(3, 4, 5), 2, axis=1)',
  },
] as const;

const FORMATS = [
  ['uint8', 0, 255],
  ['int8', -128, 127],
  ['int16', -32768, 32767],
  ['uint16', 0, 65535],
  ['int4', -8, 7],
  ['uint2', 0, 3],
] as const;

describe('quantizeLinear and dequantizeLinear', () => {
  it.each(GRANULARITIES)(
    'are those of NumPy by $granularity',
    ({ granularity, groups, expand }) => {
      const options = { shape: SHAPE, granularity };
      const given = FORMATS.map(([format, min, max]) => ({
        format,
        scale: Float32Array.from({ length: groups }, (_, i) => 0.03 + 0.21 * i),
        zeroPoint: Float32Array.from({ length: groups }, (_, i) => min + ((7 * i) % (max - min))),
      }));
      const found = given.flatMap(({ format, ...parameters }) => {
        const codes = quantizeLinear(values, format, parameters, options);
        const numbers = dequantizeLinear(codes, format, parameters, options);
        return [...decodeArray(format, codes), ...numbers].map((x) => x + 0);
      });
      const expected = python(
        `a, n = get(np.float32), ${groups}\nx, p = a[:120].reshape(3, 8, 5), a[120:].reshape(-1, 2, n)\n` +
          `wide = lambda p: ${expand}\n` +
          `for (s, z), (low, high) in zip(p, [${FORMATS.map(([, min, max]) => `(${min}, ${max})`).join()}]):\n` +
          `  s, z = wide(s), wide(z); q = np.clip(np.rint(x / s) + z, low, high)\n` +
          `  put(np.stack([q, (q - z) * s]).astype(np.float32) + np.float32(0))`,
        Float32Array.of(...values, ...given.flatMap((p) => [...p.scale, ...p.zeroPoint])),
      );
      expect(differences(found, float32s(expected))).toEqual([]);
    },
  );

  it('round to FP8 and saturate unless told not to', () => {
    const parameters = { scale: 2 };
    const codes = quantizeLinear([1e6, -1e6, 3], 'e4m3', parameters);
    expect([...dequantizeLinear(codes, 'e4m3', parameters)]).toEqual([896, -896, 3]);
    const loose = quantizeLinear([1e6, -1e6], 'e5m2', parameters, { saturate: false });
    expect([...dequantizeLinear(loose, 'e5m2', parameters)]).toEqual([Infinity, -Infinity]);
  });

  it('take NaN for the zero point and infinities for the ends', () => {
    const codes = quantizeLinear([NaN, Infinity, -Infinity], 'uint8', { scale: 1, zeroPoint: 7 });
    expect([...codes]).toEqual([7, 255, 0]);
  });

  it.each([
    [{ scale: 0 }, /0 is no scale; allowed are finite numbers above 0/],
    [{ scale: NaN }, /NaN is no scale/],
    [{ scale: [1, 2, 3] }, /3 scales for 1 groups; allowed are one, or one per group/],
    [{ scale: 1, zeroPoint: 128 }, /128 is no zero point of this format/],
    [{ scale: 1, zeroPoint: 0.5 }, /0.5 is no zero point/],
  ])('name what is wrong with %j', (parameters, message) => {
    expect(() => quantizeLinear([1], 'int8', parameters)).toThrow(message);
  });

  it('refuse other shapes, axes and groups that do not divide', () => {
    const call = (options: object) => () => quantizeLinear(values, 'int8', { scale: 1 }, options);
    expect(call({ shape: [7] })).toThrow(/has 7 elements, but 120 were given/);
    expect(call({ shape: SHAPE, granularity: { kind: 'axis', axis: 3 } })).toThrow(/Axis 3/);
    expect(call({ shape: SHAPE, granularity: { kind: 'group', axis: 2, size: 2 } })).toThrow(
      /Groups of 2 do not divide axis 2/,
    );
    expect(() => quantizeLinear([1], 'e4m3', { scale: 1, zeroPoint: 3 })).toThrow(/0 for floats/);
  });
});
