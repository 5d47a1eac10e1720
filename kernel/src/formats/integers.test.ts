import { describe, expect, it } from 'vitest';
import { decodeArray, encodeArray, roundTo } from './arrays';
import { decode, encode } from './codec';
import { limits } from './limits';
import {
  differences,
  float64s,
  generator,
  INTEGER_TYPES,
  INTEGERS,
  python,
} from './ml-dtypes.fixture';
import { decoded, everyCode, PATHS } from './paths.fixture';
import { round } from './round';
import { FORMATS } from './table';

describe.each(PATHS)('integers, $path', ({ encodeAll, decodeAll }) => {
  it.each(INTEGERS)('%s: every code decodes as in NumPy and ml_dtypes', (id) => {
    const { bits } = FORMATS[id];
    const expected = float64s(
      python(
        `put(np.arange(${2 ** bits}, dtype=np.uint8).view(${INTEGER_TYPES[id]}).astype(np.float64))`,
      ),
    );
    expect(differences(decodeAll(id, everyCode(id)), expected)).toEqual([]);
  });

  it.each([...INTEGERS, 'int3', 'uint3'] as const)('%s: rounds half to even and clamps', (id) => {
    const { min, max } = limits(FORMATS[id]);
    const random = generator(5);
    const values = Float32Array.from({ length: 100_000 }, () =>
      random() & 1 ? 0.5 * ((random() % 1200) - 600) : (random() / 2 ** 32 - 0.5) * 2.5 * max,
    );
    const expected = float64s(
      python(
        `put(np.clip(np.rint(get(np.float32)), ${min}, ${max}).astype(np.float64) + 0)`,
        values,
      ),
    );
    expect(differences(decoded(id, encodeAll(id, values)), expected)).toEqual([]);
    const special = encodeAll(id, Float32Array.of(Infinity, -Infinity, NaN, -0));
    expect([...decoded(id, special)]).toEqual([max, min, 0, 0]);
  });
});

describe('integers of 16 and 32 bits', () => {
  const values = Float32Array.of(
    -3e9,
    -70_000,
    -32_768.5,
    -1.5,
    -0.5,
    0.5,
    2.5,
    32_767.6,
    65_535,
    3e9,
    NaN,
  );

  it.each([
    ['int16', [-32768, -32768, -32768, -2, 0, 0, 2, 32767, 32767, 32767, 0]],
    ['uint16', [0, 0, 0, 0, 0, 0, 2, 32768, 65535, 65535, 0]],
    ['int32', [-(2 ** 31), -70_000, -32_768, -2, 0, 0, 2, 32_768, 65_535, 2 ** 31, 0]],
  ] as const)('%s: rounds half to even and clamps', (id, expected) => {
    expect([...decodeArray(id, encodeArray(id, values))]).toEqual(expected);
    // A float32 has no 2^31 - 1; a double does.
    const one = expected.map((x) => Math.min(x, limits(id).max));
    expect(Array.from(values, (x) => decode(id, encode(id, x)))).toEqual(one);
  });
});

describe('wrapping', () => {
  it.each([
    ['int8', 'np.int8'],
    ['uint8', 'np.uint8'],
    ['int16', 'np.int16'],
    ['int32', 'np.int32'],
  ] as const)('of %s is what NumPy makes of 64-bit integers', (id, type) => {
    const random = generator(8);
    const whole = Float64Array.from({ length: 2000 }, () => (random() - 2 ** 31) * (random() % 64));
    const expected = float64s(
      python(`put(get(np.float64).astype(np.int64).astype(${type}).astype(np.float64))`, whole),
    );
    const found = Array.from(whole, (x) => decode(id, encode(id, x, { wrap: true })));
    expect(
      differences(
        found.map((x) => x + 0),
        expected,
      ),
    ).toEqual([]);
  });

  it('comes after rounding, leaves what fits, and takes infinities and NaN for 0', () => {
    const wrap = true;
    expect(round('int4', 7.5, { wrap })).toBe(-8);
    expect(round('int4', 7.5, { wrap, rounding: 'toward-zero' })).toBe(7);
    expect([...roundTo('uint2', Float32Array.of(3, 4, -1, Infinity, NaN), { wrap })]).toEqual([
      3, 0, 3, 0, 0,
    ]);
  });
});
