import { limits } from '../../../formats/limits';
import { round } from '../../../formats/round';
import type { FormatId } from '../../../formats/table';
import { exact } from '../../comparisons';
import { defineCheck } from '../../definition';

type Fate = 'zero' | 'underflow' | 'subnormal' | 'normal' | 'overflow';

function fate(format: FormatId, x: number, stored: number): Fate {
  if (x === 0) return 'zero';
  if (stored === 0) return 'underflow';
  if (!Number.isFinite(stored)) return 'overflow';
  return Math.abs(stored) < limits(format).minNormal ? 'subnormal' : 'normal';
}

/** What becomes of a number that is stored. */
export const FATE = defineCheck({
  what: { en: 'what becomes of a number', zh: '一个数存入格式后的命运' },
  reference: (format: FormatId, x: number) => fate(format, x, round(format, x)),
  comparison: exact,
  cases: [
    {
      args: ['fp16', 1.5],
      hint: { en: 'Nothing happens to this one.', zh: '这个数什么也没有发生。' },
    },
    {
      args: ['fp16', 0],
      hint: { en: 'Zero is stored as zero: nothing was lost.', zh: '零存为零：没有丢失任何东西。' },
    },
    {
      args: ['fp16', 1e-9],
      hint: {
        en: 'What does round give for it? Compare with what it was before.',
        zh: 'round 给出什么？与原来的数比较一下。',
      },
    },
    {
      args: ['fp16', 1e6],
      hint: { en: 'It lies beyond the largest number.', zh: '它超出了最大值。' },
    },
    {
      args: ['fp16', -1e-5],
      hint: {
        en: 'Sizes are compared, not numbers: a negative one may be subnormal, too.',
        zh: '要比较的是绝对值：负数也可能是次正规数。',
      },
    },
    {
      args: ['fp16', -1.5],
      hint: {
        en: 'Sizes are compared, not numbers: every negative number is below minNormal.',
        zh: '要比较的是绝对值：任何负数都小于 minNormal。',
      },
    },
    {
      args: ['fp16', -1e6],
      hint: { en: 'There are two infinities.', zh: '无穷大有正负两个。' },
    },
    {
      args: ['fp16', 65519],
      hint: {
        en: 'It is above the largest number, and still nearer to it than to the next that there would be.',
        zh: '它虽大于最大值，但离最大值仍比离下一个（假想的）数更近。',
      },
    },
    {
      args: ['fp16', 4e-8],
      hint: {
        en: 'It is below the smallest number. Is it nearer to zero or to that?',
        zh: '它小于最小的正数。它离零近，还是离那个数近？',
      },
    },
    {
      args: ['fp16', 2 ** -25],
      hint: {
        en: 'Just half of the smallest number: a tie goes to the even neighbor.',
        zh: '恰好是最小正数的一半：舍入到偶数一侧。',
      },
    },
    {
      args: ['fp16', 2 ** -14 * (1 - 2 ** -12)],
      hint: {
        en: 'What counts is the number after rounding: this one is rounded up across the border.',
        zh: '以舍入后的数为准：这个数向上舍入，越过了边界。',
      },
    },
    {
      args: ['e4m3', 500],
      hint: {
        en: 'E4M3 has no infinity. What does round give, and is that finite?',
        zh: 'E4M3 没有无穷大。round 给出什么？它是有限数吗？',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, x: number): Fate => {
        const { max, minNormal, minSubnormal } = limits(format);
        const size = Math.abs(x);
        if (size === 0) return 'zero';
        if (size < minSubnormal) return 'underflow';
        if (size > max) return 'overflow';
        return size < minNormal ? 'subnormal' : 'normal';
      },
      hint: {
        en: 'You compare the number before rounding with the limits. Near a border rounding carries numbers across, in both directions.',
        zh: '你拿舍入之前的数与边界比较。在边界附近，舍入会使数越过边界，两个方向都有可能。',
      },
    },
    {
      wrong: (format: FormatId, x: number): Fate => {
        const stored = round(format, x);
        if (stored === Infinity || stored === -Infinity) return 'overflow';
        return fate(format, x, Number.isNaN(stored) ? limits(format).max : stored);
      },
      hint: {
        en: 'Some formats have no infinity, and answer with NaN. Ask for what both are not: finite.',
        zh: '有些格式没有无穷大，而以 NaN 作答。请判断两者共同的特征：都不是有限数。',
      },
    },
  ],
});
