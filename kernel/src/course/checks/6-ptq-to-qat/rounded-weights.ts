import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { within } from '../../comparisons';
import { defineCheck } from '../../definition';
import { channelScales, limitOf, rounded, type Scale, tensorScale } from './grid';

type FakeQuantize = (x: Tensor, scale: Scale, bits: number) => Tensor;

/** Rounded and clamped in ways of its own, and back. */
const fake =
  (
    round: (x: Tensor) => Tensor,
    low: (limit: number) => number,
    high = (limit: number) => limit,
  ): FakeQuantize =>
  (x, scale, bits) =>
    tf.mul(tf.clipByValue(round(tf.div(x, scale)), low(limitOf(bits)), high(limitOf(bits))), scale);
const lowest = (limit: number): number => -limit;
const halfUp = (x: Tensor): Tensor => tf.floor(tf.add(x, 0.5));

type RoundKernels = (weights: Tensor[], bits: number) => Tensor[];
const kernels =
  (of: (weight: Tensor, bits: number) => Tensor): RoundKernels =>
  (weights, bits) =>
    weights.map((weight) => of(weight, bits));
const perChannel = (weight: Tensor, bits: number): Tensor =>
  rounded(weight, channelScales(weight, bits), bits);
const perTensor = (weight: Tensor, bits: number): Tensor =>
  rounded(weight, tensorScale(weight, bits), bits);
const perInput = (weight: Tensor, bits: number): Tensor =>
  tf.transpose(perChannel(tf.transpose(weight), bits));

type Correction = (kernel: Tensor, rounded: Tensor, bias: Tensor, meanInput: Tensor) => Tensor;
const shift = (mean: Tensor, difference: Tensor): Tensor =>
  tf.reshape(tf.matMul(tf.reshape(mean, [1, -1]), difference as tf.Tensor2D), [-1]);
const corrected: Correction = (kernel, coarse, bias, mean) =>
  tf.add(bias, shift(mean, tf.sub(kernel, coarse)));

const near = within({ relative: 1e-4, absolute: 1e-5 });
const values = [-12, -5.4, -1.8, 1.2, 2.7, 4.8, 9];

/** Functions of the part on rounding after training. */
export const ROUNDED_WEIGHTS = {
  'fake-quantize': defineCheck({
    what: { en: 'numbers rounded to codes and back', zh: '舍入到编码再还原的数' },
    reference: rounded,
    comparison: near,
    cases: [
      {
        args: (): Parameters<FakeQuantize> => [tf.tensor1d([0.3, -0.6, 0.9]), 0.25, 8],
        call: 'fakeQuantize([0.3, -0.6, 0.9], 0.25, 8)',
        hint: {
          en: 'To the code and back: the result is near x, and a multiple of the scale.',
          zh: '先变成编码再还原：结果接近 x，并且是缩放因子的整数倍。',
        },
      },
      {
        args: (): Parameters<FakeQuantize> => [tf.tensor1d(values), 2, 3],
        call: 'fakeQuantize([-12, -5.4, -1.8, 1.2, 2.7, 4.8, 9], 2, 3)',
        hint: {
          en: 'With 3 bits the codes go from -3 to 3: what becomes of -12 and 9?',
          zh: '3 位的编码从 -3 到 3：-12 与 9 会变成什么？',
        },
      },
      {
        args: (): Parameters<FakeQuantize> => [tf.tensor1d([0.5, 1.5, 2.5, -2.5]), 1, 8],
        call: 'fakeQuantize([0.5, 1.5, 2.5, -2.5], 1, 8)',
        hint: {
          en: 'These lie between two codes, and go to the even one, as with `tf.round`.',
          zh: '这些数在两个编码正中间，应取偶数，`tf.round` 就是如此。',
        },
      },
      {
        args: (): Parameters<FakeQuantize> => [
          tf.tensor2d([
            [1, 10],
            [-2.2, 31],
          ]),
          tf.tensor1d([1, 10]),
          3,
        ],
        call: 'fakeQuantize([[1, 10], [-2.2, 31]], [1, 10], 3)',
        hint: {
          en: 'The scale may be a tensor with one number for each column: use tensor operations throughout.',
          zh: '缩放因子可以是张量，每列一个数：请全部使用张量运算。',
        },
      },
    ],
    mistakes: [
      {
        wrong: fake(tf.round, lowest, () => Infinity),
        hint: {
          en: 'Numbers beyond the largest code were not clamped.',
          zh: '超出最大编码的数没有截断。',
        },
      },
      {
        wrong: (x, scale) => tf.mul(tf.round(tf.div(x, scale)), scale),
        hint: {
          en: 'The clamp is missing: codes beyond the range came out.',
          zh: '漏了截断：出现了范围之外的编码。',
        },
      },
      {
        wrong: (x, scale, bits) => tf.div(rounded(x, scale, bits), scale),
        hint: {
          en: 'These are the codes. Multiply by the scale to come back to the unit of x.',
          zh: '这是编码。要乘以缩放因子才能回到 x 的单位。',
        },
      },
      {
        wrong: fake(tf.round, (limit) => -limit - 1),
        hint: {
          en: 'The lowest code was used, which has no negative.',
          zh: '用到了没有相反数的最小编码。',
        },
      },
      {
        wrong: fake(tf.floor, lowest),
        hint: { en: 'Everything was rounded down.', zh: '所有数都向下取整了。' },
      },
      {
        wrong: fake(halfUp, lowest),
        hint: {
          en: 'Ties went up. They go to the even neighbor.',
          zh: '正中间的数被向上取了。应取偶数邻居。',
        },
      },
      {
        wrong: (x, scale, bits) => {
          const limit = limitOf(bits);
          return tf.mul(tf.round(tf.div(tf.clipByValue(x, -limit, limit), scale)), scale);
        },
        hint: {
          en: 'x was clamped, not its code: the limits are those of codes.',
          zh: '截断的是 x 而不是编码：界限是对编码而言的。',
        },
      },
    ],
  }),

  'round-kernels': defineCheck({
    what: { en: 'weights rounded per channel', zh: '逐通道舍入的权重' },
    reference: kernels((weight, bits) => (weight.rank > 1 ? perChannel(weight, bits) : weight)),
    comparison: near,
    cases: [
      {
        args: (): Parameters<RoundKernels> => [
          [
            tf.tensor2d([
              [1, -20],
              [0.4, 9],
              [-0.7, 3],
            ]),
          ],
          3,
        ],
        call: 'roundKernels([[[1, -20], [0.4, 9], [-0.7, 3]]], 3)',
        hint: {
          en: 'Each column has its own scale: that of its number which is farthest from zero.',
          zh: '每一列有自己的缩放因子：由该列离零最远的数决定。',
        },
      },
      {
        args: (): Parameters<RoundKernels> => [
          [
            tf.tensor2d([
              [0.3, 0.8],
              [-0.5, 0.1],
            ]),
            tf.tensor1d([0.123, -4.56]),
          ],
          2,
        ],
        call: 'roundKernels([[[0.3, 0.8], [-0.5, 0.1]], [0.123, -4.56]], 2)',
        hint: {
          en: 'A tensor of one dimension is a bias. What shall become of it?',
          zh: '一维张量是偏置。它应当怎样处理？',
        },
      },
      {
        args: (): Parameters<RoundKernels> => [
          [
            tf.tensor2d([
              [0, 1],
              [0, -2],
            ]),
          ],
          4,
        ],
        call: 'roundKernels([[[0, 1], [0, -2]]], 4)',
        hint: {
          en: 'A column of zeros: 0 / 0 is NaN. Zeros stay zeros.',
          zh: '全零的列：0 / 0 是 NaN。零应保持为零。',
        },
      },
    ],
    mistakes: [
      {
        wrong: kernels((weight, bits) => (weight.rank > 1 ? perTensor(weight, bits) : weight)),
        hint: {
          en: 'One scale for the whole kernel. Each column, an output channel, has its own.',
          zh: '整个权重矩阵共用了一个缩放因子。每一列（输出通道）应有自己的。',
        },
      },
      {
        wrong: kernels((weight, bits) => (weight.rank > 1 ? perInput(weight, bits) : weight)),
        hint: {
          en: 'A scale for each row. Output channels are the last axis.',
          zh: '每一行一个缩放因子。输出通道是最后一个轴。',
        },
      },
      {
        wrong: kernels((weight, bits) =>
          weight.rank > 1 ? perChannel(weight, bits) : perTensor(weight, bits),
        ),
        hint: {
          en: 'The bias was rounded, too. It stays as it is.',
          zh: '偏置也被舍入了。偏置应保持不变。',
        },
      },
      {
        wrong: kernels((weight, bits) => {
          if (weight.rank === 1) return weight;
          const scales = tf.div(tf.max(tf.abs(weight), 0), limitOf(bits));
          return rounded(weight, scales, bits);
        }),
        hint: {
          en: 'A column of zeros has the scale 0: divide by 1 there.',
          zh: '全零的列缩放因子为 0：那里应除以 1。',
        },
      },
    ],
  }),

  'bias-correction': defineCheck({
    what: { en: 'a bias that makes up for the mean error', zh: '补偿平均误差后的偏置' },
    reference: corrected,
    comparison: near,
    cases: [
      {
        args: (): Parameters<Correction> => [
          tf.tensor2d([[1.2], [0.7]]),
          tf.tensor2d([[1], [1]]),
          tf.tensor1d([0]),
          tf.tensor1d([1, 1]),
        ],
        call: 'biasCorrection([[1.2], [0.7]], [[1], [1]], [0], [1, 1])',
        hint: {
          en: 'By how much is the sum too large or too small when both inputs are at their mean, 1?',
          zh: '当两个输入都等于均值 1 时，和偏大或偏小了多少？',
        },
      },
      {
        args: (): Parameters<Correction> => [
          tf.tensor2d([
            [0.95, -0.2],
            [0.4, 0.6],
            [-0.3, 1.1],
          ]),
          tf.tensor2d([
            [1, 0],
            [0.5, 0.5],
            [-0.5, 1],
          ]),
          tf.tensor1d([0.1, -0.1]),
          tf.tensor1d([2, 0, 4]),
        ],
        call: 'biasCorrection([[0.95, -0.2], [0.4, 0.6], [-0.3, 1.1]], [[1, 0], [0.5, 0.5], [-0.5, 1]], [0.1, -0.1], [2, 0, 4])',
        hint: {
          en: 'Each input has its own mean: an input that is always 0 shifts nothing.',
          zh: '每个输入有自己的均值：恒为 0 的输入不会造成任何偏移。',
        },
      },
    ],
    mistakes: [
      {
        wrong: (kernel, coarse, bias, mean) => tf.sub(bias, shift(mean, tf.sub(kernel, coarse))),
        hint: {
          en: 'The sign is turned around: the corrected layer errs twice as much.',
          zh: '符号反了：修正后的层误差反而加倍。',
        },
      },
      {
        wrong: (kernel, coarse, bias) => tf.add(bias, tf.sum(tf.sub(kernel, coarse), 0)),
        hint: {
          en: 'The mean of the input is missing: an error of a weight counts as much as what it is multiplied by.',
          zh: '漏了输入的均值：权重误差的影响取决于它乘的数。',
        },
      },
      {
        wrong: (kernel, coarse, bias, mean) =>
          tf.add(bias, tf.sum(tf.mul(tf.sub(kernel, coarse), mean), 0)),
        hint: {
          en: 'The means were spread over the outputs. They belong to the inputs, the first axis of the kernel.',
          zh: '均值被广播到了输出上。它们属于输入，即权重矩阵的第一个轴。',
        },
      },
      {
        wrong: (kernel, coarse, bias, mean) =>
          tf.add(bias, tf.mul(tf.mean(mean), tf.sum(tf.sub(kernel, coarse), 0))),
        hint: {
          en: 'One mean for all inputs. Each input has its own.',
          zh: '所有输入用了同一个均值。每个输入有自己的均值。',
        },
      },
      {
        wrong: (kernel, coarse, _bias, mean) => shift(mean, tf.sub(kernel, coarse)),
        hint: { en: 'The bias that was there is lost.', zh: '原来的偏置丢失了。' },
      },
      {
        wrong: (_kernel, coarse, bias, mean) => tf.add(bias, shift(mean, coarse)),
        hint: {
          en: 'The shift of the whole product was added, not that of its error.',
          zh: '加上的是整个乘积的均值，而不是误差的均值。',
        },
      },
    ],
  }),
} as const;
