import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { within } from '../../comparisons';
import { defineCheck } from '../../definition';
import { channelScales, inRange, limitOf, rounded, tensorScale } from './grid';

type LossOf = (weights: Tensor[]) => Scalar;
type Step = (masters: Tensor[], lossOf: LossOf, bits: number, learningRate: number) => Tensor[];

const coarse = (weight: Tensor, bits: number): Tensor =>
  weight.rank > 1 ? rounded(weight, channelScales(weight, bits), bits) : weight;

/** Gradients of the loss at what the weights are rounded to: straight through, and nothing is clamped. */
function gradientsAt(weights: Tensor[], lossOf: LossOf): Tensor[] {
  return tf.grads((...given: Tensor[]) => lossOf(given))(weights);
}
const step: Step = (masters, lossOf, bits, rate) => {
  const gradients = gradientsAt(
    masters.map((weight) => coarse(weight, bits)),
    lossOf,
  );
  return masters.map((weight, i) => tf.sub(weight, tf.mul(gradients[i] ?? 0, rate)));
};

/** A loss with the minimum where the weights are all `target`. */
const towards =
  (target: number): LossOf =>
  (weights) =>
    tf.addN(weights.map((weight) => tf.sum(tf.square(tf.sub(weight, target))))) as Scalar;
/** The mean squared error of a layer that shall give 1 for two inputs. */
const layerLoss: LossOf = (weights) => {
  const [kernel, bias] = weights as [Tensor, Tensor];
  const x = tf.tensor2d([
    [1, 2],
    [-1, 0.5],
  ]);
  const out = tf.add(tf.matMul(x, kernel as tf.Tensor2D), bias);
  return tf.mean(tf.square(tf.sub(out, 1)));
};

type ScaleGradient = (x: Tensor, scale: number, bits: number, dy: Tensor) => number;
/** The sum over dy times the derivative of the rounded value by the scale. */
const summed =
  (
    inside: (x: Tensor, scale: number) => Tensor,
    outside: (signs: Tensor, limit: number) => Tensor,
  ): ScaleGradient =>
  (x, scale, bits, dy) =>
    tf.tidy(() => {
      const mask = inRange(x, scale, bits);
      const derivative = tf.add(
        tf.mul(mask, inside(x, scale)),
        tf.mul(tf.sub(1, mask), outside(tf.sign(x), limitOf(bits))),
      );
      return tf.sum(tf.mul(dy, derivative)).dataSync()[0] ?? NaN;
    });
const errorInSteps = (x: Tensor, scale: number): Tensor => {
  const steps = tf.div(x, scale);
  return tf.sub(tf.round(steps), steps);
};
const limits = (signs: Tensor, limit: number): Tensor => tf.mul(signs, limit);

const near = within({ relative: 1e-4, absolute: 1e-5 });

/** Functions of the part on training with rounding. */
export const QAT = {
  'qat-step': defineCheck({
    what: { en: 'the weights after a step of training', zh: '训练一步之后的权重' },
    reference: step,
    comparison: near,
    cases: [
      {
        args: (): Parameters<Step> => [
          [
            tf.tensor2d([
              [0.9, -0.2],
              [0.3, 0.6],
            ]),
          ],
          towards(0.1),
          2,
          0.1,
        ],
        call: 'qatStep([[[0.9, -0.2], [0.3, 0.6]]], sum of squared differences to 0.1, 2, 0.1)',
        hint: {
          en: 'Rounded to 2 bits the weights are 0.9, 0, 0 and 0.6. The gradient of the loss there is twice their difference to 0.1: what is taken off whom?',
          zh: '舍入到 2 位后权重为 0.9、0、0、0.6。那里损失的梯度是它们与 0.1 之差的两倍：从谁身上减去什么？',
        },
      },
      {
        args: (): Parameters<Step> => [
          [
            tf.tensor2d([
              [0.8, -0.5],
              [0.1, 0.4],
            ]),
            tf.tensor1d([0.05, -0.02]),
          ],
          layerLoss,
          3,
          0.05,
        ],
        call: 'qatStep([[[0.8, -0.5], [0.1, 0.4]], [0.05, -0.02]], mean squared error of a layer, 3, 0.05)',
        hint: {
          en: 'The loss takes rounded kernels and the bias as it is. The gradient is taken there, the step made from the masters.',
          zh: '损失用舍入后的权重矩阵和原样的偏置计算。梯度在那里求，而更新从主权重出发。',
        },
      },
      {
        args: (): Parameters<Step> => [[tf.tensor2d([[0.5], [0.26]])], towards(0.25), 2, 0.001],
        call: 'qatStep([[[0.5], [0.26]]], sum of squared differences to 0.25, 2, 0.001)',
        hint: {
          en: 'The learning rate is small: such a step must not be rounded away.',
          zh: '学习率很小：这样的一步不能被舍入吞掉。',
        },
      },
    ],
    mistakes: [
      {
        wrong: (masters, lossOf, bits, rate) =>
          step(masters, lossOf, bits, rate).map((weight) => coarse(weight, bits)),
        hint: {
          en: 'The new weights were rounded. The masters stay in fp32, else small steps never add up.',
          zh: '新的权重被舍入了。主权重要保持 fp32，否则小步永远累积不起来。',
        },
      },
      {
        wrong: (masters, lossOf, bits, rate) => {
          const rough = masters.map((weight) => coarse(weight, bits));
          const gradients = gradientsAt(rough, lossOf);
          return rough.map((weight, i) => tf.sub(weight, tf.mul(gradients[i] ?? 0, rate)));
        },
        hint: {
          en: 'The step began at the rounded weights: what was below a step of the grid is lost.',
          zh: '更新从舍入后的权重出发：小于一个量化步长的部分就丢失了。',
        },
      },
      {
        wrong: (masters, lossOf, _bits, rate) => {
          const gradients = gradientsAt(masters, lossOf);
          return masters.map((weight, i) => tf.sub(weight, tf.mul(gradients[i] ?? 0, rate)));
        },
        hint: {
          en: 'The loss saw the masters: this is training in fp32, which knows nothing of rounding.',
          zh: '损失看到的是主权重：这是 fp32 训练，对舍入一无所知。',
        },
      },
      {
        wrong: (masters) => masters.map((weight) => tf.clone(weight)),
        hint: {
          en: 'Nothing moved. Is the gradient that of rounding, 0 everywhere? Use your `straightThrough`.',
          zh: '什么都没有变。用的是舍入本身的梯度（处处为 0）吗？请用你的 `straightThrough`。',
        },
      },
      {
        wrong: (masters, lossOf, bits, rate) => step(masters, lossOf, bits, -rate),
        hint: {
          en: 'The step goes uphill: the gradient is subtracted.',
          zh: '这一步朝上坡走了：应当减去梯度。',
        },
      },
      {
        wrong: (masters, lossOf, bits, rate) => {
          const gradients = gradientsAt(
            masters.map((weight) =>
              weight.rank > 1
                ? coarse(weight, bits)
                : rounded(weight, tensorScale(weight, bits), bits),
            ),
            lossOf,
          );
          return masters.map((weight, i) => tf.sub(weight, tf.mul(gradients[i] ?? 0, rate)));
        },
        hint: {
          en: 'The bias was rounded, too. It stays as it is.',
          zh: '偏置也被舍入了。偏置应保持不变。',
        },
      },
    ],
  }),

  'scale-gradient': defineCheck({
    what: { en: 'the gradient of a learned scale', zh: '可学习缩放因子的梯度' },
    reference: summed(errorInSteps, limits),
    comparison: near,
    cases: [
      {
        args: (): Parameters<ScaleGradient> => [tf.tensor1d([0.6]), 0.5, 3, tf.tensor1d([1])],
        call: 'scaleGradient([0.6], 0.5, 3, [1])',
        hint: {
          en: '0.6 is 1.2 steps, rounded to 1. Put both numbers into the formula.',
          zh: '0.6 是 1.2 步，舍入为 1。把这两个数代入公式。',
        },
      },
      {
        args: (): Parameters<ScaleGradient> => [
          tf.tensor1d([9, -9, 9]),
          0.5,
          3,
          tf.tensor1d([1, 0.5, 0.25]),
        ],
        call: 'scaleGradient([9, -9, 9], 0.5, 3, [1, 0.5, 0.25])',
        hint: {
          en: 'All are clamped: the rounded value is ±3 · scale. What is its derivative by the scale?',
          zh: '这些数都被截断：结果为 ±3 × 缩放因子。它对缩放因子的导数是多少？',
        },
      },
      {
        args: (): Parameters<ScaleGradient> => [
          tf.tensor2d([
            [0.1, -0.35],
            [0.62, 2.5],
          ]),
          0.25,
          4,
          tf.tensor2d([
            [1, -2],
            [0.5, 0.25],
          ]),
        ],
        call: 'scaleGradient([[0.1, -0.35], [0.62, 2.5]], 0.25, 4, [[1, -2], [0.5, 0.25]])',
        hint: {
          en: 'The scale is one number: the gradients of all elements are summed, each times its dy.',
          zh: '缩放因子只有一个数：把所有元素的梯度（各乘以自己的 dy）加起来。',
        },
      },
    ],
    mistakes: [
      {
        wrong: summed((x, scale) => tf.neg(errorInSteps(x, scale)), limits),
        hint: {
          en: 'Inside the range the two terms are the wrong way round.',
          zh: '范围之内两项的次序反了。',
        },
      },
      {
        wrong: summed((x, scale) => tf.round(tf.div(x, scale)), limits),
        hint: {
          en: 'This derivative takes the code for a constant. The code depends on the scale, too: straight through, round(u) has the derivative of u.',
          zh: '这个导数把编码当成了常数。编码也依赖缩放因子：按直通规则，round(u) 的导数等于 u 的导数。',
        },
      },
      {
        wrong: summed((x, scale) => tf.neg(tf.div(x, scale)), limits),
        hint: {
          en: 'The product rule has two terms: scale · code has one from the scale itself.',
          zh: '乘法法则有两项：缩放因子 × 编码，其中一项来自缩放因子本身。',
        },
      },
      {
        wrong: summed(errorInSteps, (signs) => tf.zerosLike(signs)),
        hint: {
          en: 'What is clamped counts as 0 here. But ± limit · scale moves with the scale.',
          zh: '这里把被截断的数当作 0。但 ±上限 × 缩放因子会随缩放因子变化。',
        },
      },
      {
        wrong: summed(errorInSteps, (signs, limit) => tf.mul(tf.onesLike(signs), limit)),
        hint: {
          en: 'What is clamped on the negative side moves to the other side.',
          zh: '在负侧被截断的数朝相反方向移动。',
        },
      },
      {
        wrong: (x, scale, bits, dy) =>
          summed(errorInSteps, limits)(x, scale, bits, tf.onesLike(dy)),
        hint: { en: 'dy is not used.', zh: '没有用到 dy。' },
      },
      {
        wrong: (x, scale, bits, dy) => summed(errorInSteps, limits)(x, scale, bits, dy) / x.size,
        hint: { en: 'A mean was taken. Gradients add up.', zh: '这里取了平均。梯度应当相加。' },
      },
    ],
  }),
} as const;
