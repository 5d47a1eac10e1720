import { roundTo } from '../../../formats/arrays';
import { limits } from '../../../formats/limits';
import { round } from '../../../formats/round';
import { asFormat, type FormatId } from '../../../formats/table';
import { ulp } from '../../../formats/ulp';
import { exact, fields, inFormat } from '../../comparisons';
import { defineCheck } from '../../definition';
import { inGivenFormat } from '../in-given-format';

/** A step of gradient descent with everything in one format. */
export const UPDATE_IN = defineCheck({
  what: { en: 'the weight after the step', zh: '走一步之后的权重' },
  reference: (format: FormatId, weight: number, gradient: number, learningRate: number) => {
    const step = round(format, round(format, learningRate) * round(format, gradient));
    return round(format, round(format, weight) - step);
  },
  comparison: inGivenFormat,
  cases: [
    {
      args: ['fp16', 1, 2, 0.25],
      hint: { en: 'Against the gradient: 1 − 0.25 · 2.', zh: '沿梯度的反方向：1 − 0.25 · 2。' },
    },
    {
      args: ['fp16', 1, 0.01, 0.01],
      hint: {
        en: 'Below 1 the numbers of FP16 are 2^-11 apart, and the step is less than half of that. What becomes of the weight?',
        zh: '在 1 以下，FP16 相邻两数相差 2^-11，而步长不到它的一半。权重会变成什么？',
      },
    },
    {
      args: ['fp16', 0, 0.0002, 0.00005],
      hint: {
        en: 'The product of two small numbers is stored before it is subtracted. Does the format have it?',
        zh: '两个小数的乘积在相减之前要先存入该格式。该格式能表示它吗？',
      },
    },
    {
      args: ['bf16', 0, 1.003, 1.003],
      hint: {
        en: 'Gradient and learning rate are stored in the format before they are multiplied.',
        zh: '梯度和学习率在相乘之前要先存入该格式。',
      },
    },
    {
      args: ['bf16', 0.3, 0.1, 0.1],
      hint: {
        en: 'Weight, product and new weight: each is stored.',
        zh: '权重、乘积和新权重都要存入。',
      },
    },
    {
      args: ['bf16', 1.0039, 0.0039, 1],
      hint: {
        en: 'The weight is stored in the format before the step is taken from it.',
        zh: '权重先存入该格式，再减去步长。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, weight: number, gradient: number, learningRate: number) => {
        const step = round(format, round(format, learningRate) * round(format, gradient));
        return round(format, round(format, weight) + step);
      },
      hint: {
        en: 'This goes up the gradient. Descent goes the other way.',
        zh: '这是沿梯度上升。下降的方向相反。',
      },
    },
    {
      wrong: (format: FormatId, weight: number, gradient: number, learningRate: number) =>
        weight - round(format, round(format, learningRate) * round(format, gradient)),
      hint: {
        en: 'The step is stored in the format, but the new weight is not.',
        zh: '步长存入了该格式，但新权重没有。',
      },
    },
    {
      wrong: (_format: FormatId, weight: number, gradient: number, learningRate: number) =>
        weight - learningRate * gradient,
      hint: {
        en: 'Nothing is rounded here. On this machine every result is stored in the format.',
        zh: '这里什么都没有舍入。在这台机器上，每个结果都要存入该格式。',
      },
    },
    {
      wrong: (format: FormatId, weight: number, gradient: number, learningRate: number) =>
        round(format, weight - learningRate * gradient),
      hint: {
        en: 'You round once, at the end. What goes in and the product are stored as well.',
        zh: '你只在最后舍入一次。输入和乘积也要存入该格式。',
      },
    },
  ],
});

/** Half the way to the neighbor, with the exponent moved by `by`. */
function half(format: FormatId, weight: number, by = 0): number {
  return (ulp(asFormat(format), weight) / 2) * 2 ** by;
}

/** The smallest step that moves a weight. */
export const SMALLEST_STEP = defineCheck({
  what: { en: 'the smallest step', zh: '最小的步长' },
  reference: (format: FormatId, weight: number) => half(format, weight),
  comparison: exact,
  cases: [
    {
      args: ['fp16', 1],
      hint: {
        en: 'The neighbor of 1 is one epsilon away. How much of that way is enough to be rounded to it?',
        zh: '1 的相邻数相距一个 epsilon。走到哪里就会舍入到它？',
      },
    },
    {
      args: ['fp16', 1.75],
      hint: {
        en: 'Between 1 and 2 all steps are alike: only the exponent counts.',
        zh: '1 与 2 之间的间距都相同：只有指数起作用。',
      },
    },
    {
      args: ['bf16', 6],
      hint: { en: 'The power of two at or below 6 is 4.', zh: '不大于 6 的 2 的幂是 4。' },
    },
    {
      args: ['bf16', -0.3],
      hint: { en: 'A negative weight has the same distances.', zh: '负权重的间距相同。' },
    },
    {
      args: ['fp16', 2 ** -14],
      hint: {
        en: 'The smallest normal number still has steps of its own size.',
        zh: '最小正规数仍有与自身大小相应的间距。',
      },
    },
    {
      args: ['fp16', 3 * 2 ** -24],
      hint: {
        en: 'This weight is subnormal. All subnormal numbers are minSubnormal apart.',
        zh: '这个权重是次正规数。所有次正规数的间距都是 minSubnormal。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, weight: number) => half(format, weight, 1),
      hint: {
        en: 'This is the whole way to the neighbor. Rounding to nearest needs less.',
        zh: '这是到相邻数的全部距离。就近舍入不需要走这么远。',
      },
    },
    {
      wrong: (format: FormatId, weight: number) => half(format, weight, -1),
      hint: {
        en: 'This is a quarter of the way to the neighbor: that would be rounded back. Is your exponent one too low?',
        zh: '这只是到相邻数距离的四分之一，会被舍回来。你的指数是不是小了 1？',
      },
    },
    {
      wrong: (format: FormatId) => limits(format).epsilon / 2,
      hint: {
        en: 'This is the answer for weights from 1 to 2. Others have another exponent.',
        zh: '这是权重在 1 到 2 之间时的答案。别的权重有别的指数。',
      },
    },
    {
      wrong: (format: FormatId, weight: number) => (limits(format).epsilon * Math.abs(weight)) / 2,
      hint: {
        en: 'Distances don’t grow with the weight itself, but with its power of two.',
        zh: '间距不随权重本身增长，而随它所在的 2 的幂增长。',
      },
    },
    {
      wrong: (format: FormatId, weight: number) =>
        (limits(format).epsilon * 2 ** Math.round(Math.log2(Math.abs(weight)))) / 2,
      hint: {
        en: 'The exponent is that of the power of two at or below the number: it is rounded down.',
        zh: '指数取不大于该数的 2 的幂：要向下取整。',
      },
    },
    {
      wrong: (format: FormatId, weight: number) =>
        (limits(format).epsilon * 2 ** Math.floor(Math.log2(Math.abs(weight)))) / 2,
      hint: {
        en: 'Subnormal numbers don’t get closer to each other any more: the distance stays that of the smallest normal number.',
        zh: '次正规数之间不会再靠得更近：间距与最小正规数处相同。',
      },
    },
  ],
});

const stepped = (master: Float32Array, gradient: Float32Array, rate: number): Float32Array =>
  master.map((weight, i) => weight - rate * (gradient[i] ?? NaN));

const single = (...values: number[]): Float32Array => Float32Array.from(values);

/** A step of the fp32 master weights, and their working copy. */
export const MASTER_STEP = defineCheck({
  what: { en: 'master weights and working copy', zh: '主权重和工作副本' },
  reference: (master: Float32Array, gradient: Float32Array, learningRate: number) => {
    const next = stepped(master, gradient, learningRate);
    return { master: next, working: roundTo('fp16', next) };
  },
  comparison: fields({ master: inFormat('fp32'), working: inFormat('fp16') }),
  keepsArguments: true,
  cases: [
    {
      args: [single(1, -2), single(2, 4), 0.25],
      hint: {
        en: 'Both are as in task 1, without any loss.',
        zh: '两者与第 1 题相同，没有任何丢失。',
      },
    },
    {
      args: [single(1, 0.5), single(2 ** -14, 2 ** -15), 0.5],
      hint: {
        en: 'The step is too small for FP16 and not for FP32: it shows in the master and not in the copy.',
        zh: '这一步对 FP16 太小，对 FP32 不小：它出现在主权重中，而不出现在副本中。',
      },
    },
    {
      args: [single(1 - 2 ** -12 - 2 ** -14, 1), single(2 ** -14, 1), 0.5],
      hint: {
        en: 'The master isn’t a number of FP16. The step starts from it, not from its copy.',
        zh: '主权重不是 FP16 中的数。这一步应从主权重出发，而不是从副本出发。',
      },
    },
    {
      args: [single(0.1, 0.2, 0.3), single(0, 0, 0), 1],
      hint: {
        en: 'With a gradient of zero the master stays just as it is, and the copy is the master in FP16.',
        zh: '梯度为零时主权重保持不变，副本就是 FP16 中的主权重。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (master: Float32Array, gradient: Float32Array, learningRate: number) => {
        const next = roundTo('fp16', stepped(master, gradient, learningRate));
        return { master: next, working: next };
      },
      hint: {
        en: 'Your master is rounded to FP16, too. Then small steps are lost as before.',
        zh: '你把主权重也舍入到了 FP16。这样小的步长仍会丢失。',
      },
    },
    {
      wrong: (master: Float32Array, gradient: Float32Array, learningRate: number) => {
        const next = stepped(master, gradient, learningRate);
        return { master: next, working: next };
      },
      hint: {
        en: 'The working copy isn’t rounded to FP16.',
        zh: '工作副本没有舍入到 FP16。',
      },
    },
    {
      wrong: (master: Float32Array, gradient: Float32Array, learningRate: number) => {
        const next = stepped(roundTo('fp16', master), gradient, learningRate);
        return { master: next, working: roundTo('fp16', next) };
      },
      hint: {
        en: 'You start from the working copy. What had gathered in the master is lost at each step.',
        zh: '你是从工作副本出发的。主权重里积累的东西每一步都会丢失。',
      },
    },
    {
      wrong: (master: Float32Array, gradient: Float32Array, learningRate: number) => ({
        master: stepped(master, gradient, learningRate),
        working: roundTo('fp16', master),
      }),
      hint: {
        en: 'The copy is made of the master before the step.',
        zh: '副本是由走一步之前的主权重得到的。',
      },
    },
    {
      wrong: (master: Float32Array, gradient: Float32Array, learningRate: number) => {
        const next = stepped(master, gradient, -learningRate);
        return { master: next, working: roundTo('fp16', next) };
      },
      hint: {
        en: 'This goes up the gradient. Descent goes the other way.',
        zh: '这是沿梯度上升。下降的方向相反。',
      },
    },
  ],
});
