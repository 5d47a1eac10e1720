import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { scaledDotProductAttention } from '../../layers/attention';
import { loadBackend } from '../../start';
import { setPrecision } from '../status';
import { Fp8Recipe } from './fp8';
import { setProductRounding, type ProductRole } from './around-products';
import { roundToTf32 } from './tf32';

/** What PyTorch's FP8 types and NumPy give: `test/pytorch/generate_fp8.py`. */
const ORACLE = JSON.parse(
  readFileSync(resolve(__dirname, '../../../../test/pytorch/fp8.json'), 'utf8'),
) as {
  readonly sequences: readonly {
    readonly format: 'e4m3' | 'e5m2';
    readonly steps: readonly { readonly input: number[]; readonly result: number[] }[];
  }[];
  readonly dense: Readonly<Record<'x' | 'w' | 'dy' | 'y' | 'dx' | 'dw', number[][]>>;
  readonly tf32: { readonly input: number[]; readonly result: number[] };
};

const FP32 = 2 ** -24;

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setProductRounding(undefined);
  setPrecision('fp32');
});

function largestDifference(ours: tf.Tensor, theirs: readonly number[]): number {
  expect(ours.size).toBe(theirs.length);
  return Math.max(...[...ours.dataSync()].map((value, i) => Math.abs(value - (theirs[i] ?? NaN))));
}

describe('tf32', () => {
  it('has 10 bits after the leading one, rounded to nearest even as by NumPy', () => {
    const { input, result } = ORACLE.tf32;
    expect([...roundToTf32(tf.tensor1d(input)).dataSync()]).toEqual([...Float32Array.from(result)]);
    const special = roundToTf32(tf.tensor1d([Infinity, -Infinity, NaN, -0]));
    expect([...special.dataSync()]).toEqual([Infinity, -Infinity, NaN, -0]);
  });
});

describe.each(ORACLE.sequences)('$format with delayed scaling', ({ format, steps }) => {
  it('is what PyTorch makes of it, step by step: zeros, growth beyond the scale, saturation', () => {
    const recipe = new Fp8Recipe();
    const role = format === 'e5m2' ? 'output-gradient' : 'operand';
    for (const { input, result } of steps) {
      const ours = recipe.quantizeDequantize(tf.tensor1d(input), role, 'weight');
      const scale = Math.max(...result.map(Math.abs));
      expect(largestDifference(ours, result)).toBeLessThanOrEqual(2 * FP32 * scale);
    }
  });

  it('makes no NaN of values that are almost zero', () => {
    for (const value of [1e-45, 1e-40, 1e-38, 1e-37, 1e-36, 1e-30]) {
      const recipe = new Fp8Recipe();
      const role = format === 'e5m2' ? 'output-gradient' : 'operand';
      const ours = recipe.quantizeDequantize(tf.tensor1d([value, 0]), role, undefined);
      expect(largestDifference(ours, [value, 0])).toBeLessThanOrEqual(value / 8 + 2 ** -126);
    }
  });

  it('keeps its scale past a step that is not finite', () => {
    const recipe = new Fp8Recipe();
    const role = format === 'e5m2' ? 'output-gradient' : 'operand';
    const run = (values: number[]): number[] => [
      ...recipe.quantizeDequantize(tf.tensor1d(values), role, 'weight').dataSync(),
    ];
    const before = run([1, 0.3, -0.07]);
    run([Infinity, 1, 1]);
    expect(run([1, 0.3, -0.07])).toEqual(before);
  });
});

describe('a dense product under fp8', () => {
  it('has the output and gradients that PyTorch has: E4M3 operands, E5M2 gradients, bf16 products', () => {
    const { x, w, dy, y, dx, dw } = ORACLE.dense;
    setPrecision('fp8');
    const inputs = [tf.tensor2d(x), tf.tensor2d(w)];
    const product = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.matMul(a, b);
    const output = tf.matMul(tf.tensor2d(x), tf.tensor2d(w));
    const gradients = tf.grads(product)(inputs, tf.tensor2d(dy));
    const pairs = [
      [output, y],
      [gradients[0], dx],
      [gradients[1], dw],
    ] as const;
    for (const [ours, theirs] of pairs) {
      const expected = theirs.flat();
      // The result is stored in bf16 and the gradient arrives in it: one rounding each.
      const tolerance = 2 * 2 ** -8 * Math.max(...expected.map(Math.abs));
      expect(largestDifference(ours as tf.Tensor, expected)).toBeLessThanOrEqual(tolerance);
    }
  });
});

describe('the roles of what a product reads', () => {
  const ones = <R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> => tf.ones<R>(shape);
  const image = (): tf.Tensor4D => ones<tf.Rank.R4>([1, 6, 6, 2]);
  const volume = (): tf.Tensor5D => ones<tf.Rank.R5>([1, 4, 4, 4, 2]);
  const cases: Readonly<Record<string, [() => tf.Tensor, () => tf.Tensor, Product]>> = {
    matMul: [() => ones([3, 4]), () => ones([4, 2]), (a, b) => tf.matMul(a, b)],
    'fused matMul': [
      () => ones([3, 4]),
      () => ones([4, 2]),
      (a, b) => tf.fused.matMul({ a: a, b: b }),
    ],
    conv2d: [
      image,
      () => ones([3, 3, 2, 2]),
      (x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'same'),
    ],
    'fused conv2d': [
      image,
      () => ones([3, 3, 2, 2]),
      (x, f) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: f as tf.Tensor4D,
          strides: 1,
          pad: 'same',
          activation: 'linear',
        }),
    ],
    'transposed conv2d': [
      image,
      () => ones([2, 2, 3, 2]),
      (x, f) => tf.conv2dTranspose(x as tf.Tensor4D, f as tf.Tensor4D, [1, 12, 12, 3], 2, 'same'),
    ],
    depthwise: [
      image,
      () => ones([3, 3, 2, 1]),
      (x, f) => tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'same'),
    ],
    conv3d: [
      volume,
      () => ones([2, 2, 2, 2, 1]),
      (x, f) => tf.conv3d(x as tf.Tensor5D, f as tf.Tensor5D, 1, 'same'),
    ],
  };
  type Product = (x: tf.Tensor, w: tf.Tensor) => tf.Tensor;

  /** The roles in the order the products ask: two forward, then two for each gradient. */
  function rolesOf(run: () => unknown): ProductRole[] {
    const roles: ProductRole[] = [];
    setProductRounding({
      input: (tensor, role) => {
        roles.push(role);
        return tf.mul(tensor, 1);
      },
    });
    run();
    return roles;
  }

  it.each(Object.entries(cases))(
    'of %s: one operand and one output gradient in each gradient',
    (_name, [x, w, product]) => {
      const roles = rolesOf(() => tf.grads(product)([x(), w()]));
      expect(roles.length % 2).toBe(0);
      const pairs = Array.from({ length: roles.length / 2 }, (_, i) =>
        roles
          .slice(2 * i, 2 * i + 2)
          .sort()
          .join(),
      );
      const backward = pairs.slice(-2);
      expect(backward).toEqual(Array(2).fill('operand,output-gradient'));
      expect(new Set(pairs.slice(0, -2))).toEqual(new Set(['operand,operand']));
    },
  );

  it('of attention: gradients in E5M2, and what the forward pass saw in E4M3', () => {
    const q = ones<tf.Rank.R3>([2, 3, 4]);
    const roles = rolesOf(() =>
      tf.grads((a, b, c) => scaledDotProductAttention(a, b, c))([q, tf.mul(q, 2), tf.mul(q, 3)]),
    );
    expect(roles.filter((role) => role === 'output-gradient').length).toBe(4);
    expect(roles.filter((role) => role === 'operand').length).toBe(8);
  });
});
