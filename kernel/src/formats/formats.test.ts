import { beforeAll, describe, expect, it } from 'vitest';
import { decodeArray, encodeArray, roundTo } from './arrays';
import { formatBands } from './bands';
import { decode, decoder, encode, encoder } from './codec';
import { limits, type FloatFormat } from './format';
import {
  differences,
  float32s,
  float64s,
  FLOAT_TYPES,
  FLOATS,
  generator,
  INTEGER_TYPES,
  INTEGERS,
  python,
  uint16s,
} from './ml-dtypes.fixture';
import { round, type RoundOptions } from './round';
import { ROUNDINGS, type Rounding } from './rounding';
import { FORMATS, formatNamed, type FormatId } from './table';

/** The two ways to each result. Every case below is run on both. */
const PATHS = [
  {
    path: 'scalar',
    encodeAll: (id: FormatId, values: Float32Array, options?: RoundOptions): number[] =>
      Array.from(values, encoder(id, options)),
    decodeAll: (id: FormatId, codes: Uint16Array): number[] => Array.from(codes, decoder(id)),
    roundAll: (id: FormatId, values: Float32Array, options?: RoundOptions): number[] =>
      Array.from(values, (x) => round(id, x, options)),
  },
  { path: 'array', encodeAll: encodeArray, decodeAll: decodeArray, roundAll: roundTo },
];

const everyCode = (id: FormatId): Uint16Array =>
  Uint16Array.from({ length: 2 ** FORMATS[id].bits }, (_, code) => code);

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

/** Every value of the format and every midpoint, each with its float32 neighbours, and the specials. */
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

function joined(parts: readonly ArrayLike<number>[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** Codes compared as the numbers they stand for: NaN has many codes. */
const decoded = (id: FormatId, codes: ArrayLike<number>): Float32Array =>
  decodeArray(id, Uint16Array.from(codes));

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

/**
 * The two neighbours of each number among all values that ml_dtypes lists, and by mode the one that
 * is right. `codes` says which of two values has the even code.
 */
const NEIGHBOURS = (type: string, bits: number): string => `
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
  let neighbours: Float64Array;

  beforeAll(() => {
    const { max, minSubnormal } = limits(FORMATS[id]);
    const random = generator(31);
    const values = Float32Array.from({ length: 20_000 }, () => {
      const octaves = (random() / 2 ** 32) * (Math.log2(max / minSubnormal) + 2) - 2;
      return (random() & 1 ? 1 : -1) * minSubnormal * 2 ** octaves;
    });
    const ties = values.map((x) => round(id, x) + minSubnormal / 2);
    samples = joined([values, ties]).filter((x) => Math.abs(x) <= max);
    neighbours = float64s(
      python(
        `${NEIGHBOURS(FLOAT_TYPES[id], FORMATS[id].bits)}\n` +
          `put(np.stack([modes[m] + 0.0 for m in '${MODES.join(' ')}'.split()]))`,
        samples,
      ),
    );
  }, 60_000);

  it.each(PATHS.flatMap((path) => MODES.map((mode, place) => ({ ...path, mode, place }))))(
    '$mode takes the right one of the two neighbours, $path',
    ({ roundAll, mode, place }) => {
      const expected = neighbours.slice(place * samples.length, (place + 1) * samples.length);
      const actual = Array.from(roundAll(id, samples, { rounding: mode }), (x) => x + 0);
      expect(differences(actual, expected)).toEqual([]);
    },
  );
});

describe('saturation and overflow', () => {
  const { fp16, e4m3, e5m2, fp32, tf32 } = FORMATS;

  it.each(PATHS)('is asked for by name, $path', ({ roundAll }) => {
    const all = (id: FormatId, values: number[], options?: RoundOptions): number[] => [
      ...roundAll(id, Float32Array.from(values), options),
    ];
    const saturate = true;
    expect(all('e4m3', [464, 465, -Infinity, Infinity])).toEqual([448, NaN, NaN, NaN]);
    expect(all('e4m3', [465, -Infinity, NaN], { saturate })).toEqual([448, -448, NaN]);
    expect(all('e5m2', [61439, 61440, -1e30])).toEqual([57344, Infinity, -Infinity]);
    expect(all('e5m2', [61440, -Infinity], { saturate })).toEqual([57344, -57344]);
    expect(all('e5m2fnuz', [61440, -Infinity])).toEqual([NaN, NaN]);
    expect(all('e2m1', [100, -Infinity, NaN])).toEqual([6, -6, 0]);
    expect(all('e8m0', [0, -1, 3, 6, NaN])).toEqual([NaN, NaN, 4, 8, NaN]);
    expect(all('fp16', [1e6, 65519], { saturate })).toEqual([65504, 65504]);
    expect(all('pow2', [0.75, 0.375, 0.3, -9, 0.004, NaN])).toEqual([1, 0.5, 0.25, -1, 0, 0]);
  });

  it('rounds toward zero, up and down by the sign', () => {
    const directed = (x: number): number[] =>
      (['toward-zero', 'up', 'down'] as const).map((rounding) => round(fp16, x, { rounding }));
    expect(directed(1e6)).toEqual([65504, Infinity, 65504]);
    expect(directed(-1e6)).toEqual([-65504, -65504, -Infinity]);
    expect(directed(2 ** -30)).toEqual([0, 2 ** -24, 0]);
    expect(round(e4m3, 1e6, { rounding: 'toward-zero' })).toBe(448);
    expect(round(e5m2, 1e9, { rounding: 'to-odd' })).toBe(57344);
  });

  it.each(PATHS)('rounds to fp32 and tf32, $path', ({ roundAll, encodeAll, decodeAll }) => {
    const values = Float32Array.of(0.1, 1e-45, -1e-40, 3.4028234663852886e38, -Infinity, -0, NaN);
    expect([...roundAll('fp32', values)]).toEqual([...values]);
    const codes = encodeAll('fp32', values);
    expect([...codes]).toEqual([...new Uint32Array(values.buffer)]);
    expect([...encodeAll('tf32', Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, -2))]).toEqual([
      0x1fc00, 0x1fc02, 0x60000,
    ]);
    expect([...decodeAll('tf32', Uint32Array.of(0x1fc02, 0x60000) as never)]).toEqual([
      1 + 2 ** -9,
      -2,
    ]);
  });

  it('rounds doubles to fp32 as Math.fround does, subnormals and overflow included', () => {
    const doubles = [0.1, 1e-45, 7e-46, 7.1e-46, 3.4028235677973366e38, -1e-310, 1e300, 16777217];
    expect(doubles.map((x) => round(fp32, x))).toEqual(doubles.map(Math.fround));
    expect(round(tf32, 2 ** 127)).toBe(2 ** 127);
    expect(limits(tf32).minNormal).toBe(2 ** -126);
  });
});

describe('tables', () => {
  it.each(PATHS)('binary is the sign, zero positive, $path', ({ encodeAll, roundAll }) => {
    const values = Float32Array.of(-3, -0.1, 0, 0.1, 9, NaN);
    expect([...encodeAll('binary', values)]).toEqual([0, 0, 1, 1, 1, 1]);
    expect([...roundAll('binary', values)]).toEqual([-1, -1, 1, 1, 1, 1]);
  });

  it.each(PATHS)('nf4 takes the nearest of its values, $path', ({ encodeAll }) => {
    const random = generator(3);
    const values = Float32Array.from({ length: 50_000 }, () => random() / 2 ** 31 - 1);
    const list = FORMATS.nf4.values.join(',');
    const expected = uint16s(
      python(
        `v = np.array([${list}])\nput(np.abs(get(np.float32).astype(np.float64)[:, None] - v).argmin(1).astype(np.uint16))`,
        values,
      ),
    );
    expect(differences(encodeAll('nf4', values), expected)).toEqual([]);
  });

  it('nf4 has the quantiles of the normal distribution that QLoRA defines', () => {
    const quantiles = float32s(
      python(
        `from scipy.stats import norm\no = 0.9677083\n` +
          `v = np.r_[norm.ppf(np.linspace(o, .5, 9)[:-1]), 0, -norm.ppf(np.linspace(o, .5, 8)[:-1])]\n` +
          `put(np.sort(v / v.max()).astype(np.float32))`,
      ),
    );
    const furthest = FORMATS.nf4.values.map((v, i) => Math.abs(v - (quantiles[i] ?? NaN)));
    expect(Math.max(...furthest)).toBeLessThan(5e-7);
  });
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

describe('the table', () => {
  it('finds formats by other common names and names the nearest when there is none', () => {
    expect(formatNamed('BFloat16').id).toBe('bf16');
    expect(formatNamed('float8_e4m3fn').id).toBe('e4m3');
    expect(() => formatNamed('fp61')).toThrow(/"fp61" is not a number format.*\n.*fp16/);
    for (const path of PATHS) {
      expect(() => path.decodeAll('e4m3', Uint16Array.of(3, 256))).toThrow(/256 .*from 0 to 255/);
      expect(() => path.decodeAll('int4', Uint16Array.of(3, 16))).toThrow(/16 .*from 0 to 15/);
    }
  });

  it('names those formats where fp8 or fp6 leaves it open', () => {
    expect(() => formatNamed('fp8')).toThrow(/"fp8" is not a number format.*\n.*e4m3 or e5m2\?/);
    expect(() => formatNamed('fp6')).toThrow(/"fp6" is not a number format.*\n.*e3m2 or e2m3\?/);
  });

  it('is asked by every function that is given a name', () => {
    expect(limits('e4m3').max).toBe(448);
    expect(round('bfloat16', 257)).toBe(256);
    expect([...roundTo('float16', Float32Array.of(2049))]).toEqual([2048]);
    expect(decode('e5m2', encode('e5m2', -3))).toBe(-3);
  });

  it.each([
    ['limits', (format: never) => limits(format)],
    ['round', (format: never) => round(format, 1)],
    ['roundTo', (format: never) => roundTo(format, Float32Array.of(1))],
    ['encode', (format: never) => encode(format, 1)],
    ['decode', (format: never) => decode(format, 1)],
    ['encodeArray', (format: never) => encodeArray(format, Float32Array.of(1))],
    ['decodeArray', (format: never) => decodeArray(format, Uint8Array.of(1))],
  ] as const)('is named by %s when it is given anything else', (_name, call) => {
    for (const value of [undefined, 16, {}, 'fp17']) {
      expect(() => call(value as never)).toThrow(
        /is not a number format; allowed are fp32, tf32, fp16, bf16, e4m3, e5m2, e3m4/,
      );
    }
  });

  it('names the rounding modes when it is given another', () => {
    expect(() => round('fp16', 1, { rounding: 'nearest' as Rounding })).toThrow(
      `Unknown rounding 'nearest'. Allowed: ${Object.keys(ROUNDINGS).join(', ')}.`,
    );
  });

  it('holds IEEE floats whose fields fill their bits', () => {
    const floats = Object.values(FORMATS).filter(
      (f): f is FloatFormat => f.kind === 'float' && f.nan === 'ieee',
    );
    expect(floats.map((f) => [f.id, Math.log2(f.exponentBias + 1) + 1 + f.precision])).toEqual(
      floats.map((f) => [f.id, f.bits]),
    );
  });

  it('gives the gradient view the exponents of each band', () => {
    expect(formatBands(['fp16', 'bf16', 'e4m3'])).toEqual([
      {
        id: 'fp16',
        label: 'FP16',
        minSubnormalExponent: -24,
        minNormalExponent: -14,
        maxExponent: 15,
      },
      {
        id: 'bf16',
        label: 'BF16',
        minSubnormalExponent: -133,
        minNormalExponent: -126,
        maxExponent: 127,
      },
      {
        id: 'e4m3',
        label: 'FP8 E4M3',
        minSubnormalExponent: -9,
        minNormalExponent: -6,
        maxExponent: 8,
      },
    ]);
  });
});
