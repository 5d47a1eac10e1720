import { asymmetricParams, quantizeSymmetric, roundHalfEven } from '../../../integer/affine';
import type { AffineParams } from '../../../integer/affine';
import { exact, fields, within } from '../../comparisons';
import { defineCheck } from '../../definition';

type Params = (min: number, max: number, bits: number) => AffineParams;

const params: Params = (min, max, bits) =>
  asymmetricParams(min, max, { min: 0, max: 2 ** bits - 1 });

/** Parameters of a range that isn't widened to hold zero. */
const bareParams =
  (zeroPointOf: (quotient: number, top: number) => number): Params =>
  (min, max, bits) => {
    const top = 2 ** bits - 1;
    const step = (max - min) / top;
    return { scale: step, zeroPoint: zeroPointOf(-min / step, top) };
  };
const withZeroPoint =
  (zeroPointOf: (given: AffineParams, min: number) => number): Params =>
  (min, max, bits) => {
    const given = params(min, max, bits);
    return { scale: given.scale, zeroPoint: zeroPointOf(given, Math.min(0, min)) };
  };

type ChannelScales = (weights: number[], depth: number, channels: number, bits: number) => number[];

/** Largest absolute values of `count` runs of numbers, as scales; 1 for a run of zeros. */
function scalesOf(count: number, run: (i: number) => readonly number[], bits: number): number[] {
  const max = 2 ** (bits - 1) - 1;
  return Array.from(
    { length: count },
    (_, i) => quantizeSymmetric(run(i), { range: { min: -max, max } }).scale,
  );
}
const column = (weights: readonly number[], channels: number, c: number): number[] =>
  weights.filter((_, i) => i % channels === c);

const channelScales: ChannelScales = (weights, _depth, channels, bits) =>
  scalesOf(channels, (c) => column(weights, channels, c), bits);

type Threshold = (values: number[], bits: number, candidates: number[]) => number;

/** The candidate with the least cost, the first of several. */
const least =
  (cost: (x: number, rounded: number, threshold: number, step: number) => number): Threshold =>
  (values, bits, candidates) => {
    const max = 2 ** (bits - 1) - 1;
    const costs = candidates.map((threshold) => {
      const step = threshold / max;
      return values.reduce((sum, x) => {
        const q = Math.min(max, Math.max(-max, roundHalfEven(x / step)));
        return sum + cost(x, q * step, threshold, step);
      }, 0);
    });
    return candidates[costs.indexOf(Math.min(...costs))] ?? NaN;
  };
const clipThreshold = least((x, rounded) => (x - rounded) ** 2);

/** Sixty numbers between -1 and 1, and one that is far from them. */
const WITH_OUTLIER = [...Array.from({ length: 60 }, (_, i) => Math.sin(i * 1.7)), 8];
const FEW = [0.11, -0.32, 0.48, 0.71, -0.93, 0.27, -0.64, 2];

/** Functions of the part on ranges: where zero is, which numbers share a scale, what is cut off. */
export const RANGES = {
  'affine-params': defineCheck({
    what: { en: 'scale and zero point of a range', zh: '一个取值范围的缩放因子与零点' },
    reference: params,
    comparison: fields({ scale: within({ relative: 1e-6 }), zeroPoint: exact }),
    cases: [
      {
        args: [-0.4, 2.15, 8],
        hint: {
          en: 'The range has to be covered by 255 steps. Which code do you reach from its lower end when you come to 0?',
          zh: '整个范围要由 255 步覆盖。从下端出发走到 0 时，是第几个编码？',
        },
      },
      {
        args: [-1.25, 6.25, 4],
        hint: {
          en: 'Zero lies exactly between two codes here; it takes the even one.',
          zh: '这里的 0 恰好在两个编码正中间；取偶数的那个。',
        },
      },
      {
        args: [0.5, 2.05, 4],
        hint: {
          en: 'Zero has to have a code, even where no value is zero: padding is. What is the range then?',
          zh: '即使没有值等于零，零也必须有编码（例如填充值）。那么范围应是什么？',
        },
      },
      {
        args: [-3, -1, 8],
        hint: {
          en: 'All values are negative. Where does the range have to end so that zero belongs to it?',
          zh: '所有值都是负的。范围要延伸到哪里才包含零？',
        },
      },
      {
        args: [0, 0, 8],
        hint: {
          en: 'Only zeros: any scale will do but 0. We take 1, and code 0 for zero.',
          zh: '全是零：除 0 以外任何缩放因子都行。约定取 1，零的编码取 0。',
        },
      },
    ],
    mistakes: [
      {
        wrong: bareParams((quotient, top) => Math.min(top, Math.max(0, roundHalfEven(quotient)))),
        hint: {
          en: 'The range as given does not hold zero: widen it first.',
          zh: '给定的范围不包含零：请先把它扩大。',
        },
      },
      {
        wrong: bareParams((quotient) => roundHalfEven(quotient)),
        hint: {
          en: 'The zero point is no code: the range as given does not hold zero. Widen it first.',
          zh: '零点不是合法编码：给定的范围不包含零。请先把它扩大。',
        },
      },
      {
        wrong: withZeroPoint(({ scale }, min) => -min / scale),
        hint: {
          en: 'The zero point is a code, so an integer.',
          zh: '零点本身是一个编码，所以必须是整数。',
        },
      },
      {
        wrong: withZeroPoint(({ scale }, min) => Math.round(-min / scale)),
        hint: {
          en: 'The zero point is rounded as codes are: ties to even.',
          zh: '零点与编码一样舍入：正中间取偶数。',
        },
      },
      {
        wrong: withZeroPoint(({ scale }, min) => Math.trunc(-min / scale)),
        hint: {
          en: 'The zero point is cut off instead of rounded.',
          zh: '零点被截去小数，而没有舍入。',
        },
      },
      {
        wrong: withZeroPoint(({ zeroPoint }) => -zeroPoint),
        hint: {
          en: 'The sign of the zero point: code = value / scale + zero point, and the lower end becomes 0.',
          zh: '零点的符号不对：编码 = 值 / 缩放因子 + 零点，而下端应变成 0。',
        },
      },
      {
        wrong: (min, max, bits) => ({
          ...params(min, max, bits),
          scale: (Math.max(0, max) - Math.min(0, min)) / 2 ** bits,
        }),
        hint: {
          en: 'So many codes have one step fewer between them.',
          zh: '这么多编码之间的步数要少一个。',
        },
      },
    ],
  }),

  'channel-scales': defineCheck({
    what: { en: 'a scale for each channel', zh: '每个通道的缩放因子' },
    reference: channelScales,
    comparison: within({ relative: 1e-6 }),
    cases: [
      {
        args: [[0.5, -10, 0.25, 4, -1, 20], 3, 2, 8],
        hint: {
          en: 'Write the six numbers as 3 rows of 2. A channel is a column: which numbers are in the first?',
          zh: '把六个数写成 3 行 2 列。通道是列：第一列有哪些数？',
        },
      },
      {
        args: [[1, -2, 3, -4, 5, -6, 7, -8], 2, 4, 4],
        hint: {
          en: 'Element (row, column) of a row-major matrix stands at row · columns + column.',
          zh: '按行存储的矩阵中，元素（行，列）位于 行 × 列数 + 列。',
        },
      },
      {
        args: [[0, 3, 0, -1.5], 2, 2, 8],
        hint: {
          en: 'A channel of zeros decides no scale: it takes 1.',
          zh: '全零的通道无法决定缩放因子：取 1。',
        },
      },
    ],
    mistakes: [
      {
        wrong: (weights, depth, channels, bits) =>
          scalesOf(depth, (d) => weights.slice(d * channels, (d + 1) * channels), bits),
        hint: {
          en: 'These are scales of the rows. Output channels are the columns: their sums never mix.',
          zh: '这是各行的缩放因子。输出通道是列：不同列的和互不相混。',
        },
      },
      {
        wrong: (weights, depth, channels, bits) =>
          scalesOf(channels, (c) => weights.slice(c * depth, (c + 1) * depth), bits),
        hint: {
          en: 'These are runs of neighbors in memory, not columns. Where does the second row begin?',
          zh: '这是内存中相邻的一段，而不是列。第二行从哪里开始？',
        },
      },
      {
        wrong: (weights, _depth, channels, bits) => scalesOf(channels, () => weights, bits),
        hint: {
          en: 'Each channel got the scale of the whole tensor.',
          zh: '每个通道得到的都是整个张量的缩放因子。',
        },
      },
      {
        wrong: (weights, _depth, channels, bits) =>
          Array.from({ length: channels }, (_, c) => {
            const most = Math.max(...column(weights, channels, c).map(Math.abs));
            return most / (2 ** (bits - 1) - 1);
          }),
        hint: {
          en: 'A channel of zeros got the scale 0, by which nobody can divide.',
          zh: '全零的通道得到了缩放因子 0，而 0 不能作除数。',
        },
      },
      {
        wrong: (weights, _depth, channels, bits) =>
          Array.from({ length: channels }, (_, c) => {
            return Math.max(...column(weights, channels, c)) / (2 ** (bits - 1) - 1);
          }),
        hint: {
          en: 'The farthest from zero may be a negative number.',
          zh: '离零最远的也可能是负数。',
        },
      },
    ],
  }),

  'clip-threshold': defineCheck({
    what: { en: 'the threshold with the least mean squared error', zh: '均方误差最小的截断阈值' },
    reference: clipThreshold,
    comparison: exact,
    cases: [
      {
        args: [FEW, 8, [0.5, 1, 2]],
        hint: {
          en: 'With 8 bits the steps are fine whatever the threshold: what does cutting off cost?',
          zh: '8 位时无论阈值多大步长都很细：那么截断的代价是多少？',
        },
      },
      {
        args: [WITH_OUTLIER, 3, [0.5, 1, 2, 4, 8]],
        hint: {
          en: 'Print the mean squared error of each candidate. It has two parts: what is cut off, and what is rounded.',
          zh: '打印每个候选阈值的均方误差。它由两部分组成：截断的与舍入的。',
        },
      },
      {
        args: [WITH_OUTLIER, 2, [1, 2, 4, 8]],
        hint: {
          en: 'With 2 bits there are three codes. How many of the 61 numbers become zero for each threshold?',
          zh: '2 位只有三个编码。每个阈值下，61 个数中有多少变成零？',
        },
      },
      {
        args: [[1, -1], 8, [2, 1]],
        hint: {
          en: 'Both cost something or nothing: compute both. The candidates stand in any order.',
          zh: '两个候选都要计算。候选的顺序是任意的。',
        },
      },
    ],
    mistakes: [
      {
        wrong: least((x, rounded, threshold) => (Math.abs(x) > threshold ? 0 : (x - rounded) ** 2)),
        hint: {
          en: 'What lies beyond the threshold has an error, too: it was cut off.',
          zh: '超出阈值的数也有误差：它们被截断了。',
        },
      },
      {
        wrong: least((x, _rounded, threshold) =>
          Math.abs(x) > threshold ? (Math.abs(x) - threshold) ** 2 : 0,
        ),
        hint: {
          en: 'The widest range won. What lies inside is rounded, the coarser the wider the range: is that error counted, in the unit of the values and not in steps?',
          zh: '最宽的范围胜出了。范围内的数也要舍入，范围越宽误差越大：这一误差计入了吗？单位是原数而不是步长吗？',
        },
      },
      {
        wrong: least((x, rounded) => Math.abs(x - rounded)),
        hint: {
          en: 'This is the least absolute error. Squared, few large errors weigh more than many small ones.',
          zh: '这是绝对误差最小的阈值。平方之后，少数大误差的分量更重。',
        },
      },
    ],
  }),
} as const;
