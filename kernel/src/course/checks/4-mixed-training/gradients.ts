import { within } from '../../comparisons';
import { defineCheck } from '../../definition';

/** One array for each variable. */
export type Gradient = Float32Array[];
export interface Part {
  readonly gradient: Gradient;
  readonly samples: number;
}

const single = (...values: number[]): Float32Array => Float32Array.from(values);

function weighted(parts: readonly Part[], weight: (part: Part) => number, by: number): Gradient {
  return (parts[0]?.gradient ?? []).map((first, variable) =>
    first.map(
      (_, i) =>
        parts.reduce((sum, part) => sum + (part.gradient[variable]?.[i] ?? NaN) * weight(part), 0) /
        by,
    ),
  );
}

const samplesOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { samples }) => sum + samples, 0);

/** The gradient of a batch from those of its micro-batches. */
export function meanGradient(parts: readonly Part[]): Gradient {
  return weighted(parts, ({ samples }) => samples, samplesOf(parts));
}

export const MEAN_GRADIENT = defineCheck({
  what: { en: 'the gradient of the whole batch', zh: '整个批次的梯度' },
  reference: meanGradient,
  comparison: within({ relative: 1e-6, absolute: 1e-12 }),
  cases: [
    {
      args: [[{ gradient: [single(2, 4), single(6)], samples: 8 }]],
      hint: {
        en: 'One micro-batch is the whole batch.',
        zh: '只有一个微批次，它就是整个批次。',
      },
    },
    {
      args: [
        [
          { gradient: [single(2, 4), single(6)], samples: 8 },
          { gradient: [single(4, 0), single(-6)], samples: 8 },
        ],
      ],
      hint: {
        en: 'Two of equal size: the mean, for each variable and each of its numbers.',
        zh: '两个大小相等：对每个变量的每个数取平均。',
      },
    },
    {
      args: [
        [
          { gradient: [single(1)], samples: 48 },
          { gradient: [single(5)], samples: 16 },
        ],
      ],
      hint: {
        en: 'Each sample counts alike, and the first micro-batch has three times as many.',
        zh: '每个样本的权重相同，而第一个微批次的样本是另一个的三倍。',
      },
    },
    {
      args: [
        [
          { gradient: [single(30000)], samples: 1 },
          { gradient: [single(60000)], samples: 1 },
        ],
      ],
      hint: {
        en: 'The sum is beyond FP16. Where do gradients have to be added?',
        zh: '这个和超出了 FP16。梯度应当在什么格式中累加？',
      },
    },
  ],
  mistakes: [
    {
      wrong: (parts: readonly Part[]) => weighted(parts, ({ samples }) => samples, 1),
      hint: {
        en: 'You multiply by the number of samples, and don’t divide by the number of all of them.',
        zh: '你乘了样本数，但没有除以样本总数。',
      },
    },
    {
      wrong: (parts: readonly Part[]) => weighted(parts, () => 1, 1),
      hint: {
        en: 'This is the sum of the gradients: the step would be too long by their number.',
        zh: '这是梯度之和：步长会放大为微批次的个数倍。',
      },
    },
    {
      wrong: (parts: readonly Part[]) => weighted(parts, () => 1, samplesOf(parts)),
      hint: {
        en: 'These gradients are means already. Before you divide by the number of samples, each has to be a sum over its own.',
        zh: '这些梯度已经是平均值。除以样本总数之前，每个梯度要先变回其样本上的和。',
      },
    },
    {
      wrong: (parts: readonly Part[]) => weighted(parts, () => 1, parts.length),
      hint: {
        en: 'This is the mean of the means. A sample of a small micro-batch counts more than another.',
        zh: '这是平均值的平均值。小微批次中的样本权重偏大。',
      },
    },
    {
      wrong: (parts: readonly Part[]) => [...(parts.at(-1)?.gradient ?? [])],
      hint: {
        en: 'This is the gradient of the last micro-batch alone.',
        zh: '这只是最后一个微批次的梯度。',
      },
    },
  ],
});

const squares = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value * value, 0);

const norm = (gradient: readonly Float32Array[]): number =>
  Math.sqrt(gradient.reduce((sum, values) => sum + squares(values), 0));

export const GLOBAL_NORM = defineCheck({
  what: { en: 'the global norm', zh: '全局范数' },
  reference: norm,
  comparison: within({ relative: 1e-6 }),
  cases: [
    {
      args: [[single(3, 4)]],
      hint: {
        en: 'The length of (3, 4) is known since Pythagoras.',
        zh: '(3, 4) 的长度：勾股定理。',
      },
    },
    {
      args: [[single(2, -3), single(6)]],
      hint: {
        en: 'All variables together: the squares of all numbers, then one root.',
        zh: '所有变量合在一起：先求所有数的平方和，最后只开一次方。',
      },
    },
    {
      args: [[single(0), single(0, 0)]],
      hint: { en: 'A gradient of zeros has the length 0.', zh: '全零梯度的长度是 0。' },
    },
    {
      args: [[single(3e-5, 4e-5)]],
      hint: {
        en: 'Squares of small gradients are tiny. They aren’t rounded here.',
        zh: '小梯度的平方极小。这里不舍入。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (gradient: Gradient) => norm(gradient) ** 2,
      hint: { en: 'This is the sum of the squares.', zh: '这是平方和。' },
    },
    {
      wrong: (gradient: Gradient) =>
        gradient.reduce((sum, values) => sum + Math.sqrt(squares(values)), 0),
      hint: {
        en: 'You add up the lengths of the variables. Lengths don’t add: their squares do.',
        zh: '你把各变量的长度相加了。能相加的是平方，不是长度。',
      },
    },
    {
      wrong: (gradient: Gradient) =>
        gradient.reduce((most, values) => Math.max(most, Math.sqrt(squares(values))), 0),
      hint: {
        en: 'This is the length of the longest variable alone.',
        zh: '这只是最长的那个变量的长度。',
      },
    },
    {
      wrong: (gradient: Gradient) =>
        gradient.reduce((sum, values) => values.reduce((all, x) => all + Math.abs(x), sum), 0),
      hint: {
        en: 'This is the sum of the sizes, the norm L1.',
        zh: '这是绝对值之和，即 L1 范数。',
      },
    },
  ],
});

const times = (gradient: Gradient, factor: (values: Float32Array) => number): Gradient =>
  gradient.map((values) => values.map((value) => value * factor(values)));

/** A gradient shortened to a global norm. */
export function clip(gradient: Gradient, limit: number): Gradient {
  const length = norm(gradient);
  return times(gradient, () => (length > limit ? limit / length : 1));
}

export const CLIP = defineCheck({
  what: { en: 'the clipped gradient', zh: '裁剪后的梯度' },
  reference: clip,
  comparison: within({ relative: 1e-6 }),
  cases: [
    {
      args: [[single(6, 8)], 5],
      hint: {
        en: 'Its length is 10, and may be 5: which factor is that?',
        zh: '长度是 10，上限是 5：因子是多少？',
      },
    },
    {
      args: [[single(0.3, 0.4)], 5],
      hint: {
        en: 'This one is short enough, and stays as it is.',
        zh: '它足够短，保持不变。',
      },
    },
    {
      args: [[single(3), single(-4, 0)], 2.5],
      hint: {
        en: 'One length and one factor for all variables: clipping must not turn the gradient.',
        zh: '所有变量共用一个长度和一个因子：裁剪不能改变梯度的方向。',
      },
    },
    {
      args: [[single(0, 0)], 1],
      hint: {
        en: 'Zeros have the length 0. What happens when you divide by it?',
        zh: '零的长度为 0。除以它会怎样？',
      },
    },
  ],
  mistakes: [
    {
      wrong: (gradient: Gradient, limit: number) => {
        const length = norm(gradient);
        return times(gradient, () => limit / length);
      },
      hint: {
        en: 'You bring every gradient to this length, also the short ones. The factor is never above 1.',
        zh: '你把所有梯度都变成了这个长度，短的也被拉长了。因子不应大于 1。',
      },
    },
    {
      wrong: (gradient: Gradient, limit: number) => {
        const length = norm(gradient);
        return times(gradient, () => Math.min(1, length / limit));
      },
      hint: { en: 'The factor is upside down.', zh: '因子写反了。' },
    },
    {
      wrong: (gradient: Gradient, limit: number) =>
        times(gradient, (values) => Math.min(1, limit / Math.sqrt(squares(values)))),
      hint: {
        en: 'You clip each variable by its own length: the gradient turns.',
        zh: '你按每个变量自己的长度裁剪：梯度的方向变了。',
      },
    },
    {
      wrong: (gradient: Gradient, limit: number) =>
        gradient.map((values) => values.map((x) => Math.min(limit, Math.max(-limit, x)))),
      hint: {
        en: 'You clip by value: each number for itself. That turns the gradient.',
        zh: '你是按值裁剪，每个数各自处理。这样会改变梯度的方向。',
      },
    },
  ],
});
