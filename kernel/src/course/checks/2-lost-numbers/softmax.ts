import { round } from '../../../formats/round';
import type { FormatId } from '../../../formats/table';
import { defineCheck } from '../../definition';
import { inGivenFormat } from '../in-given-format';

type Numbers = readonly number[];

/** Softmax of logits less `shift`; the sum in `sumFormat`, or exact. */
function softmax(format: FormatId, logits: Numbers, shift: number, sumFormat?: FormatId): number[] {
  const powers = logits.map((x) => round(format, Math.exp(round(format, x - shift))));
  const sum = powers.reduce(
    (total, power) => (sumFormat === undefined ? total + power : round(sumFormat, total + power)),
    0,
  );
  return powers.map((power) => round(format, power / sum));
}

const equal = Array<number>(3000).fill(0.5);

/** A softmax that neither overflows nor underflows. */
export const SOFTMAX = defineCheck({
  what: { en: 'the softmax', zh: '各类别的概率（softmax）' },
  reference: (format: FormatId, logits: Numbers) => softmax(format, logits, Math.max(...logits)),
  comparison: inGivenFormat,
  cases: [
    {
      args: ['fp16', [1, 2, 3]],
      hint: {
        en: 'Differences, exponentials and quotients are each stored in the format, right after they were computed.',
        zh: '差、指数和商都要在算出后立即存入该格式。',
      },
    },
    {
      args: ['fp16', [10, 11, 12]],
      hint: {
        en: 'An exponential overflows. By which number can all logits be lowered so that the largest exponential is 1?',
        zh: '有一个指数上溢了。所有 logits 减去哪个数，最大的指数就是 1？',
      },
    },
    {
      args: ['fp16', [-16, -15, -17]],
      hint: {
        en: 'These exponentials are nearly zero, and lose their digits or vanish. The same remedy helps, if it goes by the largest logit and not by its size.',
        zh: '这些指数接近零，会丢失有效位甚至消失。同样的办法有效，只要依据的是最大的 logit，而不是它的绝对值。',
      },
    },
    {
      args: ['bf16', [-Infinity, 2, -Infinity, 1]],
      hint: {
        en: 'A masked logit has the exponential 0, and nothing is special about it. Mind that -Infinity minus itself is NaN.',
        zh: '被掩码的 logit 的指数为 0，并无特殊之处。注意 -Infinity 减去自身是 NaN。',
      },
    },
    {
      args: ['fp16', equal],
      call: "softmax('fp16', 3000 × 0.5)",
      hint: {
        en: 'Three thousand ones: in which format can they be added?',
        zh: '三千个 1：用什么格式才能把它们加起来？',
      },
    },
    {
      args: ['fp16', [0, -7, -7.5, -17]],
      hint: {
        en: 'The order of steps counts: difference, stored; exponential, stored; sum; quotient, stored.',
        zh: '步骤的次序有影响：差，存入；指数，存入；求和；商，存入。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, logits: Numbers) => softmax(format, logits, logits[0] ?? 0),
      hint: {
        en: 'You subtract the first logit. Another one may be much larger.',
        zh: '你减去的是第一个 logit。别的 logit 可能大得多。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers) =>
        softmax(format, logits, Math.max(...logits.map(Math.abs))),
      hint: {
        en: 'You subtract the largest absolute value. For negative logits that makes it worse.',
        zh: '你减去的是最大的绝对值。对负的 logits，这样反而更糟。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers) => softmax(format, logits, Math.max(0, ...logits)),
      hint: {
        en: 'Where all logits are negative, the largest of them isn’t 0.',
        zh: '当所有 logits 都为负时，其中最大的不是 0。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers) => softmax(format, logits, 0),
      hint: {
        en: 'This is the softmax of the textbooks. Its exponentials leave the range of the format.',
        zh: '这是教科书上的 softmax。它的指数会超出该格式的范围。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers) =>
        softmax(format, logits, Math.max(...logits), format),
      hint: {
        en: 'Your sum of exponentials is kept in the narrow format. Keep it as a plain JavaScript number.',
        zh: '你的指数之和用了窄格式。请用普通的 JavaScript 数。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers) => {
        const largest = Math.max(...logits);
        const powers = logits.map((x) => Math.exp(x - largest));
        const sum = powers.reduce((total, power) => total + power, 0);
        return powers.map((power) => round(format, power / sum));
      },
      hint: {
        en: 'You round the result only. In this format each difference and each exponential is rounded as well.',
        zh: '你只对结果做了舍入。在这种格式中，每个差和每个指数也要舍入。',
      },
    },
  ],
});
