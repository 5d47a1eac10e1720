import { round } from '../../../formats/round';
import { exact, inFormat } from '../../comparisons';
import { type CheckDefinition, defineCheck } from '../../definition';
import { BF16, E3M2, E5M2, FP16, formatOf, type Layout } from './layout';
import * as mistakes from './mistakes';

const EVERY_HALF_UP = {
  en: 'Every half goes up here, as with Math.round, or away from zero. Halves go to the even neighbor.',
  zh: '这里所有的一半都向上（如 Math.round）或向远离零的方向舍入。一半应舍入到偶数。',
};

export const roundHalfEven = defineCheck({
  what: { en: 'the nearest whole number, the even one of two', zh: '最近的整数，居中时取偶数' },
  reference: mistakes.halfEven,
  comparison: exact,
  cases: [
    {
      args: [2.4],
      hint: { en: 'Below one half, down.', zh: '不足一半时向下。' },
    },
    { args: [2.6], hint: { en: 'Above one half, up.', zh: '超过一半时向上。' } },
    {
      args: [2.5],
      hint: {
        en: 'Midway between 2 and 3: which of them is even?',
        zh: '恰在 2 与 3 中间：哪一个是偶数？',
      },
    },
    {
      args: [3.5],
      hint: {
        en: 'Midway between 3 and 4: which of them is even?',
        zh: '恰在 3 与 4 中间：哪一个是偶数？',
      },
    },
    {
      args: [-2.5],
      hint: {
        en: 'Midway between -3 and -2. Math.floor goes down, to -3: what is left above it?',
        zh: '恰在 -3 与 -2 中间。Math.floor 向下取到 -3：还剩多少？',
      },
    },
    { args: [-3.5], hint: { en: 'Midway between -4 and -3.', zh: '恰在 -4 与 -3 中间。' } },
    {
      args: [0.49999999999999994],
      hint: {
        en: 'The largest number below one half. Adding 0.5 to it rounds, and gives 1.',
        zh: '这是小于一半的最大的数。给它加 0.5 会发生舍入而得到 1。',
      },
    },
  ],
  mistakes: [
    { wrong: mistakes.halfUp, hint: EVERY_HALF_UP },
    { wrong: mistakes.halfAway, hint: EVERY_HALF_UP },
    {
      wrong: Math.floor,
      hint: {
        en: 'This always rounds down. Look at what was cut off.',
        zh: '这样总是向下取整。请看被舍去的部分有多大。',
      },
    },
  ],
});

export const roundTo: CheckDefinition<[x: number, layout: Layout], number> = defineCheck({
  what: { en: 'the nearest number of a format', zh: '格式中最近的数' },
  reference: (x: number, layout: Layout) => round(formatOf(layout), x),
  comparison: (expected, got, args) =>
    inFormat(formatOf(args[1] as Layout), { signedZero: false })(expected, got, args),
  cases: [
    {
      args: [1, FP16],
      hint: { en: 'One is a number of every format here.', zh: '1 在这里的每种格式中都有。' },
    },
    {
      args: [0.1, E5M2],
      hint: {
        en: '0.1 lies between 2^-4 and 2^-3. Two stored bits divide this way into four steps. How many steps is 0.1?',
        zh: '0.1 在 2^-4 与 2^-3 之间。两位尾数把这一段分成四步。0.1 是多少步？',
      },
    },
    {
      args: [-0.3, BF16],
      hint: {
        en: 'The exponent is that of the magnitude: floor(log2 |x|).',
        zh: '指数由绝对值决定：floor(log2 |x|)。',
      },
    },
    {
      args: [2049, FP16],
      hint: {
        en: 'From 2048 on the step of FP16 is 2: 2049 is midway. Which neighbor is an even number of steps?',
        zh: '从 2048 起 FP16 的步长是 2：2049 恰在中间。哪个相邻数是偶数步？',
      },
    },
    {
      args: [3 * 2 ** -25, FP16],
      hint: {
        en: 'Below the smallest normal number 2^-14 the steps get no finer than 2^-24.',
        zh: '在最小的正规数 2^-14 以下，步长不会比 2^-24 更细。',
      },
    },
    {
      args: [2 ** -26, FP16],
      hint: {
        en: 'Less than half of the smallest number becomes 0.',
        zh: '小于最小数的一半时变为 0。',
      },
    },
    {
      args: [65519, FP16],
      hint: {
        en: 'Still nearer to 65504 than to where the next number would be.',
        zh: '离 65504 仍比离下一个数应在的位置更近。',
      },
    },
    {
      args: [65520, FP16],
      hint: {
        en: 'Midway between 65504 and 65536, where the next number would be: it rounds there, and that is infinite.',
        zh: '恰在 65504 与 65536（下一个数应在的位置）中间：舍入到后者，即无穷大。',
      },
    },
    {
      args: [-1e6, E3M2],
      hint: { en: 'Infinities have a sign.', zh: '无穷大也有符号。' },
    },
    {
      args: [0, BF16],
      hint: {
        en: 'log2(0) is -Infinity: look at 0 first.',
        zh: 'log2(0) 是 -Infinity：请先处理 0。',
      },
    },
  ],
  mistakes: [
    {
      wrong: mistakes.roundToTruncating,
      hint: {
        en: "This cuts off what doesn't fit. Take the nearest: your roundHalfEven does it.",
        zh: '这样是截断多余部分。应取最近的数：可用你写的 roundHalfEven。',
      },
    },
    {
      wrong: mistakes.roundToHalfAway,
      hint: {
        en: 'A number midway between two went up. It goes to the one that is an even number of steps.',
        zh: '恰在中间的数被向上舍入了。应舍入到偶数步的那个数。',
      },
    },
    {
      wrong: mistakes.roundToWithoutSubnormals,
      hint: {
        en: 'The steps got finer below the smallest normal number. There they stay as they are: bound the exponent from below.',
        zh: '在最小正规数以下步长又变细了。那里步长应保持不变：请给指数设下界。',
      },
    },
    {
      wrong: mistakes.roundToFlushing,
      hint: {
        en: 'A subnormal number became 0. Below the smallest normal number there are still some.',
        zh: '次正规数变成了 0。在最小正规数以下仍有一些数。',
      },
    },
    {
      wrong: mistakes.roundToSaturating,
      hint: {
        en: "What is too large becomes infinite here; it isn't held at the largest number.",
        zh: '这里过大的数应变为无穷大，而不是停在最大的数上。',
      },
    },
    {
      wrong: mistakes.roundToOverflowingEarly,
      hint: {
        en: 'Round first, then look whether the result is beyond the largest number.',
        zh: '先舍入，再看结果是否超过最大的数。',
      },
    },
    {
      wrong: mistakes.roundToUnbounded,
      hint: {
        en: 'The exponent ends somewhere: what is the largest number of this layout?',
        zh: '指数有上限：这种布局最大的数是多少？',
      },
    },
  ],
});
