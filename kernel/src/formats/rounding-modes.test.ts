import { beforeAll, describe, expect, it } from 'vitest';
import { decodeArray, encodeArray, roundTo } from './arrays';
import { limits } from './limits';
import { differences, float64s, FLOAT_TYPES, FLOATS, generator, python } from './ml-dtypes.fixture';
import { joined, PATHS } from './paths.fixture';
import { round } from './round';
import { FORMATS } from './table';

/**
 * The two neighbors of each number among all values that ml_dtypes lists, and by mode the one that
 * is right. `codes` says which of two values has the even code.
 */
const NEIGHBORS = (type: string, bits: number): string => `
x = get(np.float32).astype(np.float64)
code = np.arange(${2 ** bits}, dtype=np.uint${bits > 8 ? 16 : 8})
v = code.view(${type}).astype(np.float64)
ok = np.isfinite(v) & ~((v == 0) & np.signbit(v))
order = np.argsort(v[ok]); v = v[ok][order]; odd = (code[ok][order] & 1) == 1
i = np.clip(np.searchsorted(v, x, side='right') - 1, 0, len(v) - 2)
lo, hi, lo_odd = v[i], v[i + 1], odd[i]
exact = (x == lo) | (x == hi)
near0, away = np.where(x > 0, lo, hi), np.where(x > 0, hi, lo)
modes = {
  'toward-zero': near0, 'up': hi, 'down': lo,
  'to-odd': np.where(lo_odd, lo, hi),
  'nearest-away': np.where(x - lo < hi - x, lo, np.where(x - lo > hi - x, hi, away)),
}
modes = {k: np.where(exact, x, m) for k, m in modes.items()}
`;

describe.each(FLOATS.filter((id) => id !== 'e8m0'))('other rounding modes of %s', (id) => {
  const MODES = ['toward-zero', 'up', 'down', 'to-odd', 'nearest-away'] as const;
  let samples: Float32Array;
  let neighbors: Float64Array;

  beforeAll(() => {
    const { max, minSubnormal } = limits(FORMATS[id]);
    const random = generator(31);
    const values = Float32Array.from({ length: 20_000 }, () => {
      const octaves = (random() / 2 ** 32) * (Math.log2(max / minSubnormal) + 2) - 2;
      return (random() & 1 ? 1 : -1) * minSubnormal * 2 ** octaves;
    });
    const ties = values.map((x) => round(id, x) + minSubnormal / 2);
    samples = joined([values, ties]).filter((x) => Math.abs(x) <= max);
    neighbors = float64s(
      python(
        `${NEIGHBORS(FLOAT_TYPES[id], FORMATS[id].bits)}\n` +
          `put(np.stack([modes[m] + 0.0 for m in '${MODES.join(' ')}'.split()]))`,
        samples,
      ),
    );
  }, 60_000);

  it.each(PATHS.flatMap((path) => MODES.map((mode, place) => ({ ...path, mode, place }))))(
    '$mode takes the right one of the two neighbors, $path',
    ({ roundAll, mode, place }) => {
      const expected = neighbors.slice(place * samples.length, (place + 1) * samples.length);
      const actual = Array.from(roundAll(id, samples, { rounding: mode }), (x) => x + 0);
      expect(differences(actual, expected)).toEqual([]);
    },
  );
});

describe('stochastic rounding', () => {
  it.each(PATHS.filter(({ path }) => path === 'array'))(
    'has the mean of the number',
    ({ roundAll }) => {
      const n = 200_000;
      for (const [id, x] of [
        ['e4m3', 1.03],
        ['e2m1', -2.3],
        ['int4', 2.7],
        ['fp16', 1e-8],
        ['nf4', 0.7],
      ] as const) {
        const rounded = roundAll(id, new Float32Array(n).fill(x), {
          rounding: 'stochastic',
          seed: 9,
        });
        const seen = new Set(rounded);
        expect(seen.size).toBe(2);
        const [low = NaN, high = NaN] = [...seen].sort((a, b) => a - b);
        const mean = Array.from(rounded).reduce((a, b) => a + b, 0) / n;
        const p = (Math.fround(x) - low) / (high - low);
        const deviation = (high - low) * Math.sqrt((p * (1 - p)) / n);
        expect(Math.abs(mean - x)).toBeLessThan(5 * deviation);
      }
    },
  );

  it('is the same for the same seed, however the array is cut, and on one number', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 3);
    const options = { rounding: 'stochastic', seed: 4 } as const;
    const whole = roundTo('e4m3', values, options);
    expect(roundTo('e4m3', values, options)).toEqual(whole);
    expect(roundTo('e4m3', values.slice(0, 10), options)).toEqual(whole.slice(0, 10));
    expect(round('e4m3', values[0] ?? NaN, options)).toBe(whole[0]);
    expect(roundTo('e4m3', values, { ...options, seed: 5 })).not.toEqual(whole);
    expect([...decodeArray('e4m3', encodeArray('e4m3', values, options))]).toEqual([...whole]);
  });

  it('leaves alone what the format has', () => {
    const exact = Float32Array.of(0, 1, -448, 2 ** -9, 0.875);
    expect(roundTo('e4m3', exact, { rounding: 'stochastic' })).toEqual(exact);
  });
});
