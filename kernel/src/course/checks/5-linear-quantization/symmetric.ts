import { roundHalfEven, symmetricScale } from '../../../integer/affine';
import { within } from '../../comparisons';
import { defineCheck } from '../../definition';
import { signedCodes } from './integer-codes';

const limitOf = (bits: number): number => 2 ** (bits - 1) - 1;
const absmax = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const clamped = (q: number, low: number, high: number): number => Math.min(high, Math.max(low, q));

type Scale = (values: number[], bits: number) => number;

const scale: Scale = (values, bits) => {
  const max = limitOf(bits);
  return symmetricScale(absmax(values), { min: -max, max });
};

type Codes = (values: number[], step: number, bits: number) => number[];

/** Codes rounded in a way of its own, between two limits. */
const codesBy =
  (
    round: (x: number) => number,
    low: (max: number) => number,
    high = (max: number) => max,
  ): Codes =>
  (values, step, bits) => {
    const max = limitOf(bits);
    return values.map((x) => clamped(round(x / step), low(max), high(max)));
  };
const lowest = (max: number): number => -max;
const codes = codesBy(roundHalfEven, lowest);

/** Functions of the part on symmetric quantization. */
export const SYMMETRIC = {
  'symmetric-scale': defineCheck({
    what: { en: 'the scale of a symmetric quantization', zh: '对称量化的缩放因子' },
    reference: scale,
    comparison: within({ relative: 1e-6 }),
    cases: [
      {
        args: [[-0.5, 0.3, 1.2, -2.1], 8],
        hint: {
          en: 'Which of the four numbers needs the most room, and which code shall it get?',
          zh: '四个数中哪一个需要的范围最大？它应当对应哪个编码？',
        },
      },
      {
        args: [[-0.5, 0.3, 1.2, -2.1], 4],
        hint: {
          en: 'With 4 bits the codes end elsewhere. Where, if each number has its negative?',
          zh: '4 位时最大的编码不同。若每个数都要有相反数，最大编码是多少？',
        },
      },
      {
        args: [[0.25, 0.75, 3], 3],
        hint: {
          en: 'Write all codes of 3 bits on paper, and leave the one out that has no negative.',
          zh: '把 3 位的全部编码写在纸上，去掉没有相反数的那一个。',
        },
      },
      {
        args: [[0, 0, 0], 8],
        hint: {
          en: 'Where all numbers are zero nothing decides the scale, but nobody can divide by 0.',
          zh: '全部为零时没有什么能决定缩放因子，但除以 0 是不行的。',
        },
      },
    ],
    mistakes: [
      {
        wrong: ((values, bits) => Math.max(...values) / limitOf(bits)) satisfies Scale,
        hint: {
          en: 'The largest number is not always the one that is farthest from zero: think of the sign.',
          zh: '最大的数不一定离零最远：请考虑符号。',
        },
      },
      {
        wrong: ((values, bits) => absmax(values) / 2 ** (bits - 1)) satisfies Scale,
        hint: {
          en: 'With this scale the largest number becomes one code more than there is on the positive side.',
          zh: '用这个缩放因子，最大的数会得到正半边不存在的编码（多 1）。',
        },
      },
      {
        wrong: ((values, bits) => absmax(values) / (2 ** bits - 1)) satisfies Scale,
        hint: {
          en: 'That divides by the number of all steps. How many of them lie on one side of zero?',
          zh: '这里除以的是全部步数。零的一侧有多少步？',
        },
      },
      {
        wrong: ((values, bits) => limitOf(bits) / absmax(values)) satisfies Scale,
        hint: {
          en: 'This is the reciprocal: the scale is what one code is worth, in the unit of the values.',
          zh: '这是倒数：缩放因子是一个编码所代表的大小，单位与原数相同。',
        },
      },
      {
        wrong: ((values, bits) => {
          const all = Array.from(values);
          return (Math.max(...all) - Math.min(...all)) / (2 ** bits - 1);
        }) satisfies Scale,
        hint: {
          en: 'This is the scale of an asymmetric quantization. Here zero stays in the middle.',
          zh: '这是非对称量化的缩放因子。这里零点保持在中间。',
        },
      },
    ],
  }),

  'quantize-symmetric': defineCheck({
    what: { en: 'the codes of a symmetric quantization', zh: '对称量化的编码' },
    reference: codes,
    comparison: signedCodes(2),
    cases: [
      {
        args: [[-0.5, 0.3, 1.2, -2.1], 2.1 / 127, 8],
        hint: {
          en: 'Count in steps of the scale: how many fit each number?',
          zh: '以缩放因子为步长来数：每个数是多少步？',
        },
      },
      {
        args: [[0.5, 1.5, 2.5, -0.5, -1.5, -2.5], 1, 8],
        hint: {
          en: 'Each of these lies exactly between two codes. Which of the two does half-even take?',
          zh: '这些数都恰好在两个编码的正中间。“居中取偶”取哪一个？',
        },
      },
      {
        args: [[1.9, 2.5, -1.9, -9], 0.25, 4],
        hint: {
          en: 'Some of these lie outside what 4 bits reach. What becomes of them?',
          zh: '其中有的数超出了 4 位能表示的范围。它们应当变成什么？',
        },
      },
      {
        args: [[3, -3, 0.6, -0.6], 1, 2],
        hint: {
          en: 'Two bits, with a negative for each number: three codes are left.',
          zh: '只有 2 位，且每个数都有相反数：只剩三个编码。',
        },
      },
    ],
    mistakes: [
      {
        wrong: codesBy(Math.round, lowest),
        hint: {
          en: '`Math.round` takes ties up. Half-even takes them to the even neighbor: `roundHalfEven`.',
          zh: '`Math.round` 把正中间的数向上取。“居中取偶”取偶数邻居：`roundHalfEven`。',
        },
      },
      {
        wrong: codesBy((x) => Math.sign(x) * Math.round(Math.abs(x)), lowest),
        hint: {
          en: 'Ties go away from zero here. Half-even takes them to the even neighbor.',
          zh: '这里正中间的数远离零取整。“居中取偶”取偶数邻居。',
        },
      },
      {
        wrong: codesBy(Math.trunc, lowest),
        hint: {
          en: 'The digits after the point are cut off: an error of up to a whole step. Round to the nearest.',
          zh: '这里直接截去小数：误差可达一整步。应取最近的整数。',
        },
      },
      {
        wrong: codesBy(Math.floor, lowest),
        hint: {
          en: 'All numbers go down: an error of up to a whole step, and all to one side. Round to the nearest.',
          zh: '所有数都向下取：误差可达一整步，而且偏向同一侧。应取最近的整数。',
        },
      },
      {
        wrong: codesBy(
          roundHalfEven,
          () => -Infinity,
          () => Infinity,
        ),
        hint: {
          en: 'A code came out that does not exist. Numbers beyond the range get its last code: clamp.',
          zh: '出现了不存在的编码。超出范围的数应取端点的编码：截断（clamp）。',
        },
      },
      {
        wrong: codesBy(roundHalfEven, (max) => -max - 1),
        hint: {
          en: 'The lowest code has no negative: a symmetric quantization leaves it out.',
          zh: '最小的编码没有相反数：对称量化不使用它。',
        },
      },
      {
        wrong: ((values, step, bits) =>
          codes(values, step, bits).map((q) => q * step)) satisfies Codes,
        hint: {
          en: 'These are the numbers that the codes stand for. Asked for are the codes, which are integers.',
          zh: '这是编码所代表的数。这里要的是编码，即整数。',
        },
      },
      {
        wrong: ((values, step, bits) =>
          codesBy((x) => x, lowest)(values, 1 / step, bits).map(roundHalfEven)) satisfies Codes,
        hint: {
          en: 'Multiplied by the scale. How many steps fit a number is a quotient.',
          zh: '这里乘以了缩放因子。一个数含多少步应当用除法。',
        },
      },
    ],
  }),
} as const;
