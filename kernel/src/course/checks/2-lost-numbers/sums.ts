import { limits } from '../../../formats/limits';
import { round } from '../../../formats/round';
import type { FormatId } from '../../../formats/table';
import { exact } from '../../comparisons';
import { defineCheck } from '../../definition';
import { inGivenFormat } from '../in-given-format';

type Sum = (format: FormatId, values: readonly number[]) => number;

const sumIn: Sum = (format, values) =>
  values.reduce((sum, value) => round(format, sum + round(format, value)), 0);

const total: Sum = (_format, values) => values.reduce((sum, value) => sum + value, 0);

const ones = (count: number): readonly number[] => Array<number>(count).fill(1);

/** A sum from left to right in one format. */
export const SUM_IN = defineCheck({
  what: { en: 'the sum in a format', zh: '某格式中的和' },
  reference: sumIn,
  comparison: inGivenFormat,
  cases: [
    {
      args: ['fp16', [1, 2, 3]],
      hint: { en: 'These are exact in any order.', zh: '这些数怎样相加都是精确的。' },
    },
    {
      args: ['fp16', []],
      hint: { en: 'The sum of nothing is 0.', zh: '空数组的和是 0。' },
    },
    {
      args: ['fp16', [2048, 1, 1, 0.5]],
      hint: {
        en: 'From 2048 on the numbers of FP16 are 2 apart. What does the first partial sum become?',
        zh: '从 2048 起，FP16 相邻两数相差 2。第一个部分和变成了什么？',
      },
    },
    {
      args: ['fp16', [1, 0.0004884]],
      hint: {
        en: 'Each value is stored in the format before it is added.',
        zh: '每个值要先存入该格式，再相加。',
      },
    },
    {
      args: ['fp16', [60000, 60000, -60000]],
      hint: {
        en: 'A partial sum that overflows stays so: what comes after cannot bring it back.',
        zh: '部分和一旦上溢就回不来了，后面加什么都没有用。',
      },
    },
    {
      args: ['bf16', ones(300)],
      call: "sumIn('bf16', 300 × 1)",
      hint: {
        en: 'Where do the numbers of BF16 lie 2 apart?',
        zh: '从哪里起，BF16 相邻两数相差 2？',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, values: readonly number[]) =>
        values.reduce((sum, value) => round(format, sum + value), 0),
      hint: {
        en: 'The partial sums are stored in the format, but the values that are added are not.',
        zh: '部分和存入了该格式，但被加的值没有。',
      },
    },
    {
      wrong: (format: FormatId, values: readonly number[]) => round(format, total(format, values)),
      hint: {
        en: 'You add exactly and round once at the end. A processor that has only this format stores each partial sum.',
        zh: '你先精确相加，最后只舍入一次。只有这种格式的处理器会把每个部分和都存入该格式。',
      },
    },
    {
      wrong: (format: FormatId, values: readonly number[]) =>
        total(
          format,
          values.map((value) => round(format, value)),
        ),
      hint: {
        en: 'The values are stored in the format, but the sum is not.',
        zh: '各个值存入了该格式，但和没有。',
      },
    },
  ],
});

const stall = (format: FormatId, addend: number): number => (addend * 2) / limits(format).epsilon;

/** Where a sum of equal addends comes to a stop. */
export const STALLS_AT = defineCheck({
  what: { en: 'where a sum stands still', zh: '和停滞的位置' },
  reference: (format: FormatId, addend: number) => {
    const stop = stall(format, addend);
    return stop > limits(format).max ? Infinity : stop;
  },
  comparison: exact,
  cases: [
    {
      args: ['fp16', 1],
      hint: {
        en: 'The addend has to be half the step: then there is a tie. See the chart for where that is.',
        zh: '加数恰好等于间距的一半时，就出现“恰好一半”的情形。图中可以看到这个位置。',
      },
    },
    {
      args: ['bf16', 1],
      hint: {
        en: 'The format counts by its epsilon.',
        zh: '格式的影响体现在它的 epsilon 上。',
      },
    },
    {
      args: ['e4m3', 0.25],
      hint: {
        en: 'A quarter of the addend: everything happens at a quarter of the size.',
        zh: '加数为四分之一，一切都发生在四分之一的位置。',
      },
    },
    {
      args: ['fp16', 2 ** -10],
      hint: { en: 'The addend need not be 1.', zh: '加数不一定是 1。' },
    },
    {
      args: ['fp16', 16],
      hint: {
        en: 'The format still has this sum: it is not beyond its largest number.',
        zh: '该格式仍能表示这个和：它没有超过最大值。',
      },
    },
    {
      args: ['fp16', 32],
      hint: {
        en: 'Does the format have the number at which it would stop?',
        zh: '该格式能表示它要停在的那个数吗？',
      },
    },
    {
      args: ['e4m3', 32],
      hint: {
        en: 'Compare with the largest number of the format.',
        zh: '请与该格式的最大值比较。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, addend: number) => stall(format, addend) / 2,
      hint: {
        en: 'There the step is as large as the addend, and the sum still grows. One power of two further it is twice as large.',
        zh: '那里的间距等于加数，和还会增长。再过一个 2 的幂，间距才是加数的两倍。',
      },
    },
    {
      wrong: (format: FormatId, addend: number) => stall(format, addend) * 2,
      hint: {
        en: 'The sum has come to a stop before: a tie goes to the even neighbor, and which one is even where a power of two is one of them?',
        zh: '和在此之前就停了：“恰好一半”舍入到偶数一侧；若两侧之一是 2 的幂，哪一侧是偶数？',
      },
    },
    {
      wrong: stall,
      hint: {
        en: 'The number is right if the format has it. Does it?',
        zh: '如果该格式能表示这个数，它就是对的。能表示吗？',
      },
    },
    {
      wrong: (format: FormatId) => stall(format, 1),
      hint: {
        en: 'This is the answer for the addend 1.',
        zh: '这是加数为 1 时的答案。',
      },
    },
    {
      wrong: (format: FormatId, addend: number) => stall(format, 1) / addend,
      hint: {
        en: 'A larger addend is absorbed later, not earlier.',
        zh: '加数越大，被吃掉得越晚，而不是越早。',
      },
    },
  ],
});

function pairwise(
  format: FormatId,
  values: readonly number[],
  half: (n: number) => number,
): number {
  if (values.length <= 1) return round(format, values[0] ?? 0);
  const middle = half(values.length);
  const [first, rest] = [values.slice(0, middle), values.slice(middle)];
  return round(format, pairwise(format, first, half) + pairwise(format, rest, half));
}

/** A sum by halves. */
export const PAIRWISE_SUM = defineCheck({
  what: { en: 'the sum by halves', zh: '成对求和的结果' },
  reference: (format: FormatId, values: readonly number[]) =>
    pairwise(format, values, (n) => Math.floor(n / 2)),
  comparison: inGivenFormat,
  cases: [
    {
      args: ['fp16', [1, 2, 3, 4]],
      hint: { en: 'These are exact in any order.', zh: '这些数怎样相加都是精确的。' },
    },
    {
      args: ['fp16', []],
      hint: {
        en: 'Nothing and one value have no halves: where does the recursion end?',
        zh: '空数组和单个值不能再分：递归在哪里结束？',
      },
    },
    {
      args: ['bf16', [0.1]],
      hint: { en: 'A single value is stored in the format, too.', zh: '单个值也要存入该格式。' },
    },
    {
      args: ['bf16', ones(512)],
      call: "pairwiseSum('bf16', 512 × 1)",
      hint: {
        en: 'Only numbers of equal size are added here, so nothing is absorbed.',
        zh: '这里只有相等的数相加，所以什么也不会被吃掉。',
      },
    },
    {
      args: ['bf16', [128, 0.4, 0.4]],
      hint: {
        en: 'Of three values the first is one half, and the other two are the other.',
        zh: '三个值时，第一个是一半，另两个是另一半。',
      },
    },
    {
      args: ['e4m3', [9, 8, 9, 8, 9, 8]],
      hint: {
        en: 'Each sum on the way is stored in the format.',
        zh: '途中的每个和都要存入该格式。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, values: readonly number[]) =>
        pairwise(format, values, (n) => Math.ceil(n / 2)),
      hint: {
        en: 'The first half of an odd number of values is the smaller one.',
        zh: '个数为奇数时，前一半是较小的那一半。',
      },
    },
    {
      wrong: sumIn,
      hint: {
        en: 'This is the sum from left to right.',
        zh: '这是从左到右的和。',
      },
    },
    {
      wrong: (format: FormatId, values: readonly number[]) => round(format, total(format, values)),
      hint: {
        en: 'The sums of the halves are exact here. Each of them has to be stored in the format.',
        zh: '这里各半的和是精确的。每个和都应存入该格式。',
      },
    },
  ],
});
