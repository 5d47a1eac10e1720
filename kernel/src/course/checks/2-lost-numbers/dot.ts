import { round } from '../../../formats/round';
import type { FormatId } from '../../../formats/table';
import { defineCheck } from '../../definition';
import { inGivenFormat } from '../in-given-format';

type Numbers = readonly number[];
type Steps = Partial<Record<'input' | 'product' | 'sum' | 'result', FormatId>>;

/** The dot product with each step stored in the format that is named for it, or exact. */
function dot(a: Numbers, b: Numbers, { input, product, sum, result }: Steps): number {
  const stored = (format: FormatId | undefined, x: number): number =>
    format === undefined ? x : round(format, x);
  const summed = a.reduce(
    (before, x, i) =>
      stored(sum, before + stored(product, stored(input, x) * stored(input, b[i] ?? NaN))),
    0,
  );
  return stored(result, summed);
}

const tiny = Array<number>(64).fill(2 ** -13);
const large = Array<number>(300).fill(3);

/** A dot product with a wide accumulator. */
export const DOT = defineCheck({
  what: { en: 'the dot product', zh: '点积' },
  reference: (format: FormatId, accumulator: FormatId, a: Numbers, b: Numbers) =>
    dot(a, b, { input: format, sum: accumulator, result: format }),
  comparison: inGivenFormat,
  cases: [
    {
      args: ['fp16', 'fp32', [1, 2, 3], [4, 5, 6]],
      hint: { en: 'This one is exact.', zh: '这个例子是精确的。' },
    },
    {
      args: ['fp16', 'fp16', [2048, 1, 1], [1, 1, 1]],
      hint: {
        en: 'The accumulator is FP16 here: each partial sum is stored in it.',
        zh: '这里的累加器是 FP16：每个部分和都要存入它。',
      },
    },
    {
      args: ['bf16', 'fp32', large, large],
      call: "dot('bf16', 'fp32', 300 × 3, 300 × 3)",
      hint: {
        en: 'The accumulator is FP32: which format are your partial sums in?',
        zh: '累加器是 FP32：你的部分和是什么格式？',
      },
    },
    {
      args: ['bf16', 'fp32', [1.003, 1.003], [100.3, -100]],
      hint: {
        en: 'Inputs are stored in the format before they are multiplied, and the result after.',
        zh: '输入在相乘之前存入该格式，结果在最后存入。',
      },
    },
    {
      args: ['fp16', 'fp32', tiny, tiny],
      call: "dot('fp16', 'fp32', 64 × 2^-13, 64 × 2^-13)",
      hint: {
        en: 'A single product is below what FP16 has. It goes to the accumulator as it is.',
        zh: '单个乘积小于 FP16 的范围。它应原样进入累加器。',
      },
    },
    {
      args: ['fp16', 'fp32', [300, 300], [300, -300]],
      hint: {
        en: 'A single product is beyond what FP16 has. It goes to the accumulator as it is.',
        zh: '单个乘积超出 FP16 的范围。它应原样进入累加器。',
      },
    },
    {
      args: ['fp16', 'fp16', [1, 1 + 2 ** -10], [1, 2 ** -11 * (1 - 2 ** -11)]],
      hint: {
        en: 'The second product lies just above half a step of the sum. It is added as it is.',
        zh: '第二个乘积略大于和的间距的一半。它应原样相加。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, accumulator: FormatId, a: Numbers, b: Numbers) =>
        dot(a, b, { input: format, product: format, sum: accumulator, result: format }),
      hint: {
        en: 'You store each product in the narrow format. It has twice the digits, and goes to the accumulator as it is.',
        zh: '你把每个乘积存入了窄格式。乘积有两倍的位数，应原样进入累加器。',
      },
    },
    {
      wrong: (format: FormatId, accumulator: FormatId, a: Numbers, b: Numbers) =>
        dot(a, b, { input: format, product: accumulator, sum: accumulator, result: format }),
      hint: {
        en: 'You store each product in the format of the accumulator, and the sum again. Only the sum is rounded.',
        zh: '你先把每个乘积存入累加器的格式，求和后又舍入一次。只有部分和需要舍入。',
      },
    },
    {
      wrong: (format: FormatId, _accumulator: FormatId, a: Numbers, b: Numbers) =>
        dot(a, b, { input: format, sum: format, result: format }),
      hint: {
        en: 'The partial sums are in the format of the inputs, not in that of the accumulator.',
        zh: '部分和用的是输入的格式，而不是累加器的格式。',
      },
    },
    {
      wrong: (format: FormatId, _accumulator: FormatId, a: Numbers, b: Numbers) =>
        dot(a, b, { input: format, result: format }),
      hint: {
        en: 'The partial sums are exact here. The accumulator has a format, too.',
        zh: '这里的部分和是精确的。累加器也有自己的格式。',
      },
    },
    {
      wrong: (format: FormatId, accumulator: FormatId, a: Numbers, b: Numbers) =>
        dot(a, b, { input: format, sum: accumulator }),
      hint: {
        en: 'The result leaves the accumulator: in which format is it stored?',
        zh: '结果离开累加器后，应存入哪种格式？',
      },
    },
    {
      wrong: (format: FormatId, accumulator: FormatId, a: Numbers, b: Numbers) =>
        dot(a, b, { sum: accumulator, result: format }),
      hint: {
        en: 'The inputs are multiplied as they came, not as the format has them.',
        zh: '输入直接相乘了，没有先存入该格式。',
      },
    },
  ],
});
