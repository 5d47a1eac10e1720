import { decode, encode } from '../../../formats/codec';
import { codesOf, inFormat } from '../../comparisons';
import { defineCheck } from '../../definition';
import * as mistakes from './mistakes';

/** The bits of a number in fp32. */
const inFp32 = (x: number): number => encode('fp32', x);

export const decodeFp16 = defineCheck({
  what: { en: 'the value of an FP16 code', zh: 'FP16 编码的值' },
  reference: (code: number) => decode('fp16', code),
  comparison: inFormat('fp16'),
  cases: [
    {
      args: [0x3c00],
      call: 'decodeFp16(0x3c00)',
      hint: {
        en: 'Exponent field 01111, significand 0: the field minus the bias is the exponent, and a 1 stands before the point.',
        zh: '指数域 01111，尾数 0：指数域减去偏置就是指数，小数点前有一个 1。',
      },
    },
    {
      args: [0xc680],
      call: 'decodeFp16(0xc680)',
      hint: {
        en: 'Sign 1, exponent field 10001, significand 1010000000: of ten bits the first is worth one half.',
        zh: '符号 1，指数域 10001，尾数 1010000000：十位中第一位值二分之一。',
      },
    },
    {
      args: [0x7bff],
      call: 'decodeFp16(0x7bff)',
      hint: {
        en: 'The largest finite number: exponent field 11110, all bits of the significand 1.',
        zh: '最大的有限数：指数域 11110，尾数全为 1。',
      },
    },
    {
      args: [0x0001],
      call: 'decodeFp16(0x0001)',
      hint: {
        en: 'An exponent field of 0 means subnormal: no 1 before the point, and the same exponent as field 1.',
        zh: '指数域为 0 表示次正规数：小数点前没有 1，指数与指数域为 1 时相同。',
      },
    },
    {
      args: [0x0400],
      call: 'decodeFp16(0x0400)',
      hint: {
        en: 'The smallest normal number follows the largest subnormal one without a gap.',
        zh: '最小的正规数紧接在最大的次正规数之后，中间没有空隙。',
      },
    },
    {
      args: [0x8000],
      call: 'decodeFp16(0x8000)',
      hint: { en: 'Zero has a sign: this is -0.', zh: '零也有符号：这里是 -0。' },
    },
    {
      args: [0xfc00],
      call: 'decodeFp16(0xfc00)',
      hint: {
        en: 'The highest exponent field is no exponent: with significand 0 it is an infinity.',
        zh: '最大的指数域不再表示指数：尾数为 0 时是无穷大。',
      },
    },
    {
      args: [0x7e00],
      call: 'decodeFp16(0x7e00)',
      hint: {
        en: 'The highest exponent field with another significand is NaN.',
        zh: '最大的指数域配上非零的尾数是 NaN。',
      },
    },
  ],
  mistakes: [
    {
      wrong: mistakes.biasOffByOne,
      hint: {
        en: 'A power of two off: the bias of five bits is 2^(5-1) - 1.',
        zh: '差了一个 2 的幂：五位指数的偏置是 2^(5-1) - 1。',
      },
    },
    {
      wrong: mistakes.signIgnored,
      hint: { en: 'The first of the 16 bits is the sign.', zh: '16 位中的第一位是符号位。' },
    },
    {
      wrong: mistakes.hiddenOneAlways,
      hint: {
        en: 'With an exponent field of 0 there is no hidden 1.',
        zh: '指数域为 0 时没有隐含的 1。',
      },
    },
    {
      wrong: mistakes.subnormalsTooSmall,
      hint: {
        en: 'Subnormal numbers have the exponent of field 1, not one below it.',
        zh: '次正规数的指数与指数域为 1 时相同，而不是再小 1。',
      },
    },
    {
      wrong: mistakes.noSpecials,
      hint: {
        en: 'This is a number beyond the largest. The highest exponent field is kept for infinities and NaN.',
        zh: '这是一个超过最大数的值。最大的指数域留给无穷大和 NaN。',
      },
    },
  ],
});

export const decodeE4m3 = defineCheck({
  what: { en: 'the value of an E4M3 code', zh: 'E4M3 编码的值' },
  reference: (code: number) => decode('e4m3', code),
  comparison: inFormat('e4m3'),
  cases: [
    {
      args: [0x38],
      call: 'decodeE4m3(0x38)',
      hint: { en: 'The bias of four bits is 7.', zh: '四位指数的偏置是 7。' },
    },
    {
      args: [0x1d],
      call: 'decodeE4m3(0x1d)',
      hint: {
        en: 'Sign 0, exponent field 0011, significand 101.',
        zh: '符号 0，指数域 0011，尾数 101。',
      },
    },
    {
      args: [0x83],
      call: 'decodeE4m3(0x83)',
      hint: {
        en: 'A subnormal number: three eighths of the smallest normal one.',
        zh: '次正规数：最小正规数的八分之三。',
      },
    },
    {
      args: [0x7e],
      call: 'decodeE4m3(0x7e)',
      hint: {
        en: 'E4M3 has no infinities: the highest exponent field holds numbers, too.',
        zh: 'E4M3 没有无穷大：最大的指数域也表示数。',
      },
    },
    {
      args: [0xff],
      call: 'decodeE4m3(0xff)',
      hint: {
        en: 'Only the code with all bits of exponent and significand set is NaN.',
        zh: '只有指数和尾数各位全为 1 的编码才是 NaN。',
      },
    },
  ],
  mistakes: [
    {
      wrong: mistakes.ieeeE4m3,
      hint: {
        en: 'This is how IEEE 754 would have it. E4M3 has no infinities, and its highest exponent field holds numbers.',
        zh: '这是 IEEE 754 的做法。E4M3 没有无穷大，最大的指数域也表示数。',
      },
    },
    {
      wrong: mistakes.e4m3WithoutNan,
      hint: {
        en: 'One code of each sign is left for NaN: the one with all bits set.',
        zh: '每种符号各留一个编码给 NaN：各位全为 1 的那个。',
      },
    },
  ],
});

export const encodeFp16 = defineCheck({
  what: { en: 'the FP16 code of a number', zh: '一个数的 FP16 编码' },
  reference: (x: number) => encode('fp16', x),
  comparison: codesOf('fp16'),
  cases: [
    {
      args: [1],
      hint: {
        en: "The exponent 0 is stored as field 15, the 1 before the point isn't stored.",
        zh: '指数 0 存为指数域 15，小数点前的 1 不存。',
      },
    },
    {
      args: [-6.5],
      hint: {
        en: 'Sign, then exponent, then significand: the sign is worth 2^15, the lowest bit of the exponent 2^10.',
        zh: '依次是符号、指数、尾数：符号位值 2^15，指数的最低位值 2^10。',
      },
    },
    {
      args: [0.1],
      hint: {
        en: 'Round first; then the significand is a whole number of steps.',
        zh: '先舍入，此时尾数是整数步。',
      },
    },
    {
      args: [4095.9],
      hint: {
        en: 'It rounds up to the next power of two: take the exponent of the rounded number.',
        zh: '它会舍入到下一个 2 的幂：指数要取舍入后的数的指数。',
      },
    },
    {
      args: [2 ** -24 * 5],
      hint: {
        en: 'Subnormal: the exponent field is 0, and nothing is taken off the significand.',
        zh: '次正规数：指数域为 0，尾数中不减去隐含的 1。',
      },
    },
    {
      args: [0],
      hint: { en: 'All bits of 0 are 0.', zh: '0 的各位都是 0。' },
    },
    {
      args: [-0],
      call: 'encodeFp16(-0)',
      hint: {
        en: '-0 < 0 is false: Object.is(x, -0) tells it, and so does 1 / x.',
        zh: '-0 < 0 为假：可用 Object.is(x, -0) 或 1 / x 判断。',
      },
    },
    {
      args: [1e5],
      hint: {
        en: 'Too large: infinity has the highest exponent field and significand 0.',
        zh: '过大：无穷大的指数域全为 1，尾数为 0。',
      },
    },
    {
      args: [NaN],
      hint: {
        en: 'NaN has the highest exponent field and any significand but 0.',
        zh: 'NaN 的指数域全为 1，尾数非零即可。',
      },
    },
  ],
  mistakes: [
    {
      wrong: mistakes.encodeWithHiddenOne,
      hint: {
        en: 'The 1 before the point is in the code: take it off the significand.',
        zh: '小数点前的 1 也被写进了编码：请从尾数中减去它。',
      },
    },
    {
      wrong: mistakes.encodeWithoutSign,
      hint: { en: 'The sign bit is missing.', zh: '缺少符号位。' },
    },
    {
      wrong: mistakes.encodeTruncating,
      hint: {
        en: 'The significand was cut off, not rounded.',
        zh: '尾数被截断了，而没有舍入。',
      },
    },
  ],
});

export const bf16FromFp32 = defineCheck({
  what: { en: 'the BF16 code of an FP32 code', zh: 'FP32 编码对应的 BF16 编码' },
  reference: (code: number) => encode('bf16', decode('fp32', code)),
  comparison: codesOf('bf16'),
  cases: [
    {
      args: [inFp32(1)],
      call: 'bf16FromFp32(0x3f800000)',
      hint: {
        en: 'BF16 is the upper half of FP32: 16 bits go.',
        zh: 'BF16 是 FP32 的高半部分：去掉 16 位。',
      },
    },
    {
      args: [inFp32(0.3)],
      call: 'bf16FromFp32(0x3e99999a)',
      hint: {
        en: 'The lower half is 0x999a, more than 0x8000: round up.',
        zh: '低半部分是 0x999a，大于 0x8000：向上舍入。',
      },
    },
    {
      args: [0x3f808000],
      call: 'bf16FromFp32(0x3f808000)',
      hint: {
        en: 'The lower half is just 0x8000, midway: the last bit that stays has to be 0.',
        zh: '低半部分恰为 0x8000，居中：保留的最后一位应为 0。',
      },
    },
    {
      args: [0x3f818000],
      call: 'bf16FromFp32(0x3f818000)',
      hint: {
        en: 'Midway again; here rounding up makes the last bit 0.',
        zh: '又是居中；这里向上舍入才使最后一位为 0。',
      },
    },
    {
      args: [inFp32(-2.5)],
      call: 'bf16FromFp32(0xc0200000)',
      hint: {
        en: "With the sign bit set, >> gives a negative number. >>> doesn't.",
        zh: '符号位为 1 时 >> 得到负数，>>> 则不会。',
      },
    },
    {
      args: [inFp32(3.4e38)],
      call: 'bf16FromFp32(0x7f7fc99e)',
      hint: {
        en: 'Rounding up carries into the exponent, up to infinity: that is right here.',
        zh: '向上舍入会进位到指数，直到无穷大：这里正应如此。',
      },
    },
    {
      args: [0x7fffffff],
      call: 'bf16FromFp32(0x7fffffff)',
      hint: {
        en: 'A NaN whose bits are rounded can become a zero. Look for NaN first.',
        zh: '对 NaN 的位做舍入可能得到零。请先判断 NaN。',
      },
    },
    {
      args: [0x7f800001],
      call: 'bf16FromFp32(0x7f800001)',
      hint: {
        en: 'A NaN whose ones are all in the lower half must not become infinity.',
        zh: '有些 NaN 的 1 全在低半部分，它们不能变成无穷大。',
      },
    },
  ],
  mistakes: [
    {
      wrong: mistakes.bf16Truncating,
      hint: {
        en: 'The lower half was cut off. Round to nearest: look at what it is worth.',
        zh: '低半部分被直接截掉了。应舍入到最近：看看它有多大。',
      },
    },
    {
      wrong: mistakes.bf16HalfUp,
      hint: {
        en: 'Halves went up. Midway, the last bit that stays has to become 0.',
        zh: '居中时一律向上了。居中时，保留的最后一位应变为 0。',
      },
    },
    {
      wrong: mistakes.bf16Signed,
      hint: {
        en: "A code isn't negative. Bit operators give signed numbers; >>> gives one without a sign.",
        zh: '编码不会是负数。位运算得到有符号数，>>> 得到无符号数。',
      },
    },
  ],
});
