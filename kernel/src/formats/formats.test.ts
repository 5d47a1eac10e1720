import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatBands } from './bands';
import { decode, encode } from './codec';
import { limits, type FloatFormat } from './format';
import { round, roundTo } from './round';
import { FORMATS, formatNamed, type FormatId } from './table';

/** The oracle: ml_dtypes (and NumPy) in the checkout's Python. */
const PYTHON = [resolve('.venv/bin/python'), resolve('.venv/Scripts/python.exe')].find(existsSync);

function python(script: string, input: Uint8Array = new Uint8Array()): Buffer {
  return execFileSync(
    PYTHON ?? 'python3',
    ['-c', `import sys, numpy as np, ml_dtypes as ml\n${script}`],
    {
      input,
      maxBuffer: 1 << 28,
    },
  );
}

const float64s = (bytes: Buffer): Float64Array =>
  new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

const NUMPY: Readonly<Partial<Record<FormatId, string>>> = {
  fp16: 'np.float16',
  bf16: 'ml.bfloat16',
  e4m3: 'ml.float8_e4m3fn',
  e5m2: 'ml.float8_e5m2',
};
const CODED = ['fp16', 'bf16', 'e4m3', 'e5m2'] as const;

/** First few positions where two arrays differ; NaN equals NaN, and the sign of zero counts. */
function differences(actual: ArrayLike<number>, expected: ArrayLike<number>): string[] {
  const found: string[] = [];
  if (actual.length !== expected.length)
    found.push(`length ${actual.length} != ${expected.length}`);
  for (let i = 0; i < expected.length && found.length < 5; i++) {
    if (!Object.is(actual[i], expected[i]))
      found.push(`[${i}] ${String(actual[i])} != ${String(expected[i])}`);
  }
  return found;
}

/** Reproducible floats of every magnitude, the ties of a format, and their neighbours. */
function samples(id: FormatId): Float32Array {
  const values: number[] = [0, -0, Infinity, -Infinity, NaN, 1, -1];
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  let state = 12345;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  for (let i = 0; i < 50_000; i++) {
    bits[0] = random();
    values.push(float[0] ?? 0);
  }
  const { max, minSubnormal, epsilon } = limits(FORMATS[id]);
  const span = Math.log2(max) - Math.log2(minSubnormal) + 4;
  for (let i = 0; i < 50_000; i++) {
    values.push((random() & 1 ? 1 : -1) * minSubnormal * 2 ** ((random() / 2 ** 32) * span - 3));
  }
  const near = (value: number): void => {
    float[0] = value;
    for (const step of [-1, 0, 1]) {
      const code = bits[0] ?? 0;
      bits[0] = code + step;
      values.push(float[0], -float[0]);
      bits[0] = code;
    }
  };
  for (let k = 1; k < 64; k++) {
    near((k + 0.5) * minSubnormal);
    near(max * (1 + (k - 32) * (epsilon / 16)));
    near(1 + (k / 2) * epsilon);
  }
  return Float32Array.from(values);
}

describe('formats against ml_dtypes', () => {
  it.each(CODED)('decodes every code of %s', (id) => {
    const { bits } = FORMATS[id];
    const expected = float64s(
      python(
        `sys.stdout.buffer.write(np.arange(${2 ** bits}, dtype=np.uint${bits}).view(${NUMPY[id] ?? ''}).astype(np.float64).tobytes())`,
      ),
    );
    const actual = Float64Array.from({ length: 2 ** bits }, (_, code) => decode(FORMATS[id], code));
    expect(differences(actual, expected)).toEqual([]);
  });

  it.each(CODED)('rounds random values, ties and limits of %s', (id) => {
    const values = samples(id);
    const expected = float64s(
      python(
        `x = np.frombuffer(sys.stdin.buffer.read(), np.float32)\n` +
          `with np.errstate(all='ignore'): sys.stdout.buffer.write(x.astype(${NUMPY[id] ?? ''}).astype(np.float64).tobytes())`,
        new Uint8Array(values.buffer),
      ),
    );
    expect(differences(roundTo(FORMATS[id], values), expected)).toEqual([]);
  });

  it.each(CODED)('encodes what it decodes in %s', (id) => {
    const format = FORMATS[id];
    const wrong: number[] = [];
    for (let code = 0; code < 2 ** format.bits; code++) {
      const value = decode(format, code);
      if (!Number.isNaN(value) && encode(format, value) !== code) wrong.push(code);
    }
    expect(wrong).toEqual([]);
    expect(decode(format, encode(format, NaN))).toBeNaN();
  });

  it.each(CODED)('has the limits that finfo has for %s', (id) => {
    const [max, minNormal, minSubnormal, epsilon] = float64s(
      python(
        `f = ml.finfo(${NUMPY[id] ?? ''})\n` +
          `sys.stdout.buffer.write(np.array([f.max, f.smallest_normal, f.smallest_subnormal, f.eps], np.float64).tobytes())`,
      ),
    );
    expect(limits(FORMATS[id])).toMatchObject({ max, minNormal, minSubnormal, epsilon });
  });

  it('clamps int4 and int8 as ml_dtypes decodes their codes', () => {
    const int4 = float64s(
      python(
        `sys.stdout.buffer.write(np.arange(16, dtype=np.uint8).view(ml.int4).astype(np.float64).tobytes())`,
      ),
    );
    expect(Array.from({ length: 16 }, (_, code) => decode(FORMATS.int4, code))).toEqual([...int4]);
    expect([200, -200, 2.5, 3.5, -2.5].map((x) => round(FORMATS.int8, x))).toEqual([
      127, -128, 2, 4, -2,
    ]);
    expect(encode(FORMATS.int8, -1)).toBe(255);
    expect(round(FORMATS.uint8, -3)).toBe(0);
  });
});

describe('directed and saturating rounding', () => {
  const { fp16, e4m3, e5m2, fp32, tf32 } = FORMATS;

  it('rounds toward zero, up and down by the sign', () => {
    const between = 1 + 2 ** -12;
    const directed = (x: number): number[] =>
      (['toward-zero', 'up', 'down'] as const).map((rounding) => round(fp16, x, { rounding }));
    expect(directed(between)).toEqual([1, 1 + 2 ** -10, 1]);
    expect(directed(-between)).toEqual([-1, -1, -1 - 2 ** -10]);
    expect(directed(1e6)).toEqual([65504, Infinity, 65504]);
    expect(directed(-1e6)).toEqual([-65504, -65504, -Infinity]);
    expect(directed(2 ** -30)).toEqual([0, 2 ** -24, 0]);
  });

  it('overflows to NaN or infinity, and saturates when asked', () => {
    expect(round(e4m3, 464)).toBe(448);
    expect(round(e4m3, 465)).toBeNaN();
    expect(round(e4m3, Infinity)).toBeNaN();
    expect(round(e4m3, 465, { saturate: true })).toBe(448);
    expect(round(e4m3, -Infinity, { saturate: true })).toBe(-448);
    expect(round(e5m2, 61440)).toBe(Infinity);
    expect(round(e5m2, 61440, { saturate: true })).toBe(57344);
  });

  it('rounds doubles to fp32 as Math.fround does, subnormals and overflow included', () => {
    const doubles = [0.1, 1e-45, 7e-46, 7.1e-46, 3.4028235677973366e38, -1e-310, 1e300, 16777217];
    expect(doubles.map((x) => round(fp32, x))).toEqual(doubles.map(Math.fround));
  });

  it('keeps 10 fraction bits and the range of fp32 in tf32', () => {
    expect(round(tf32, 1 + 2 ** -11)).toBe(1);
    expect(round(tf32, 1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
    expect(round(tf32, 2 ** 127)).toBe(2 ** 127);
    expect(limits(tf32).minNormal).toBe(2 ** -126);
  });
});

describe('the table', () => {
  it('finds formats by other common names and names the nearest when there is none', () => {
    expect(formatNamed('BFloat16').id).toBe('bf16');
    expect(() => formatNamed('fp61')).toThrow(/"fp61" is not a number format.*\n.*fp16/);
    expect(() => decode(FORMATS.e4m3, 256)).toThrow(/from 0 to 255/);
  });

  it('names both 8-bit floats where fp8 leaves it open', () => {
    expect(() => formatNamed('fp8')).toThrow(/"fp8" is not a number format.*\n.*e4m3 or e5m2\?/);
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
  ] as const)('is named by %s when it is given anything else', (_name, call) => {
    for (const value of [undefined, 16, {}, 'fp17']) {
      expect(() => call(value as never)).toThrow(
        /is not a number format; allowed are fp32, tf32, fp16, bf16, e4m3, e5m2, int8/,
      );
    }
  });

  it('holds floats whose fields fill their bits', () => {
    const floats = Object.values(FORMATS).filter((f): f is FloatFormat => f.kind === 'float');
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
