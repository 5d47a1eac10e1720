import { encode } from '../../formats/codec';
import { decode } from '../../formats/codec';
import { exact, inFormat } from '../comparisons';
import { defineCheck } from '../definition';

/** The functions of assignment 1, by id. */
export const FORMATS_BY_HAND = {
  'to-binary': defineCheck({
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
        hint: {
          en: 'One is halved once: 0, remainder 1.',
          zh: '1 只除一次：商 0，余 1。',
        },
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
        wrong: (n: number) => Array.from(n.toString(2)).reverse().join(''),
        hint: {
          en: 'The digits are there, but the last remainder is the first digit.',
          zh: '数字都对，但最后得到的余数是最高位。',
        },
      },
    ],
  }),
  'decode-fp16': defineCheck({
    what: { en: 'the value of an FP16 code', zh: 'FP16 编码的值' },
    reference: (code: number) => decode('fp16', code),
    comparison: inFormat('fp16'),
    cases: [
      {
        args: [encode('fp16', 1)],
        hint: { en: 'The exponent field of 1 is the bias.', zh: '1 的指数域等于偏置。' },
      },
      {
        args: [encode('fp16', -6.5)],
        hint: { en: 'The first bit is the sign.', zh: '第一位是符号位。' },
      },
      {
        args: [1],
        hint: {
          en: 'An exponent field of 0 has no leading one, and the exponent of field 1.',
          zh: '指数域为 0 时没有隐含的 1，指数与指数域为 1 时相同。',
        },
      },
    ],
  }),
} as const;
