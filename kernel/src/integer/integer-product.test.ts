import { beforeAll, describe, expect, it } from 'vitest';
import { encodeArray } from '../formats/arrays';
import { limits } from '../formats/limits';
import { generator, python } from '../formats/ml-dtypes.fixture';
import { ensureBackend } from '../start';
import type { IntegerTensor } from './integer-operands';
import { integerConv2d, integerMatMul } from './integer-product';
import { quantizedMatMul } from './quantized-product';

beforeAll(ensureBackend);

const random = generator(21);

function tensor(
  format: string,
  shape: number[],
  zeros = 1,
): IntegerTensor & { values: Int32Array } {
  const { min, max } = limits(format);
  const integer = (): number => min + (random() % (max - min + 1));
  const values = Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, integer);
  const zeroPoint = Array.from({ length: zeros }, integer);
  const codes = encodeArray(format, Float32Array.from(values));
  return { codes, format, shape, zeroPoint, values };
}

/** NumPy in int64 on the same integers: `a`, `b`, `za`, `zb` are at hand in the script. */
function numpy(
  a: ReturnType<typeof tensor>,
  b: ReturnType<typeof tensor>,
  script: string,
): number[] {
  const zeros = [a, b].map(({ zeroPoint }) => [...(zeroPoint as number[])]);
  const input = Int32Array.from([...a.values, ...b.values, ...zeros.flat()]);
  const bytes = python(
    `r = get(np.int32).astype(np.int64)\nm, n = ${a.values.length}, ${b.values.length}\n` +
      `a, b = r[:m].reshape(${a.shape.join()}), r[m:m + n].reshape(${b.shape.join()})\n` +
      `za, zb = r[m + n], r[m + n + 1:]\n${script}`,
    input,
  );
  return [...new Int32Array(Uint8Array.from(bytes).buffer)];
}

const SIGNS = ['uint8', 'int8'].flatMap((a) =>
  ['uint8', 'int8', 'int4', 'uint2'].map((b) => [a, b]),
);
const EXECUTIONS = ['native', 'simulated'] as const;

describe('integer products, native and simulated', () => {
  it.each(SIGNS)(
    'of %s and %s equal NumPy in int64, with zero points per channel',
    async (x = '', y = '') => {
      const a = tensor(x, [2, 5, 131]);
      const b = tensor(y, [131, 9], 9);
      const expected = numpy(a, b, 'put(((a - za) @ (b - zb)).astype(np.int32))');
      for (const execution of EXECUTIONS) {
        const product = await integerMatMul(a, b, { execution });
        expect([...product.sums]).toEqual(expected);
        expect(product).toMatchObject({ shape: [2, 5, 9], execution });
      }
    },
  );

  it('of a batch of matrices on both sides', async () => {
    const a = tensor('int8', [3, 2, 17]);
    const b = tensor('uint8', [3, 17, 4]);
    const expected = numpy(a, b, 'put(((a - za) @ (b - zb)).astype(np.int32))');
    for (const execution of EXECUTIONS) {
      expect([...(await integerMatMul(a, b, { execution })).sums]).toEqual(expected);
    }
  });

  it.each(SIGNS)('convolve %s with %s, padded with real zeros', async (x = '', y = '') => {
    const a = tensor(x, [2, 7, 6, 3]);
    const b = tensor(y, [3, 2, 3, 5], 5);
    const padding = [
      [1, 2],
      [0, 1],
    ] as const;
    const expected = numpy(
      a,
      b,
      `x = np.pad(a - za, ((0, 0), (1, 2), (0, 1), (0, 0)))\nw = b - zb\n` +
        `y = [[np.tensordot(x[:, i:i + 3, j:j + 2], w, 3) for j in range(6)] for i in range(0, 8, 2)]\n` +
        `put(np.array(y).transpose(2, 0, 1, 3).astype(np.int32))`,
    );
    for (const execution of EXECUTIONS) {
      const product = await integerConv2d(a, b, { strides: [2, 1], padding, execution });
      expect(product).toMatchObject({ shape: [2, 4, 6, 5], execution });
      expect([...product.sums]).toEqual(expected);
    }
  });

  it('requantize to int8 as ONNX does', async () => {
    const a = { ...tensor('uint8', [4, 33]), scale: 0.013 };
    const b = { ...tensor('int8', [33, 6], 6), scale: [0.1, 0.02, 0.3, 0.4, 0.05, 0.6] };
    const result = { format: 'int8', scale: 1.7, zeroPoint: -5 };
    const expected = numpy(
      a,
      b,
      `f = lambda x: np.array(x, np.float32)\n` +
        `m = f(0.013) * f([${b.scale.join()}]) / f(1.7)\n` +
        `y = np.rint(((a - za) @ (b - zb)).astype(np.float32) * m) - 5\n` +
        `put(np.clip(y, -128, 127).astype(np.int32) & 255)`,
    );
    for (const execution of EXECUTIONS) {
      const { codes } = await quantizedMatMul(a, b, result, { execution });
      expect([...codes]).toEqual(expected);
    }
  });
});

describe('integer products', () => {
  it('refuse what is no product, naming what is', async () => {
    const a = tensor('uint8', [2, 3]);
    await expect(integerMatMul(a, tensor('int8', [4, 2]))).rejects.toThrow(/\[2, 3\] and \[4, 2\]/);
    await expect(integerMatMul(tensor('uint8', [3]), a)).rejects.toThrow(/\[3\] is no matrix/);
    await expect(integerMatMul({ ...a, format: 'e4m3' }, tensor('int8', [3, 2]))).rejects.toThrow(
      /no operand of an int/,
    );
    await expect(
      integerMatMul(a, { ...tensor('int8', [3, 2]), zeroPoint: [1, 2, 3] }),
    ).rejects.toThrow(/Zero point 1, 2, 3 does not fit; allowed are one integer or 2 from -128/);
    await expect(integerConv2d(a, a)).rejects.toThrow(/No convolution of \[2, 3\]/);
  });

  it('stay right where the kernel would round: long sums go to JavaScript, and say so', async () => {
    const a = { codes: new Uint8Array(2000).fill(255), format: 'uint8', shape: [1, 2000] };
    const b = { codes: new Uint8Array(2000).fill(127), format: 'int8', shape: [2000, 1] };
    const product = await integerMatMul(a, b);
    expect([...product.sums]).toEqual([2000 * 255 * 127]);
    expect(product.execution).toBe('simulated');
    expect(product.kernel).toMatch(/may exceed 2\^24/);
    await expect(integerMatMul(a, b, { execution: 'native' })).rejects.toThrow(/No integer kernel/);
  });

  it('refuse sums that 32 bits do not hold', async () => {
    const length = 70_000;
    const a = { codes: new Uint8Array(length).fill(255), format: 'uint8', shape: [1, length] };
    await expect(integerMatMul(a, { ...a, shape: [length, 1] })).rejects.toThrow(/fit 32 bits/);
  });
});
