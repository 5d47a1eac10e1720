import { beforeAll, describe, expect, it } from 'vitest';
import { limits } from './limits';
import {
  differences,
  float64s,
  FLOAT_TYPES,
  FLOATS,
  generator,
  python,
  uint16s,
} from './ml-dtypes.fixture';
import { decoded, everyCode, joined, PATHS } from './paths.fixture';
import { round } from './round';
import { FORMATS, type FormatId } from './table';

/** A million random numbers: half of any bits, half within the format's range. */
function randomSamples(id: FormatId): Float32Array {
  const random = generator(FORMATS[id].bits * 1000 + FORMATS[id].id.length);
  const values = new Float32Array(new Uint32Array(1_000_000).map(random).buffer);
  const { max, minSubnormal } = limits(FORMATS[id]);
  const span = Math.log2(max) - Math.log2(minSubnormal) + 4;
  for (let i = 0; i < values.length; i += 2) {
    const magnitude = minSubnormal * 2 ** ((random() / 2 ** 32) * span - 3);
    values[i] = (random() & 1 ? 1 : -1) * magnitude;
  }
  return values;
}

/** Every value of the format and every midpoint, each with its float32 neighbors, and the specials. */
function boundarySamples(id: FormatId, valuesOf: ArrayLike<number>): Float32Array {
  const { max, epsilon } = limits(FORMATS[id]);
  const finite = Array.from(valuesOf).filter(Number.isFinite);
  finite.push(...[1, 2, 3, 4].map((k) => max * (1 + (k * epsilon) / 4)));
  const sorted = [...Float64Array.from(new Set(finite.flatMap((x) => [x, -x]))).sort()];
  const points = sorted.flatMap((x, i) => [x, (x + (sorted[i + 1] ?? x)) / 2]);
  const near = Float32Array.from(points.flatMap((x) => [x, x, x]));
  const words = new Int32Array(near.buffer);
  for (let i = 0; i < words.length; i += 3) {
    words[i] = (words[i] ?? 0) - 1;
    words[i + 2] = (words[i + 2] ?? 0) + 1;
  }
  return joined([near, [0, -0, Infinity, -Infinity, 1e-45, -1e-45, 3.4e38, -3.4e38]]);
}

const castToCodes = (type: string, bits: number): string =>
  `put(get(np.float32).astype(${type}).view(np.uint${bits > 8 ? 16 : 8}).astype(np.uint16))`;

describe.each(FLOATS)('%s against ml_dtypes', (id) => {
  const { bits } = FORMATS[id];
  const type = FLOAT_TYPES[id];
  const hasNaN = FORMATS[id].nan !== 'none';
  let values: Float64Array;
  let samples: Float32Array;
  let codes: Uint16Array;

  beforeAll(() => {
    values = float64s(
      python(
        `put(np.arange(${2 ** bits}, dtype=np.uint${bits > 8 ? 16 : 8}).view(${type}).astype(np.float64))`,
      ),
    );
    const all = [randomSamples(id), boundarySamples(id, values), hasNaN ? [NaN] : []];
    samples = joined(all);
    // ml_dtypes takes float32's subnormals up to 2^-126, whose nearest power is 2^-127.
    if (id === 'e8m0') samples = samples.filter((x) => Math.abs(x) >= 2 ** -126);
    if (!hasNaN) samples = samples.filter((x) => !Number.isNaN(x));
    codes = uint16s(python(castToCodes(type, bits), samples));
  }, 60_000);

  it('has the limits that finfo has', () => {
    const [max, minNormal, minSubnormal, epsilon] = float64s(
      python(
        `f = ml.finfo(${type})\nput(np.array([f.max, f.smallest_normal, f.smallest_subnormal, f.eps], np.float64))`,
      ),
    );
    expect(limits(FORMATS[id])).toMatchObject({ max, minNormal, minSubnormal, epsilon });
  });

  describe.each(PATHS)('$path', ({ encodeAll, decodeAll, roundAll }) => {
    it('decodes every code', () => {
      expect(differences(decodeAll(id, everyCode(id)), values)).toEqual([]);
    });

    it('encodes what it decodes', () => {
      const numbers = everyCode(id).filter((code) => !Number.isNaN(values[code]));
      const exact = Float32Array.from(numbers, (code) => values[code] ?? NaN);
      expect(differences(encodeAll(id, exact), numbers)).toEqual([]);
    });

    it('encodes a million random values and every boundary', () => {
      const expected = decoded(id, codes);
      expect(differences(decoded(id, encodeAll(id, samples)), expected)).toEqual([]);
    });

    it('rounds to what it encodes', () => {
      const some = samples.filter((_, i) => i % 16 === 0);
      const expected = decoded(id, encodeAll(id, some));
      expect(differences(roundAll(id, some), expected)).toEqual([]);
    });
  });
});

describe('rounding of doubles', () => {
  it.each(FLOATS.filter((id) => id !== 'e8m0'))('is once, not through float32: %s', (id) => {
    const random = generator(77);
    const { max, minSubnormal, epsilon } = limits(FORMATS[id]);
    const doubles = Float64Array.from({ length: 40_000 }, () => {
      // Within 2^-50 of a midpoint, nearer than float32 could say.
      const near = round(
        id,
        minSubnormal * 2 ** ((random() / 2 ** 32) * Math.log2(max / minSubnormal)),
      );
      return near * (1 + epsilon / 2) * (1 + ((random() % 3) - 1) * 2 ** -50);
    }).filter((x) => x < max);
    const { bits } = FORMATS[id];
    // ml_dtypes itself goes through float32: take its list of values, and compare with midpoints.
    const expected = float64s(
      python(
        `x = get(np.float64)\n` +
          `v = np.arange(${2 ** (bits - 1)}, dtype=np.uint${bits > 8 ? 16 : 8}).view(${FLOAT_TYPES[id]}).astype(np.float64)\n` +
          `v = v[np.isfinite(v)]; middle = (v[1:] + v[:-1]) / 2\n` +
          `i = np.searchsorted(middle, x); tie = x == middle[np.minimum(i, len(middle) - 1)]\n` +
          `put(v[np.where(tie, i + i % 2, i)])`,
        doubles,
      ),
    );
    expect(
      differences(
        Array.from(doubles, (x) => round(id, x)),
        expected,
      ),
    ).toEqual([]);
  });
});
