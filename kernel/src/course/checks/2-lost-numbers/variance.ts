import { round } from '../../../formats/round';
import type { FormatId } from '../../../formats/table';
import { defineCheck } from '../../definition';
import { inGivenFormat } from '../in-given-format';

type Numbers = readonly number[];
type Rounder = (x: number) => number;

const exactly: Rounder = (x) => x;
const sumOf = (values: Numbers, stored: Rounder = exactly): number =>
  values.reduce((sum, x) => stored(sum + x), 0);
const meanOf = (values: Numbers): number => sumOf(values) / values.length;

/** The squared deviations from `mean`, as the format has them. */
function squares(format: FormatId, values: Numbers, mean: number): number[] {
  return values.map((x) => round(format, round(format, x - mean) ** 2));
}

/** A variance without cancellation. */
export const VARIANCE = defineCheck({
  what: { en: 'the variance', zh: '方差' },
  reference: (format: FormatId, values: Numbers) =>
    round(format, meanOf(squares(format, values, meanOf(values)))),
  comparison: inGivenFormat,
  cases: [
    {
      args: ['fp16', [1, 2, 3, 4]],
      hint: {
        en: 'The mean is 2.5, the squares are 2.25, 0.25, 0.25 and 2.25.',
        zh: '均值是 2.5，各平方为 2.25、0.25、0.25 和 2.25。',
      },
    },
    {
      args: ['fp16', [7]],
      hint: {
        en: 'One value has no deviation from its mean. By which number do you divide?',
        zh: '单个值与其均值没有差。你除以的是几？',
      },
    },
    {
      args: ['fp16', [300, 302, 299, 303]],
      hint: {
        en: 'The square of 300 is beyond the range of FP16, the square of its deviation is not.',
        zh: '300 的平方超出 FP16 的范围，差的平方则不会。',
      },
    },
    {
      args: ['bf16', [100, 101, 100, 101]],
      hint: {
        en: 'Two large numbers that are nearly equal were subtracted from each other.',
        zh: '有两个几乎相等的大数相减了。',
      },
    },
    {
      args: ['fp16', Array.from({ length: 3000 }, (_, i) => (i % 2 === 0 ? 1 : -1))],
      call: "variance('fp16', 3000 × ±1)",
      hint: {
        en: 'Three thousand squares of 1: in which format can they be added?',
        zh: '三千个 1 的平方：用什么格式才能把它们加起来？',
      },
    },
    {
      args: ['fp16', [2048, 2048, 2050, 2050, 2050]],
      hint: {
        en: 'The mean is a plain JavaScript number: it is not stored in the format.',
        zh: '均值是普通的 JavaScript 数，不存入该格式。',
      },
    },
    {
      args: ['e4m3', [1, 2, 9]],
      hint: {
        en: 'Each deviation is stored in the format, then its square.',
        zh: '每个差先存入该格式，然后其平方也要存入。',
      },
    },
    {
      args: ['fp16', [0.0001, -0.0001, 0.0003, -0.0003]],
      hint: {
        en: 'Each square is stored in the format, and these are smaller than what it has. It is what a layer in FP16 would see.',
        zh: '每个平方都要存入该格式，而它们小于该格式的范围。在 FP16 中运行的层看到的就是这样。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (_format: FormatId, values: Numbers) => {
        const mean = meanOf(values);
        return meanOf(values.map((x) => (x - mean) ** 2));
      },
      hint: {
        en: 'The result isn’t stored in the format, nor is what comes before it.',
        zh: '结果没有存入该格式，之前的各步也没有。',
      },
    },
    {
      wrong: (format: FormatId, values: Numbers) => {
        const mean = meanOf(values);
        const ofSquares = meanOf(values.map((x) => round(format, x * x)));
        return round(format, round(format, ofSquares) - round(format, mean * mean));
      },
      hint: {
        en: 'This is E[x²] − E[x]². Its squares overflow, or their equal digits cancel and the rounding errors are left.',
        zh: '这是 E[x²] − E[x]²。它的平方会上溢，或者相同的高位相消，只剩下舍入误差。',
      },
    },
    {
      wrong: (format: FormatId, values: Numbers) =>
        round(format, sumOf(squares(format, values, meanOf(values))) / (values.length - 1)),
      hint: {
        en: 'You divide by n − 1: that is the variance of a sample. Here it is divided by n.',
        zh: '你除以了 n − 1，那是样本方差。这里除以 n。',
      },
    },
    {
      wrong: (format: FormatId, values: Numbers) =>
        round(format, meanOf(squares(format, values, round(format, meanOf(values))))),
      hint: {
        en: 'You round the mean. Then the deviations are those from another number.',
        zh: '你对均值做了舍入，于是差是相对另一个数的。',
      },
    },
    {
      wrong: (format: FormatId, values: Numbers) => {
        const stored: Rounder = (x) => round(format, x);
        const mean = sumOf(values, stored) / values.length;
        return round(format, sumOf(squares(format, values, mean), stored) / values.length);
      },
      hint: {
        en: 'Your sums are kept in the narrow format, and stand still. Keep them as plain JavaScript numbers.',
        zh: '你的和用了窄格式，会停滞。请用普通的 JavaScript 数。',
      },
    },
    {
      wrong: (format: FormatId, values: Numbers) => {
        const mean = meanOf(values);
        return round(format, meanOf(values.map((x) => (x - mean) ** 2)));
      },
      hint: {
        en: 'You round the result only. In this format each deviation and each square is rounded as well.',
        zh: '你只对结果做了舍入。在这种格式中，每个差和每个平方也要舍入。',
      },
    },
    {
      wrong: (format: FormatId, values: Numbers) =>
        round(format, Math.sqrt(meanOf(squares(format, values, meanOf(values))))),
      hint: {
        en: 'This is the standard deviation.',
        zh: '这是标准差。',
      },
    },
  ],
});
