import { decode, encode } from '../../formats/codec';
import { round } from '../../formats/round';
import { codesOf, exact, inFormat } from '../comparisons';
import { type CheckDefinition, defineCheck } from '../definition';
import { BF16, E3M2, E5M2, FP16, formatOf, type Layout } from './1-formats-layout';
import * as mistakes from './1-formats-mistakes';

/** The bits of a number in fp32. */
const inFp32 = (x: number): number => encode('fp32', x);

const toBinary = defineCheck({
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

const fractionBits = defineCheck({
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

const EVERY_HALF_UP = {
  en: 'Every half goes up here, as with Math.round, or away from zero. Halves go to the even neighbor.',
  zh: '这里所有的一半都向上（如 Math.round）或向远离零的方向舍入。一半应舍入到偶数。',
};

const roundHalfEven = defineCheck({
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

const decodeFp16 = defineCheck({
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

const decodeE4m3 = defineCheck({
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

const roundTo: CheckDefinition<[x: number, layout: Layout], number> = defineCheck({
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

const encodeFp16 = defineCheck({
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

const bf16FromFp32 = defineCheck({
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

/** The functions of assignment 1, by id. */
export const FORMATS_BY_HAND = {
  'to-binary': toBinary,
  'fraction-bits': fractionBits,
  'round-half-even': roundHalfEven,
  'decode-fp16': decodeFp16,
  'decode-e4m3': decodeE4m3,
  'round-to': roundTo,
  'encode-fp16': encodeFp16,
  'bf16-from-fp32': bf16FromFp32,
} as const;
