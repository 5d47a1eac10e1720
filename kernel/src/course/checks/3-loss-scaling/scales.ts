import { limits } from '../../../formats/limits';
import { roundTo } from '../../../formats/arrays';
import type { FormatId } from '../../../formats/table';
import { DynamicLossScaler } from '../../../precision/loss-scale/dynamic';
import { exact, fields, inFormat } from '../../comparisons';
import { defineCheck } from '../../definition';

const single = (...values: number[]): Float32Array => Float32Array.from(values);
const largestOf = (values: Float32Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function scaleBy(
  format: FormatId,
  largest: number,
  whole: (log: number) => number = Math.floor,
): number {
  return largest === 0 ? 1 : 2 ** whole(Math.log2(limits(format).max / largest));
}

/** The largest power of two that gradients bear. */
export const LARGEST_SCALE = defineCheck({
  what: { en: 'the largest scale', zh: '最大的缩放因子' },
  reference: (format: FormatId, gradients: Float32Array) => scaleBy(format, largestOf(gradients)),
  comparison: exact,
  cases: [
    {
      args: ['fp16', single(0.5, 1, 0.25)],
      hint: {
        en: '65504 lies between 2^15 and 2^16. Which of them may 1 be multiplied by?',
        zh: '65504 在 2^15 与 2^16 之间。1 可以乘以其中的哪一个？',
      },
    },
    {
      args: ['fp16', single(-3, 0.001)],
      hint: {
        en: 'A negative gradient overflows as well.',
        zh: '负的梯度也会上溢。',
      },
    },
    {
      args: ['fp16', single(2 ** -22, 2 ** -30)],
      hint: {
        en: 'The largest of them is what bounds the scale, not the smallest.',
        zh: '限制缩放因子的是最大的梯度，不是最小的。',
      },
    },
    {
      args: ['fp16', single(65504)],
      hint: {
        en: 'It fits as it is, and not twice.',
        zh: '它刚好放得下，乘以 2 就不行了。',
      },
    },
    {
      args: ['e4m3', single(1000, 10)],
      hint: {
        en: 'This one has to be made smaller: scales may be below 1.',
        zh: '这个梯度必须缩小：缩放因子可以小于 1。',
      },
    },
    {
      args: ['fp16', single(0, 0)],
      hint: {
        en: 'Zeros bear any scale: the task says which to return.',
        zh: '零可以承受任何缩放因子：题目规定了返回什么。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (format: FormatId, gradients: Float32Array) =>
        scaleBy(format, largestOf(gradients), Math.ceil),
      hint: {
        en: 'At this scale the largest gradient overflows: the exponent is one too high.',
        zh: '用这个缩放因子，最大的梯度会上溢：指数大了 1。',
      },
    },
    {
      wrong: (format: FormatId, gradients: Float32Array) =>
        scaleBy(format, largestOf(gradients), (log) => Math.ceil(log) - 2),
      hint: {
        en: 'Twice this scale would still fit: the exponent is one too low.',
        zh: '这个缩放因子加倍仍然放得下：指数小了 1。',
      },
    },
    {
      wrong: (format: FormatId, gradients: Float32Array) => {
        const largest = largestOf(gradients);
        return largest === 0 ? 1 : limits(format).max / largest;
      },
      hint: {
        en: 'This is no power of two. Others would cost the gradients their last bits.',
        zh: '这不是 2 的幂。乘以别的数会使梯度丢失最后几位。',
      },
    },
    {
      wrong: (format: FormatId, gradients: Float32Array) => scaleBy(format, Math.max(...gradients)),
      hint: {
        en: 'You go by the largest number, not by the largest size: negative gradients count as well.',
        zh: '你取的是最大的数，而不是最大的绝对值：负的梯度也要算。',
      },
    },
    {
      wrong: (format: FormatId, gradients: Float32Array) =>
        scaleBy(
          format,
          gradients.reduce((least, value) => Math.min(least, Math.abs(value)), Infinity),
        ),
      hint: {
        en: 'You go by the smallest gradient, and the largest one overflows.',
        zh: '你依据的是最小的梯度，最大的梯度会上溢。',
      },
    },
    {
      wrong: (format: FormatId, gradients: Float32Array) =>
        Math.max(1, scaleBy(format, largestOf(gradients))),
      hint: {
        en: 'Gradients that are too large need a scale below 1.',
        zh: '过大的梯度需要小于 1 的缩放因子。',
      },
    },
    {
      wrong: (format: FormatId, gradients: Float32Array) =>
        2 ** Math.floor(Math.log2(limits(format).max / largestOf(gradients))),
      hint: {
        en: 'All gradients are zero, and you divide by the largest of them.',
        zh: '所有梯度都是零，而你除以了其中最大的。',
      },
    },
  ],
});

/** Scaled gradients divided by the scale, and whether they were finite. */
export const UNSCALE = defineCheck({
  what: { en: 'the gradient without its scale', zh: '还原后的梯度' },
  reference: (scaled: Float32Array, scale: number) => ({
    gradient: scaled.map((value) => value / scale),
    finite: scaled.every(Number.isFinite),
  }),
  comparison: fields({ finite: exact, gradient: inFormat('fp32') }),
  cases: [
    {
      args: [single(2, -4, 0), 4],
      hint: { en: 'Each gradient is divided by the scale.', zh: '每个梯度都除以缩放因子。' },
    },
    {
      args: [single(1, 0.5), 2 ** 40],
      hint: {
        en: 'FP32 has these small numbers, FP16 has not.',
        zh: 'FP32 能表示这样小的数，FP16 不能。',
      },
    },
    {
      args: [single(Infinity), 8],
      hint: { en: 'Infinity is no finite number.', zh: '无穷大不是有限数。' },
    },
    {
      args: [single(NaN), 8],
      hint: {
        en: 'Neither is NaN: it comes of ∞ − ∞ on the way.',
        zh: 'NaN 也不是：它来自途中的 ∞ − ∞。',
      },
    },
    {
      args: [single(1, 2, -Infinity), 8],
      hint: {
        en: 'All of them have to be finite, and there are two infinities.',
        zh: '必须全部有限；而且无穷大有正负两个。',
      },
    },
    {
      args: [single(0, 0), 8],
      hint: { en: 'Zeros are finite.', zh: '零是有限数。' },
    },
  ],
  mistakes: [
    {
      wrong: (scaled: Float32Array, scale: number) => ({
        gradient: scaled.map((value) => value * scale),
        finite: scaled.every(Number.isFinite),
      }),
      hint: { en: 'You multiply by the scale once more.', zh: '你又乘了一次缩放因子。' },
    },
    {
      wrong: (scaled: Float32Array, scale: number) => ({
        gradient: roundTo(
          'fp16',
          scaled.map((value) => value / scale),
        ),
        finite: scaled.every(Number.isFinite),
      }),
      hint: {
        en: 'You round to FP16 after dividing: what the scale has saved is lost after all.',
        zh: '你在除完之后舍入到了 FP16：缩放因子挽救的东西终究还是丢了。',
      },
    },
    {
      wrong: (scaled: Float32Array, scale: number) => ({
        gradient: scaled.map((value) => value / scale),
        finite: scaled.some(Number.isFinite),
      }),
      hint: {
        en: 'One number that isn’t finite is enough to spoil the step.',
        zh: '只要有一个数不是有限的，这一步就毁了。',
      },
    },
    {
      wrong: (scaled: Float32Array, scale: number) => ({
        gradient: scaled.map((value) => value / scale),
        finite: !scaled.some(Number.isNaN),
      }),
      hint: { en: 'You look for NaN only.', zh: '你只检查了 NaN。' },
    },
    {
      wrong: (scaled: Float32Array, scale: number) => ({
        gradient: scaled.map((value) => value / scale),
        finite: !scaled.includes(Infinity) && !scaled.includes(-Infinity),
      }),
      hint: { en: 'You look for infinities only.', zh: '你只检查了无穷大。' },
    },
  ],
});

export interface Scaler {
  readonly scale: number;
  readonly goodSteps: number;
}

/** Our own scaler's rule, on plain data. */
export function nextScaler(scaler: Scaler, finite: boolean, growthInterval: number): Scaler {
  const { scale, growthTracker } = new DynamicLossScaler(
    { growthInterval },
    scaler.goodSteps,
    scaler.scale,
  ).adjust(finite);
  return { scale, goodSteps: growthTracker };
}

/** The scaler of the next step. */
export const NEXT_SCALER = defineCheck({
  what: { en: 'the scaler of the next step', zh: '下一步的缩放器' },
  reference: nextScaler,
  comparison: fields({ scale: exact, goodSteps: exact }),
  keepsArguments: true,
  cases: [
    {
      args: [{ scale: 1024, goodSteps: 0 }, true, 3],
      hint: {
        en: 'One more good step, and no change of the scale yet.',
        zh: '正常步数加一，缩放因子还不变。',
      },
    },
    {
      args: [{ scale: 1024, goodSteps: 1 }, true, 3],
      hint: {
        en: 'That makes two good steps in a row. Three are needed.',
        zh: '这样连续两步正常了。需要三步。',
      },
    },
    {
      args: [{ scale: 1024, goodSteps: 2 }, true, 3],
      hint: {
        en: 'This is the third good step in a row: the scale doubles now, and the count begins anew.',
        zh: '这是连续第三步正常：现在缩放因子加倍，步数重新计数。',
      },
    },
    {
      args: [{ scale: 1024, goodSteps: 2 }, false, 3],
      hint: {
        en: 'After an overflow the scale is halved, and the good steps before don’t count any more.',
        zh: '上溢之后缩放因子减半，之前的正常步数不再算数。',
      },
    },
    {
      args: [{ scale: 1024, goodSteps: 0 }, true, 1],
      hint: {
        en: 'With an interval of 1 each good step doubles the scale.',
        zh: '间隔为 1 时，每个正常步都使缩放因子加倍。',
      },
    },
    {
      args: [{ scale: 1, goodSteps: 0 }, false, 3],
      hint: {
        en: 'The scale may fall below 1: gradients can be too large by themselves.',
        zh: '缩放因子可以小于 1：梯度本身就可能过大。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (scaler: Scaler, finite: boolean, growthInterval: number) =>
        nextScaler(scaler, finite, growthInterval + 1),
      hint: {
        en: 'Your scale grows one step too late: the step that has just succeeded counts as well.',
        zh: '你的缩放因子晚了一步才增长：刚刚成功的这一步也要算上。',
      },
    },
    {
      wrong: (scaler: Scaler, finite: boolean, growthInterval: number) =>
        nextScaler(scaler, finite, Math.max(1, growthInterval - 1)),
      hint: {
        en: 'Your scale grows one step too early.',
        zh: '你的缩放因子早了一步就增长。',
      },
    },
    {
      wrong: (scaler: Scaler, finite: boolean, growthInterval: number) =>
        finite
          ? nextScaler(scaler, finite, growthInterval)
          : { scale: scaler.scale / 2, goodSteps: scaler.goodSteps },
      hint: {
        en: 'The steps have to be good in a row: an overflow sets the count to 0.',
        zh: '必须是连续的正常步：上溢会把计数清零。',
      },
    },
    {
      wrong: (scaler: Scaler, finite: boolean, growthInterval: number) => {
        const next = nextScaler(scaler, finite, growthInterval);
        const grew = next.scale > scaler.scale;
        return grew ? { ...next, goodSteps: scaler.goodSteps + 1 } : next;
      },
      hint: {
        en: 'After growing the count begins anew at 0. Yours would grow at every step from here on.',
        zh: '增长之后要从 0 重新计数。否则从此每一步都会增长。',
      },
    },
    {
      wrong: (scaler: Scaler, finite: boolean, growthInterval: number) => {
        const next = nextScaler(scaler, finite, growthInterval);
        return { ...next, scale: Math.max(1, next.scale) };
      },
      hint: {
        en: 'There is no floor at 1 in this rule.',
        zh: '这条规则没有下限 1。',
      },
    },
  ],
});
