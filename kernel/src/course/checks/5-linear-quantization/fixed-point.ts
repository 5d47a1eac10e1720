import { defineCheck } from '../../definition';
import { exact } from '../../comparisons';

export interface Multiplier {
  readonly multiplier: number;
  readonly shift: number;
}
type FixedPoint = (factor: number) => Multiplier;

/** A factor as a whole number of 31 bits by a power of two, rounded in a way of its own. */
const fixedBy =
  (round: (x: number) => number, renormalize: boolean): FixedPoint =>
  (factor) => {
    let shift = 31;
    let fraction = factor;
    while (fraction < 0.5) {
      fraction *= 2;
      shift++;
    }
    const multiplier = round(fraction * 2 ** 31);
    return renormalize && multiplier === 2 ** 31
      ? { multiplier: 2 ** 30, shift: shift - 1 }
      : { multiplier, shift };
  };
const fixedPoint = fixedBy(Math.round, true);

/** Functions of the part on factors without floats. */
export const FIXED_POINT = {
  'fixed-point': defineCheck({
    what: { en: 'an integer multiplier and a shift', zh: '整数乘子与移位数' },
    reference: fixedPoint,
    comparison: exact,
    cases: [
      {
        args: [0.5],
        hint: {
          en: 'The multiplier lies from 2^30 up to, but not including, 2^31. Which power of two undoes it?',
          zh: '乘子在 2^30（含）到 2^31（不含）之间。用 2 的几次幂可以还原？',
        },
      },
      {
        args: [0.75],
        hint: {
          en: 'A multiplier has 31 bits, the highest of which is 1. Is yours in that range?',
          zh: '乘子有 31 位，最高位为 1。你的乘子在这个范围内吗？',
        },
      },
      {
        args: [0.003],
        hint: {
          en: 'Small factors need more shifts, not fewer bits: double the factor until it is at least one half.',
          zh: '小的因子需要更多移位，而不是更少的位：把因子不断加倍，直到不小于二分之一。',
        },
      },
      {
        args: [0.1],
        hint: {
          en: 'The factor is no sum of 31 powers of two: round to the nearest multiplier.',
          zh: '这个因子不能用 31 位精确表示：取最近的乘子。',
        },
      },
      {
        args: [0.99999999999],
        hint: {
          en: 'Rounding up may reach 2^31, which a signed 32-bit number does not hold. Which smaller pair is the same factor?',
          zh: '向上舍入可能得到 2^31，32 位有符号数放不下。哪一对更小的数表示同一因子？',
        },
      },
    ],
    mistakes: [
      {
        wrong: fixedBy(Math.floor, true),
        hint: {
          en: 'The multiplier was cut off. Rounded to the nearest it is off by half as much at most.',
          zh: '乘子被截去了小数。取最近的整数，最大误差减半。',
        },
      },
      {
        wrong: fixedBy(Math.round, false),
        hint: {
          en: 'The multiplier is 2^31: one too many for a signed 32-bit number.',
          zh: '乘子等于 2^31：比 32 位有符号数的最大值大 1。',
        },
      },
      {
        wrong: (factor) => ({ multiplier: Math.round(factor * 2 ** 31), shift: 31 }),
        hint: {
          en: 'Always the same shift: a small factor then has few bits left.',
          zh: '移位数总是相同：小因子剩下的有效位就很少。',
        },
      },
      {
        wrong: (factor) => {
          const { multiplier, shift } = fixedPoint(factor);
          return { multiplier, shift: shift - 31 };
        },
        hint: {
          en: 'The shift leaves the 31 bits of the multiplier out: factor ≈ multiplier / 2^shift.',
          zh: '移位数没有算上乘子的 31 位：因子 ≈ 乘子 / 2^移位数。',
        },
      },
      {
        wrong: (factor) => {
          const { multiplier, shift } = fixedPoint(factor);
          return { multiplier, shift: -shift };
        },
        hint: {
          en: 'The shift is to the right, and counted as a positive number.',
          zh: '这里是右移，移位数取正。',
        },
      },
      {
        wrong: (factor) => {
          const { multiplier, shift } = fixedPoint(factor);
          return { multiplier: multiplier / 2, shift: shift - 1 };
        },
        hint: {
          en: 'A bit of precision is lost: the multiplier may be nearly twice as large.',
          zh: '损失了一位精度：乘子还可以大将近一倍。',
        },
      },
    ],
  }),
} as const;
