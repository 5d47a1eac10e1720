import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../start';
import { numpy, random } from './oracle.fixture';
import { setCastPlanner } from './planner';
import { castTo, storageFormat } from './storage';
import type { CastPlanner, StorageFormat } from './contract';

const LOW: readonly StorageFormat[] = ['bf16', 'fp16'];

/** Products in `format`; everything else in the widest format of its inputs. */
const products =
  (format: StorageFormat): CastPlanner =>
  (op, inputs) =>
    /MatMul|Conv/.test(op) || inputs.every((input) => !input.isFloat || input.format === format)
      ? format
      : 'fp32';

beforeAll(() => {
  loadBackend();
});

afterEach(() => {
  setCastPlanner(undefined);
});

/** Every float32 bit pattern is possible: subnormals, infinities, NaNs, and ties of both formats. */
function hardValues(): Float32Array {
  const values = new Float32Array(200_000);
  const words = new Uint32Array(values.buffer);
  const noise = random(values.length, 7, 2 ** 31);
  for (let i = 0; i < words.length; i++) words[i] = (noise[i] ?? 0) + 2 ** 31;
  values.set([0, -0, Infinity, -Infinity, NaN, 65504, 65519.996, 65520, 2 ** -24, 2 ** -25]);
  values.set(
    [2 ** -25 * 1.0000001, 2 ** -14, 3.3895314e38, 3.4028235e38, 1 + 2 ** -8, 1 + 2 ** -11],
    10,
  );
  // Half of them within fp16's range, where roundings differ.
  values.set(
    random(100_000, 8, 70_000).map((x, i) => x * 2 ** -(i % 40)),
    50_000,
  );
  return values;
}

describe('casts', () => {
  it.each(LOW)('round to %s exactly as ml_dtypes and numpy do', (format) => {
    const values = hardValues();
    const expected = numpy(`out = a[0].astype(${format}).astype(np.float32)`, values);
    const actual = tf.tidy(() => castTo(tf.tensor1d(values), format).dataSync());
    const wrong = [...actual.keys()].filter((i) => !Object.is(actual[i], expected[i]));
    expect(wrong.slice(0, 5).map((i) => [values[i], actual[i], expected[i]])).toEqual([]);
  });

  it('keep JS dtype float32 and read as Float32Array, synchronously or not', async () => {
    const half = castTo(tf.tensor1d([1, 2.5, 1e-7, 1e6]), 'fp16');
    expect(half.dtype).toBe('float32');
    expect(storageFormat(half)).toBe('fp16');
    const values = Float32Array.of(1, 2.5, 2 ** -23, Infinity);
    expect(half.dataSync()).toEqual(values);
    expect(await half.data()).toEqual(values);
    expect(half.toString()).toContain('2.5');
  });

  it('hand the gradient back in the format of the input', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const gradient = tf.grad((v: tf.Tensor) => tf.sum(tf.mul(castTo(v, 'bf16'), 3)))(x);
    expect(storageFormat(gradient)).toBe('fp32');
    expect(gradient.dataSync()).toEqual(Float32Array.of(3, 3, 3));
  });

  it('refuse what is not a float', () => {
    expect(() => castTo(tf.tensor1d([1], 'int32'), 'bf16')).toThrow(/dtype int32/);
  });

  it.each(['float16', 'toString', 'fp8', undefined])('refuse %s, naming the formats', (format) => {
    expect(() => castTo(tf.tensor1d([1]), format as unknown as 'fp16')).toThrow(
      expect.objectContaining({
        code: 'unknown-format',
        message: expect.stringContaining('allowed are fp32, bf16, fp16.') as string,
      }),
    );
  });

  it('to another JS dtype start from the 16-bit value', () => {
    const low = castTo(tf.tensor1d([1.001, 2.9]), 'bf16');
    expect(low.toInt().dataSync()).toEqual(Int32Array.of(1, 2));
    expect(low.toBool().dataSync()).toEqual(Uint8Array.of(1, 1));
    expect(storageFormat(tf.cast(low, 'float32'))).toBe('bf16');
    expect(storageFormat(castTo(low, 'fp32'))).toBe('fp32');
  });
});

describe('formats of results', () => {
  const bf16 = (...values: number[]): tf.Tensor => castTo(tf.tensor1d(values), 'bf16');

  it('stay in 16 bits when all inputs are, and meet in the widest otherwise', () => {
    expect(storageFormat(tf.relu(tf.add(bf16(1), bf16(2))))).toBe('bf16');
    expect(storageFormat(tf.add(bf16(1), tf.tensor1d([2])))).toBe('fp32');
    expect(storageFormat(tf.add(bf16(1), castTo(tf.tensor1d([2]), 'fp16')))).toBe('fp32');
  });

  it('follow the tensor where it meets a scalar', () => {
    const halved = tf.mul(bf16(3, 5), 0.5);
    expect(storageFormat(halved)).toBe('bf16');
    expect(halved.dataSync()).toEqual(Float32Array.of(1.5, 2.5));
  });

  it('leave integers, booleans and strings alone under any planner', () => {
    setCastPlanner(() => 'bf16');
    expect(tf.add(tf.tensor1d([257], 'int32'), tf.scalar(1, 'int32')).dataSync()[0]).toBe(258);
    expect(tf.logicalNot(tf.tensor1d([true], 'bool')).dataSync()[0]).toBe(0);
    expect(tf.concat([tf.tensor1d(['a']), tf.tensor1d(['b'])]).dataSync()).toEqual(['a', 'b']);
    expect(tf.gather(bf16(1, 2, 3), tf.tensor1d([2, 0], 'int32')).dataSync()).toEqual(
      Float32Array.of(3, 1),
    );
  });

  it('tell the planner which inputs are variables', () => {
    const seen: unknown[] = [];
    setCastPlanner((op, inputs) => {
      seen.push([op, inputs.map(({ isVariable }) => isVariable)]);
      return 'bf16';
    });
    tf.matMul(tf.ones([2, 2]), tf.variable(tf.ones([2, 2])));
    expect(seen).toContainEqual(['BatchMatMulV2', [false, true]]);
  });

  it('can be computed in fp32 where TensorFlow has no 16-bit kernel', () => {
    setCastPlanner(() => 'fp16');
    expect(tf.erf(tf.tensor1d([0.5])).dataSync()[0]).toBeCloseTo(0.5205, 3);
    expect(tf.linalg.bandPart(tf.ones([2, 2]), 0, 0).dataSync()).toEqual(
      Float32Array.of(1, 0, 0, 1),
    );
  });

  it("report the user's mistake, not a missing kernel", () => {
    setCastPlanner(() => 'bf16');
    expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]))).toThrow(/\[2,3\]/);
    expect(storageFormat(tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])))).toBe('bf16');
  });
});

describe('products', () => {
  const [m, k, n] = [33, 257, 65];
  const a = random(m * k, 1);
  const b = random(k * n, 2);

  it.each([
    ['bf16', 2 ** -8],
    ['fp16', 2 ** -11],
  ] as const)(
    'in %s are the float64 product of the rounded inputs, rounded once',
    (format, half) => {
      setCastPlanner(products(format));
      const product = tf.matMul(tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n]));
      expect(storageFormat(product)).toBe(format);
      const exact = numpy(
        `f = lambda v, s: v.astype(${format}).astype(np.float64).reshape(s)
out = f(a[0], (${m}, ${k})) @ f(a[1], (${k}, ${n}))`,
        a,
        b,
      );
      const actual = product.dataSync();
      // One rounding (half a spacing, relative) and fp32 accumulation over k terms below 1.
      const worst = Math.max(
        ...actual.map(
          (value, i) => Math.abs(value - (exact[i] ?? 0)) - Math.abs(exact[i] ?? 0) * half,
        ),
      );
      expect(worst).toBeLessThan(k * 2 ** -23);
    },
  );

  it.each(LOW)('of a dense layer and its gradient in %s match numpy in that format', (format) => {
    setCastPlanner(products(format));
    const x = tf.tensor2d(a, [m, k]);
    const w = tf.variable(tf.tensor2d(b, [k, n]));
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.relu(tf.matMul(x, w))).asScalar());
    const gradient = grads[w.name];
    const oracle = numpy(
      `x = a[0].astype(${format}).astype(np.float32).reshape(${m}, ${k})
w = a[1].astype(${format}).astype(np.float32).reshape(${k}, ${n})
y = (x @ w).astype(${format}).astype(np.float32)
out = np.append((x.T @ (y > 0).astype(np.float32)).astype(${format}).ravel(), np.maximum(y, 0).sum())`,
      a,
      b,
    );
    const loss = oracle[k * n] ?? NaN;
    expect(Math.abs((value.dataSync()[0] ?? NaN) - loss) / loss).toBeLessThan(1e-3);
    const actual = gradient?.dataSync() ?? new Float32Array();
    expect(actual.length).toBe(k * n);
    const spacing = format === 'bf16' ? 2 ** -7 : 2 ** -10;
    const off = actual.filter(
      (g, i) => Math.abs(g - (oracle[i] ?? NaN)) > spacing * Math.max(1, Math.abs(oracle[i] ?? 0)),
    );
    // A sum next to zero may round to either sign of zero's neighbors and flip one ReLU.
    expect(off.length).toBeLessThan((k * n) / 100);
    expect(storageFormat(w)).toBe('fp32');
  });
});
