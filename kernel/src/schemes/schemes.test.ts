import { beforeAll, describe, expect, it } from 'vitest';
import { differences, float32s, float64s, generator, python } from '../formats/ml-dtypes.fixture';
import type { GivenGranularity, QuantizationGranularity } from './granularity';
import { exactKMeans, seededKMeans } from './kmeans';
import { quantizeTensor } from './quantize-tensor';
import type { QuantizationScheme } from './scheme';

const INT8 = { kind: 'affine', bits: 8, symmetric: true } as const;
const UINT8 = { kind: 'affine', bits: 8, symmetric: false } as const;

/** Normal numbers, each row of another size. */
function samples(rows: number, columns: number): Float32Array {
  const random = generator(13);
  const unit = (): number => (random() + 0.5) / 2 ** 32;
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const normal = Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
    return normal * (1 + Math.floor(i / columns)) + 0.3;
  });
}

describe('the working', () => {
  it('shows each step: x, x/scale, rounded, q, back, error', () => {
    const tensor = quantizeTensor([-0.5, 0.3, 1.2, -2.1], INT8);
    expect([...tensor.codes]).toEqual([-30, 18, 73, -127]);
    const row = tensor.working[0];
    expect(row?.scaled).toBeCloseTo((-0.5 * 127) / 2.1, 4);
    expect(row).toMatchObject({ x: -0.5, group: 0, rounded: -30, q: -30 });
    expect(row?.dequantized).toBeCloseTo((-30 * 2.1) / 127, 6);
    expect(row?.error).toBeCloseTo((-30 * 2.1) / 127 + 0.5, 6);
    expect(tensor.parameters[0]?.scale).toBeCloseTo(2.1 / 127, 8);
    expect(String(tensor)).toMatch(/-30\.238 +-30 +-30/);
  });

  it('shows the first elements of a large tensor, and says so', () => {
    const text = String(quantizeTensor(samples(10, 100), INT8));
    expect(text).toContain('The first 32 of 1,000 elements.');
  });
});

describe('affine schemes against ONNX Runtime', () => {
  const [rows, columns] = [12, 40];
  const values = samples(rows, columns);
  const cases: [string, QuantizationScheme, QuantizationGranularity, string][] = [
    ['int8 per tensor', INT8, { kind: 'tensor' }, `run(x, sym(x, None, 127), np.int8)`],
    ['int8 per row', INT8, { kind: 'axis', axis: 0 }, `run(x, sym(x, 1, 127), np.int8, axis=0)`],
    [
      'int8 per column',
      INT8,
      { kind: 'axis', axis: -1 },
      `run(x, sym(x, 0, 127), np.int8, axis=1)`,
    ],
    [
      'int8 in groups of 8 along the rows',
      INT8,
      { kind: 'group', axis: 1, size: 8 },
      `run(x, sym(x.reshape(${rows}, -1, 8), 2, 127), np.int8, axis=1, block_size=8)`,
    ],
    [
      'int4 in groups of 4 down the columns',
      { kind: 'affine', bits: 4, symmetric: true },
      { kind: 'group', axis: 0, size: 4 },
      `run(x, sym(x.reshape(-1, 4, ${columns}), 1, 7), ml.int4, axis=0, block_size=4)`,
    ],
    [
      'int8 by 2*absmax/255',
      { ...INT8, rule: '2*absmax/255' },
      { kind: 'tensor' },
      `run(x, np.float32(2 * np.abs(x).max().astype(np.float64) / 255), np.int8)`,
    ],
    ['uint8 asymmetric per tensor', UINT8, { kind: 'tensor' }, `dynamic(x)`],
  ];
  const harness = `
from onnx import helper as h, TensorProto as T, numpy_helper as n
import onnxruntime as ort
x = get(np.float32).reshape(${rows}, ${columns})
sym = lambda x, axis, q: (np.abs(x).max(axis).astype(np.float64) / q).astype(np.float32)
def session(nodes, inits):
    g = h.make_graph(nodes, 'g', [h.make_tensor_value_info('x', T.FLOAT, x.shape)],
        [h.make_tensor_value_info('y', T.FLOAT, None)], inits)
    m = h.make_model(g, opset_imports=[h.make_opsetid('', 21)], ir_version=10)
    return ort.InferenceSession(m.SerializeToString(), providers=['CPUExecutionProvider']).run(['y'], {'x': x})[0]
def run(x, scale, dtype, **attributes):
    scale = np.asarray(scale)
    zero = n.from_array(np.zeros(scale.shape, dtype), 'z')
    q = h.make_node('QuantizeLinear', ['x', 's', 'z'], ['q'], **attributes)
    return session([q, h.make_node('DequantizeLinear', ['q', 's', 'z'], ['y'], **attributes)], [n.from_array(scale, 's'), zero])
def dynamic(x):
    return session([h.make_node('DynamicQuantizeLinear', ['x'], ['q', 's', 'z']), h.make_node('DequantizeLinear', ['q', 's', 'z'], ['y'])], [])
`;

  it.each(cases)('%s', (_name, scheme, granularity, call) => {
    const tensor = quantizeTensor(values, scheme, { shape: [rows, columns], granularity });
    const expected = float32s(python(`${harness}put(${call} + 0)`, values));
    expect(differences(tensor.dequantize(), expected)).toEqual([]);
  });

  it('signed asymmetric codes are the unsigned ones less 128', () => {
    const signed = quantizeTensor(values, { ...UINT8, signed: true });
    expect([...signed.codes]).toEqual([...quantizeTensor(values, UINT8).codes].map((q) => q - 128));
  });
});

describe('power-of-two', () => {
  it('gives the integer part the bits that Ristretto does', () => {
    // absmax 2.1 needs two integer bits and the sign: 5 fraction bits, scale 1/32.
    const tensor = quantizeTensor([-0.5, 0.3, 1.2, -2.1], { kind: 'power-of-two', bits: 8 });
    expect(tensor.parameters[0]).toEqual({
      scale: 1 / 32,
      zeroPoint: 0,
      integerBits: 3,
      fractionBits: 5,
    });
    expect([...tensor.codes]).toEqual([-16, 10, 38, -67]);
    const saturated = quantizeTensor([4, -4], { kind: 'power-of-two', bits: 8 });
    expect([...saturated.codes]).toEqual([127, -128]);
  });
});

describe('logarithmic', () => {
  it('takes the nearest exponent, with limits at sqrt(2)', () => {
    const tensor = quantizeTensor([8, 6, 5.6, -1.4, 1.5, 0.3, 0.01, 0], {
      kind: 'logarithmic',
      bits: 4,
    });
    expect([...tensor.dequantize()]).toEqual([8, 8, 4, -1, 2, 0.25, 0, 0]);
    expect(tensor.parameters[0]).toEqual({ maxExponent: 3, minExponent: -3 });
    expect(Math.max(...tensor.codes)).toBe(7);
  });
});

describe('binary and ternary', () => {
  it('scale by the rules of XNOR-Net and of ternary weight networks, as NumPy works them out', () => {
    const values = samples(4, 50);
    const [binary, ternary] = [{ kind: 'binary' }, { kind: 'ternary' }] as const;
    const expected = float64s(
      python(
        `x = get(np.float32).astype(np.float64)\na = np.abs(x)\nd = 0.7 * a.mean()\nb = np.where(x < 0, -1, 1) * a.mean()\n` +
          `t = np.where(a > d, np.sign(x), 0) * a[a > d].mean()\nput(np.r_[b, t].astype(np.float32).astype(np.float64))`,
        values,
      ),
    );
    const ours = [binary, ternary].flatMap((scheme) => [
      ...quantizeTensor(values, scheme).dequantize(),
    ]);
    const furthest = ours.map((x, i) => Math.abs(x - (expected[i] ?? NaN)) / Math.abs(x || 1));
    expect(Math.max(...furthest)).toBeLessThan(2e-7);
  });
});

describe('k-means against scikit-learn', () => {
  const values = [...samples(6, 100)];
  const inertia = (centers: readonly number[]): number =>
    values.reduce((sum, x) => sum + Math.min(...centers.map((c) => (x - c) ** 2)), 0);

  const COUNTS = [2, 4, 16];
  let inertias: Float64Array;
  beforeAll(() => {
    inertias = float64s(
      python(
        `from sklearn.cluster import KMeans\nx = get(np.float64)[:, None]\n` +
          `put(np.array([KMeans(k, n_init=20, random_state=1, tol=0).fit(x).inertia_ for k in ${JSON.stringify(COUNTS)}]))`,
        Float64Array.from(values),
      ),
    );
  });

  it.each(COUNTS)('%i exact centers err no more than the best of 20 runs', (k) => {
    const best = inertias[COUNTS.indexOf(k)] ?? NaN;
    const exact = inertia(exactKMeans(values, k));
    expect(exact).toBeLessThanOrEqual(best * (1 + 1e-9));
    expect(exact).toBeGreaterThan(best * 0.9);
    const seeded = inertia(seededKMeans(values, k, 7));
    expect(seeded).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
    expect(seeded).toBeLessThan(exact * 1.5);
    expect(seededKMeans(values, k, 7)).toEqual(seededKMeans(values, k, 7));
  });

  it('keeps all values where there are codes enough, and both methods work through quantizeTensor', () => {
    const few = [3, 1, 1, -2, 3];
    const scheme = { kind: 'codebook', bits: 2 } as const;
    expect([...quantizeTensor(few, scheme).dequantize()]).toEqual(few);
    for (const method of ['exact', 'k-means++'] as const) {
      const tensor = quantizeTensor(values, { kind: 'codebook', bits: 4, method, seed: 3 });
      const book = Object.values(tensor.parameters[0] ?? {});
      expect(book).toHaveLength(16);
      const nearest = values.map((x) => Math.min(...book.map((c) => Math.abs(Math.fround(x) - c))));
      const errors = tensor.working.map(({ error }) => Math.abs(error));
      expect(errors.every((error, i) => error <= (nearest[i] ?? 0) + 1e-6)).toBe(true);
    }
  });
});

describe('every scheme', () => {
  const schemes: QuantizationScheme[] = [
    INT8,
    UINT8,
    { kind: 'power-of-two', bits: 4 },
    { kind: 'logarithmic', bits: 4 },
    { kind: 'binary' },
    { kind: 'ternary' },
    { kind: 'codebook', bits: 2 },
    { kind: 'float', format: 'fp8' },
  ];
  const granularities: QuantizationGranularity[] = [
    { kind: 'tensor' },
    { kind: 'axis', axis: 1 },
    { kind: 'group', axis: 0, size: 2 },
  ];
  const all = schemes.flatMap((scheme) =>
    granularities.map((granularity) => ({
      scheme,
      granularity,
      name: scheme.kind,
      by: granularity.kind,
    })),
  );

  it.each(all)('$name works per $by, and a group is as if alone', ({ scheme, granularity }) => {
    const values = samples(4, 6);
    const shape = [4, 6];
    const tensor = quantizeTensor(values, scheme, { shape, granularity });
    const groups = Math.max(...tensor.working.map(({ group }) => group)) + 1;
    expect(tensor.parameters).toHaveLength(groups);
    const last = tensor.working.filter(({ group }) => group === groups - 1);
    const alone = quantizeTensor(
      last.map(({ x }) => x),
      scheme,
    );
    expect([...alone.codes]).toEqual(last.map(({ q }) => q));
  });

  it.each(all)('$name per $by keeps zeros, and says which group is all zero', (c) => {
    const tensor = quantizeTensor(new Float32Array(8), c.scheme, { ...c, shape: [2, 4] });
    expect([...tensor.dequantize()].map(Math.abs)).toEqual(new Array(8).fill(0));
    expect(tensor.notes[0]).toMatch(/is zero: it stays exactly zero/);
  });

  it.each(schemes)('$kind refuses NaN and infinity', (scheme) => {
    expect(() => quantizeTensor([1, NaN], scheme)).toThrow(/Element 1 is NaN/);
    expect(() => quantizeTensor([-Infinity], scheme)).toThrow(/Element 0 is -Infinity/);
  });
});

describe('granularity', () => {
  it('is given in the words of quantize too', () => {
    const values = samples(4, 6);
    const codes = (granularity: GivenGranularity): number[] => [
      ...quantizeTensor(values, INT8, { shape: [4, 6], granularity }).codes,
    ];
    expect(codes('per-tensor')).toEqual(codes({ kind: 'tensor' }));
    expect(codes('per-channel')).toEqual(codes({ kind: 'axis', axis: 1 }));
    expect(codes({ group: 2 })).toEqual(codes({ kind: 'group', axis: 0, size: 2 }));
    expect(codes('per-channel')).not.toEqual(codes('per-tensor'));
    expect(codes({ group: 2 })).not.toEqual(codes('per-channel'));
    expect(() => codes('channel' as never)).toThrow(
      /'channel' is not a granularity; .*'per-channel'/,
    );
    expect(() => codes({ kind: 'block' } as never)).toThrow(/\{ kind: 'block' \} is not/);
  });
});

describe('bad input', () => {
  it('is named with what is allowed', () => {
    const values = [1, 2, 3, 4, 5, 6];
    const shape = [6];
    expect(() =>
      quantizeTensor(values, INT8, { shape, granularity: { kind: 'group', axis: 0, size: 4 } }),
    ).toThrow('Groups of 4 do not divide axis 0 of shape [6]; allowed are 1, 2, 3, 6.');
    expect(() =>
      quantizeTensor(values, INT8, { shape, granularity: { kind: 'axis', axis: 1 } }),
    ).toThrow(/Axis 1 .*from -1 to 0/);
    expect(() => quantizeTensor(values, INT8, { shape: [2, 2] })).toThrow(/4 elements, but 6/);
    expect(() => quantizeTensor([], INT8)).toThrow(/the tensor is empty/);
    expect(() => quantizeTensor(values, { ...INT8, bits: 9 })).toThrow(/9 bits .*from 2 to 8/);
    expect(() => quantizeTensor(values, { kind: 'afine' } as never)).toThrow(
      /Did you mean 'affine'/,
    );
    expect(() => quantizeTensor(values, { ...INT8, rule: 'absmax' as never })).toThrow(
      /scale rule/,
    );
    expect(() => quantizeTensor([1e-44, 0], INT8)).toThrow(/a scale that float32 cannot hold/);
  });

  it('of a scheme is named with the kinds there are and an example', () => {
    for (const scheme of ['int8', 'affine', undefined, null, 8, {}, { kind: 'int8' }]) {
      expect(() => quantizeTensor([1], scheme as never)).toThrow(
        /is not a quantization scheme; allowed are objects whose kind is affine, power-of-two, .*codebook, float, block\.\nFor example quantizeTensor/,
      );
    }
    expect(() => quantizeTensor([1], { kind: 'affine' } as never)).toThrow(
      /undefined bits are not for affine codes; .* from 2 to 8/,
    );
  });
});
