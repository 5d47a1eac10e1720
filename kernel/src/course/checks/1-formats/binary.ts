import { exact } from '../../comparisons';
import { defineCheck } from '../../definition';
import * as mistakes from './mistakes';

export const toBinary = defineCheck({
  what: { en: 'the binary digits of a whole number', zh: '整数的二进制数字' },
  reference: (n: number) => n.toString(2),
  comparison: exact,
  cases: [
    {
      args: [13],
      hint: {
        en: 'Halve until nothing is left. In which order do the remainders come, and in which are they read?',
        zh: '不断除以 2，直到商为 0。余数按什么顺序产生，又按什么顺序读出？',
      },
    },
    {
      args: [1],
      hint: { en: 'One is halved once: 0, remainder 1.', zh: '1 只除一次：商 0，余 1。' },
    },
    {
      args: [0],
      hint: {
        en: 'Zero has one digit, too, though there is nothing to halve.',
        zh: '0 虽然不必再除，也有一位数字。',
      },
    },
    {
      args: [2 ** 40 + 1],
      hint: {
        en: 'Bit operators such as >> and & see the last 32 bits only. Divide, and round down.',
        zh: '>> 和 & 等位运算只看最低 32 位。请用除法并向下取整。',
      },
    },
  ],
  mistakes: [
    {
      wrong: mistakes.reversedDigits,
      hint: {
        en: 'The digits are there, but the last remainder is the first digit.',
        zh: '数字都对，但最后得到的余数是最高位。',
      },
    },
  ],
});

export const fractionBits = defineCheck({
  what: { en: 'the first binary digits of a fraction', zh: '小数的前若干位二进制数字' },
  reference: (x: number, count: number) =>
    Math.floor(x * 2 ** count)
      .toString(2)
      .padStart(count, '0')
      .slice(0, count),
  comparison: exact,
  cases: [
    {
      args: [0.625, 3],
      hint: {
        en: 'Double: 1.25. The digit before the point is the first bit; go on with what is behind it.',
        zh: '乘以 2 得 1.25。小数点前的数字是第一位，再用小数部分继续。',
      },
    },
    {
      args: [0.1, 12],
      hint: {
        en: 'After the digit 1 is taken, only what is behind the point is doubled.',
        zh: '取出数字 1 之后，只把小数部分继续乘以 2。',
      },
    },
    {
      args: [0, 4],
      hint: {
        en: 'As many digits as were asked for, even if they are all 0.',
        zh: '要求几位就给几位，即使全是 0。',
      },
    },
    {
      args: [0.999, 4],
      hint: {
        en: 'These are the first digits, cut off and not rounded.',
        zh: '这是最前面的几位：直接截断，不舍入。',
      },
    },
    {
      args: [0.5, 0],
      hint: { en: 'No digits are the empty text.', zh: '零位数字就是空字符串。' },
    },
  ],
  mistakes: [
    {
      wrong: mistakes.withPoint,
      hint: {
        en: 'Give the digits behind the point only, without "0.".',
        zh: '只给小数点后的数字，不要带 "0."。',
      },
    },
    {
      wrong: mistakes.endsAtZero,
      hint: {
        en: 'Go on when the fraction has become 0: the digits that are left are zeros.',
        zh: '小数部分变为 0 后还要继续：剩下的数字都是 0。',
      },
    },
    {
      wrong: mistakes.roundedDigits,
      hint: {
        en: 'The digits were rounded. Doubling gives them cut off.',
        zh: '这些数字是舍入得到的。乘 2 取整得到的是截断的结果。',
      },
    },
  ],
});
