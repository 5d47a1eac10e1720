import { limits } from '../../../formats/limits';
import { round } from '../../../formats/round';
import { asFormat, type FormatId } from '../../../formats/table';
import { ulp } from '../../../formats/ulp';
import type { Comparison } from '../../comparison';
import { defineCheck } from '../../definition';
import { inGivenFormat } from '../in-given-format';

type Numbers = readonly number[];

const shifted = (format: FormatId, logits: Numbers): number[] => {
  const largest = Math.max(...logits);
  return logits.map((x) => round(format, x - largest));
};

const powerSum = (format: FormatId, logits: Numbers): number =>
  shifted(format, logits).reduce((sum, d) => sum + round(format, Math.exp(d)), 0);

const logSum = (format: FormatId, logits: Numbers): number =>
  round(format, Math.log(powerSum(format, logits)));

/** One step of the format is allowed: whether the last difference is rounded once or twice is no matter. */
const withinOneStep: Comparison = (expected, got, args) => {
  const [a, b] = [Number(expected), got];
  const isNear = typeof b === 'number' && Math.abs(a - b) <= ulp(asFormat(args[0] as FormatId), a);
  return isNear ? undefined : inGivenFormat(expected, got, args);
};

/** A cross-entropy that doesn't go through the probability. */
export const CROSS_ENTROPY = defineCheck({
  what: { en: 'the cross-entropy', zh: '交叉熵' },
  reference: (format: FormatId, logits: Numbers, label: number) =>
    round(format, logSum(format, logits) - (shifted(format, logits)[label] ?? NaN)),
  comparison: withinOneStep,
  cases: [
    {
      args: ['fp16', [0, 0], 1],
      hint: { en: 'log S − d of the right class.', zh: 'log S 减去正确类别的 d。' },
    },
    {
      args: ['fp16', [1, 2, 3], 0],
      hint: { en: 'Which class is the right one?', zh: '哪个是正确类别？' },
    },
    {
      args: ['fp16', [11.5, 11.5], 0],
      hint: {
        en: 'Both classes are equally likely. Something large has come in on the way.',
        zh: '两个类别的概率相等。途中混入了很大的数。',
      },
    },
    {
      args: ['fp16', [40, 0], 1],
      hint: {
        en: 'The probability is zero in this format, and its logarithm infinite. The loss itself is an ordinary number.',
        zh: '概率在该格式中为零，其对数是无穷大。而损失本身是个普通的数。',
      },
    },
    {
      args: ['fp16', [1000, 991], 0],
      hint: {
        en: 'A small log S has been added to something large on the way. Which two numbers are both small?',
        zh: '途中很小的 log S 与很大的数相加了。哪两个数都是小的？',
      },
    },
    {
      args: ['bf16', [-200, -190, -195], 0],
      hint: {
        en: 'Subtract the largest logit first, as in softmax.',
        zh: '与 softmax 一样，先减去最大的 logit。',
      },
    },
    {
      args: ['bf16', Array<number>(600).fill(1), 7],
      call: "crossEntropy('bf16', 600 × 1, 7)",
      hint: {
        en: 'S is a plain JavaScript number: six hundred ones stand still in BF16.',
        zh: 'S 是普通的 JavaScript 数：六百个 1 在 BF16 中会停滞。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, logits: Numbers, label: number) => {
        const sum = shifted(format, logits).reduce(
          (total, d) => round(format, total + round(format, Math.exp(d))),
          0,
        );
        const log = round(format, Math.log(Math.max(sum, limits(format).minSubnormal)));
        return round(format, log - (shifted(format, logits)[label] ?? NaN));
      },
      hint: {
        en: 'Your S is kept in the narrow format. Keep it as a plain JavaScript number.',
        zh: '你的 S 用了窄格式。请用普通的 JavaScript 数。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers, label: number) => {
        const power = round(format, Math.exp(shifted(format, logits)[label] ?? NaN));
        return round(format, -Math.log(round(format, power / powerSum(format, logits))));
      },
      hint: {
        en: 'You take the logarithm of a probability. It is rounded, and where it underflows its logarithm is infinite: log(a / b) = log a − log b.',
        zh: '你对概率取了对数。概率经过舍入，一旦下溢，对数就是无穷大。请想：log(a / b) = log a − log b。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers, label: number) => {
        const whole = round(format, Math.max(...logits) + logSum(format, logits));
        return round(format, whole - (logits[label] ?? NaN));
      },
      hint: {
        en: 'You add the largest logit to log S, and log S is absorbed. Use the difference d, which has the largest logit taken away already.',
        zh: '你把最大的 logit 加到了 log S 上，log S 就被吃掉了。请使用差 d，它已经减去了最大的 logit。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers, label: number) =>
        round(format, (shifted(format, logits)[label] ?? NaN) - logSum(format, logits)),
      hint: {
        en: 'This is the logarithm of the probability. The loss is its negative.',
        zh: '这是概率的对数。损失是它的相反数。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers) => logSum(format, logits),
      hint: {
        en: 'This is the loss of the largest logit, whatever the label is.',
        zh: '这是最大 logit 的损失，没有用到标签。',
      },
    },
    {
      wrong: (format: FormatId, logits: Numbers, label: number) => {
        const sum = logits.reduce((total, x) => total + round(format, Math.exp(x)), 0);
        return round(format, round(format, Math.log(sum)) - (logits[label] ?? NaN));
      },
      hint: {
        en: 'The exponentials are those of the logits as they came, and leave the range of the format.',
        zh: '指数直接取自原来的 logits，超出了该格式的范围。',
      },
    },
  ],
});
