import { roundHalfEven } from '../../../integer/affine';
import { defineCheck } from '../../definition';
import { integersOf } from './integer-codes';

type Shape = [m: number, k: number, n: number];
type Product = (x: number[], zeroPoint: number, w: number[], shape: Shape) => number[];

/** Sums over `k` of what two elements give, row by row. */
const sums =
  (
    term: (x: number, w: number, zeroPoint: number) => number,
    at = (d: number, c: number, [, , n]: Shape) => d * n + c,
  ): Product =>
  (x, zeroPoint, w, shape) => {
    const [m, k, n] = shape;
    return Array.from({ length: m * n }, (_, i) => {
      const [row, c] = [Math.floor(i / n), i % n];
      let sum = 0;
      for (let d = 0; d < k; d++)
        sum += term(x[row * k + d] ?? 0, w[at(d, c, shape)] ?? 0, zeroPoint);
      return sum;
    });
  };
const product = sums((x, w, zeroPoint) => (x - zeroPoint) * w);
const wrapped = (q: number, bits: number): number => ((q % 2 ** bits) + 2 ** bits) % 2 ** bits;

type Requantize = (sums: number[], factors: number[], zeroPoint: number) => number[];

const requantized =
  (
    code: (scaled: number, zeroPoint: number) => number,
    factorAt = (i: number, n: number) => i % n,
  ): Requantize =>
  (sums, factors, zeroPoint) =>
    sums.map((sum, i) => code(sum * (factors[factorAt(i, factors.length)] ?? NaN), zeroPoint));
const inByte = (q: number): number => Math.min(255, Math.max(0, q));
const requantize = requantized((scaled, zeroPoint) => inByte(roundHalfEven(scaled) + zeroPoint));

/** Functions of the part on products of integers. */
export const INTEGER_PRODUCT = {
  'product-int32': defineCheck({
    what: { en: 'the 32-bit sums of an integer product', zh: '整数矩阵乘法的 32 位和' },
    reference: product,
    comparison: integersOf('int32'),
    cases: [
      {
        args: [[1, 2, 3], 0, [4, 5, 6], [1, 3, 1]],
        hint: {
          en: 'One row by one column: a sum of three products.',
          zh: '一行乘一列：三个乘积之和。',
        },
      },
      {
        args: [[130, 128, 126, 255, 0, 128], 128, [1, -2, 3, 4, -5, 6], [2, 3, 2]],
        hint: {
          en: 'Code 128 stands for zero here: what does it add to a sum?',
          zh: '这里编码 128 代表零：它对和有什么贡献？',
        },
      },
      {
        args: [[10, 20, 30, 40], 25, [1, 0, 0, 0, 1, 0], [2, 2, 3]],
        hint: {
          en: 'The shapes are [2, 2] and [2, 3]: where does row d of w begin?',
          zh: '形状为 [2, 2] 与 [2, 3]：w 的第 d 行从哪里开始？',
        },
      },
      {
        args: [
          Array.from({ length: 300 }, () => 255),
          0,
          Array.from({ length: 300 }, () => 127),
          [1, 300, 1],
        ],
        hint: {
          en: '300 products of 255 · 127 are more than 16 bits hold.',
          zh: '300 个 255 × 127 的和超出了 16 位。',
        },
      },
    ],
    mistakes: [
      {
        wrong: sums((x, w) => x * w),
        hint: {
          en: 'The zero point is missing: the code of zero must add nothing.',
          zh: '漏了零点：代表零的编码不应有任何贡献。',
        },
      },
      {
        wrong: sums((x, w, zeroPoint) => x * w - zeroPoint),
        hint: {
          en: 'The zero point is subtracted from the products. It belongs to x.',
          zh: '零点是从乘积中减去的。它应从 x 中减去。',
        },
      },
      {
        wrong: sums((x, w, zeroPoint) => (x - zeroPoint) * (w - zeroPoint)),
        hint: {
          en: 'The zero point is that of x. The weights are symmetric: theirs is 0.',
          zh: '这个零点属于 x。权重是对称量化的，零点为 0。',
        },
      },
      {
        wrong: sums(
          (x, w, zeroPoint) => (x - zeroPoint) * w,
          (d, c, [, k]) => c * k + d,
        ),
        hint: {
          en: 'w is read along its rows. Row-major [k, n]: the next element of a column is n places on.',
          zh: 'w 是沿行读取的。按行存储的 [k, n] 中，同一列的下一个元素在 n 个位置之后。',
        },
      },
      {
        wrong: (x, zeroPoint, w, shape) =>
          product(x, zeroPoint, w, shape).map((sum) => wrapped(sum + 2 ** 15, 16) - 2 ** 15),
        hint: {
          en: 'The sum was kept in 16 bits and ran over.',
          zh: '和只保留了 16 位，溢出了。',
        },
      },
    ],
  }),

  requantize: defineCheck({
    what: { en: '8-bit codes of 32-bit sums', zh: '由 32 位和得到的 8 位编码' },
    reference: requantize,
    comparison: integersOf('uint8'),
    cases: [
      {
        args: [[1000, -200, 5000, 300], [0.01, 0.02], 10],
        hint: {
          en: 'The factor of a sum is that of its column: with two columns they take turns.',
          zh: '每个和用它所在列的因子：共两列，因子交替出现。',
        },
      },
      {
        args: [[1, 3, 5, 7], [0.5], 4],
        hint: {
          en: 'Each of these lies between two codes: to even, and only then add the zero point.',
          zh: '这些都在两个编码正中间：先取偶数，然后再加零点。',
        },
      },
      {
        args: [[100000, -100000, 0], [0.01], 100],
        hint: {
          en: 'Some of these are beyond 0 to 255. What becomes of them?',
          zh: '有的超出了 0 到 255。它们应当变成什么？',
        },
      },
      {
        args: [[21, 23, -21], [0.5], 3],
        hint: {
          en: 'With an odd zero point it matters what is rounded: the product, or the sum with the zero point.',
          zh: '零点为奇数时，舍入的是乘积还是加了零点之后的和，结果不同。',
        },
      },
    ],
    mistakes: [
      {
        wrong: requantized((scaled, zeroPoint) => inByte(Math.round(scaled) + zeroPoint)),
        hint: {
          en: 'Ties went up. Half-even takes them to the even neighbor.',
          zh: '正中间的数被向上取了。“居中取偶”取偶数邻居。',
        },
      },
      {
        wrong: requantized((scaled, zeroPoint) => inByte(roundHalfEven(scaled + zeroPoint))),
        hint: {
          en: 'The zero point was added before rounding. Round the product first, as ONNX does.',
          zh: '零点在舍入之前就加上了。应先舍入乘积（与 ONNX 一致）。',
        },
      },
      {
        wrong: requantized((scaled, zeroPoint) => inByte(Math.trunc(scaled) + zeroPoint)),
        hint: { en: 'Cut off instead of rounded.', zh: '这里截去了小数，而没有舍入。' },
      },
      {
        wrong: requantized((scaled, zeroPoint) => inByte(roundHalfEven(scaled)) + zeroPoint),
        hint: {
          en: 'Clamped before the zero point was added: negative sums are codes below the zero point.',
          zh: '在加零点之前就截断了：负的和对应零点以下的编码。',
        },
      },
      {
        wrong: requantized((scaled, zeroPoint) => wrapped(roundHalfEven(scaled) + zeroPoint, 8)),
        hint: {
          en: 'The codes wrapped around: a Uint8Array keeps the last 8 bits of what does not fit. Clamp first.',
          zh: '编码回绕了：放不下时 Uint8Array 只保留低 8 位。请先截断（clamp）。',
        },
      },
      {
        wrong: requantized((scaled, zeroPoint) => roundHalfEven(scaled) + zeroPoint),
        hint: {
          en: 'A code came out that no byte holds: clamp.',
          zh: '得到了一个字节放不下的编码：请截断（clamp）。',
        },
      },
      {
        wrong: requantized((scaled) => inByte(roundHalfEven(scaled))),
        hint: { en: 'The zero point is missing.', zh: '漏了零点。' },
      },
      {
        wrong: requantized(
          (scaled, zeroPoint) => inByte(roundHalfEven(scaled) + zeroPoint),
          () => 0,
        ),
        hint: {
          en: 'All sums got the first factor. Each column has its own.',
          zh: '所有的和都用了第一个因子。每一列有自己的因子。',
        },
      },
    ],
  }),
} as const;
