import { within } from '../../comparisons';
import { defineCheck } from '../../definition';

type Rows = number[][];
type Attend = (query: number[], keys: Rows, values: Rows) => number[];

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? NaN), 0);
function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  return normalized(scores.map((score) => Math.exp(score - most)));
}
const normalized = (parts: readonly number[]): number[] => {
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / sum);
};
const mixed = (weights: readonly number[], values: Rows): number[] =>
  (values[0] ?? []).map((_, i) =>
    weights.reduce((sum, weight, t) => sum + weight * (values[t]?.[i] ?? NaN), 0),
  );

/** Attention whose scores are divided by, and become weights, in ways of their own. */
const attending =
  (
    divisor: (width: number, tokens: number) => number,
    weightsOf: (scores: number[]) => number[],
  ): Attend =>
  (query, keys, values) => {
    const scores = keys.map((key) => dot(query, key) / divisor(query.length, keys.length));
    return mixed(weightsOf(scores), values);
  };
const attend = attending(Math.sqrt, softmax);

export interface Step {
  readonly output: number[];
  readonly keys: Rows;
  readonly values: Rows;
}
type DecodeStep = (
  cache: { keys: Rows; values: Rows },
  query: number[],
  key: number[],
  value: number[],
) => Step;

const decodeStep: DecodeStep = (cache, query, key, value) => {
  const keys = [...cache.keys, key];
  const values = [...cache.values, value];
  return { output: attend(query, keys, values), keys, values };
};

type Perplexity = (logits: Rows, targets: number[]) => number;
/** A mean over positions, made a perplexity. */
const perplexityBy =
  (
    cost: (logits: number[], target: number) => number,
    last: (mean: number) => number,
  ): Perplexity =>
  (logits, targets) =>
    last(logits.reduce((sum, row, i) => sum + cost(row, targets[i] ?? NaN), 0) / logits.length);
const likelihood = (logits: number[], target: number): number => softmax(logits)[target] ?? NaN;
const surprise = (logits: number[], target: number): number =>
  -Math.log(likelihood(logits, target));

const near = within({ relative: 1e-6, absolute: 1e-9 });
const KEYS: Rows = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [1, 1, 0, 0],
];
const VALUES: Rows = [
  [1, 0],
  [0, 1],
  [5, -5],
];

/** Functions of the part on attention and its cache. */
export const ATTENTION = {
  attend: defineCheck({
    what: { en: 'what one query attends to', zh: '一个查询的注意力结果' },
    reference: attend,
    comparison: near,
    cases: [
      {
        args: [[1, 2, 0, 0], KEYS.slice(0, 1), VALUES.slice(0, 1)],
        hint: {
          en: 'With one key there is one weight, and weights sum to 1.',
          zh: '只有一个键就只有一个权重，而权重之和为 1。',
        },
      },
      {
        args: [[1, 2, 0, 0], KEYS, VALUES],
        hint: {
          en: 'Three scores: 1, 2 and 3, before they are divided by the root of the width.',
          zh: '三个得分：1、2、3，还要除以维数的平方根。',
        },
      },
      {
        args: [
          [900, 0, 0, 0],
          [
            [2, 0, 0, 0],
            [1, 0, 0, 0],
          ],
          [
            [3, 4],
            [1, 1],
          ],
        ],
        hint: {
          en: 'exp(900) is Infinity, and Infinity / Infinity is NaN. Softmax doesn’t change if all scores become smaller by the largest.',
          zh: 'exp(900) 是 Infinity，而 Infinity / Infinity 是 NaN。所有得分减去最大值，softmax 不变。',
        },
      },
    ],
    mistakes: [
      {
        wrong: attending(() => 1, softmax),
        hint: {
          en: 'The scores were not divided by the root of the width of a head.',
          zh: '得分没有除以头维数的平方根。',
        },
      },
      {
        wrong: attending((width) => width, softmax),
        hint: {
          en: 'The scores were divided by the width, not by its root.',
          zh: '得分除以了维数，而不是它的平方根。',
        },
      },
      {
        wrong: attending((_width, tokens) => Math.sqrt(tokens), softmax),
        hint: {
          en: 'The root is that of the width of a head, not of the number of tokens.',
          zh: '应取头维数的平方根，而不是 token 数的。',
        },
      },
      {
        wrong: attending(Math.sqrt, (scores) => normalized(scores.map(Math.exp))),
        hint: {
          en: 'The exponentials ran over: take the largest score off all of them first.',
          zh: '指数溢出了：先让所有得分减去最大的得分。',
        },
      },
      {
        wrong: attending(Math.sqrt, (scores) => scores.map(Math.exp)),
        hint: {
          en: 'The weights don’t sum to 1: divide by their sum.',
          zh: '权重之和不是 1：要除以它们的和。',
        },
      },
      {
        wrong: attending(Math.sqrt, normalized),
        hint: {
          en: 'The exponential is missing: softmax takes exp of the scores.',
          zh: '漏了指数：softmax 要对得分取 exp。',
        },
      },
      {
        wrong: (query, keys) =>
          softmax(keys.map((key) => dot(query, key) / Math.sqrt(query.length))),
        hint: {
          en: 'These are the weights. They mix the values.',
          zh: '这是权重。还要用它们对值加权求和。',
        },
      },
    ],
  }),

  'decode-step': defineCheck({
    what: { en: 'one step of decoding with a cache', zh: '带缓存的一步解码' },
    reference: decodeStep,
    comparison: near,
    keepsArguments: true,
    cases: [
      {
        args: [{ keys: [], values: [] }, [1, 2, 0, 0], [0.5, 0, 0, 0], [7, -7]],
        hint: {
          en: 'The first token: the cache is empty, and it can only see itself.',
          zh: '第一个 token：缓存是空的，它只能看见自己。',
        },
      },
      {
        args: [
          { keys: KEYS.slice(0, 2), values: VALUES.slice(0, 2) },
          [1, 2, 0, 0],
          [1, 1, 0, 0],
          [5, -5],
        ],
        hint: {
          en: 'The third token sees two earlier ones, and itself. The cache then has three of each.',
          zh: '第三个 token 看见之前的两个以及它自己。之后缓存里键和值各有三个。',
        },
      },
    ],
    mistakes: [
      {
        wrong: (cache, query, key, value) => ({
          ...decodeStep(cache, query, key, value),
          output: attend(query, cache.keys, cache.values),
        }),
        hint: {
          en: 'The token didn’t see itself: put its key and value into the cache first.',
          zh: '这个 token 没有看见自己：先把它的键和值放进缓存。',
        },
      },
      {
        wrong: (cache, query, key, value) => {
          const keys = [key, ...cache.keys];
          const values = [value, ...cache.values];
          return { output: attend(query, keys, values), keys, values };
        },
        hint: {
          en: 'The newest token stands at the front. Attention doesn’t mind, but the order of the cache is that of the text.',
          zh: '最新的 token 放到了最前面。注意力本身不在乎次序，但缓存应按文本次序排列。',
        },
      },
      {
        wrong: (_cache, query, key, value) => ({
          output: attend(query, [key], [value]),
          keys: [key],
          values: [value],
        }),
        hint: {
          en: 'The earlier tokens are forgotten.',
          zh: '之前的 token 被忘掉了。',
        },
      },
      {
        wrong: (cache, query, key, value) => ({
          output: attend(query, [...cache.keys, key], [...cache.values, value]),
          ...cache,
        }),
        hint: {
          en: 'The output is right, but the cache that is returned lacks the new token.',
          zh: '输出正确，但返回的缓存里没有新的 token。',
        },
      },
      {
        wrong: (cache, query, key, value) => decodeStep(cache, query, value, key),
        hint: { en: 'Keys and values are swapped.', zh: '键和值弄反了。' },
      },
    ],
  }),

  perplexity: defineCheck({
    what: { en: 'the perplexity of predictions', zh: '预测的困惑度' },
    reference: perplexityBy(surprise, Math.exp),
    comparison: near,
    cases: [
      {
        args: [[[0, 0, 0, 0]], [2]],
        hint: {
          en: 'Four tokens with equal chances: as if one chose among 4.',
          zh: '四个 token 机会均等：相当于在 4 个中选 1 个。',
        },
      },
      {
        args: [
          [
            [2, 0, -1],
            [0, 3, 0.5],
          ],
          [0, 2],
        ],
        hint: {
          en: 'The mean is taken of the negative logarithms, then exp of the mean.',
          zh: '先对负对数取平均，再对平均值取 exp。',
        },
      },
      {
        args: [
          [
            [1000, 999],
            [-1000, -1001],
          ],
          [1, 0],
        ],
        hint: {
          en: 'exp(1000) is Infinity: take the largest logit off all logits of the position first.',
          zh: 'exp(1000) 是 Infinity：先让该位置的所有 logits 减去最大的一个。',
        },
      },
    ],
    mistakes: [
      {
        wrong: perplexityBy((row, target) => -Math.log2(likelihood(row, target)), Math.exp),
        hint: {
          en: 'The logarithm has base 2, the exponential base e: both must be the same.',
          zh: '对数以 2 为底，指数却以 e 为底：两者必须一致。',
        },
      },
      {
        wrong: perplexityBy(surprise, (mean) => mean),
        hint: {
          en: 'This is the mean loss in nats. Perplexity is exp of it.',
          zh: '这是平均损失（单位 nat）。困惑度是它的 exp。',
        },
      },
      {
        wrong: perplexityBy(likelihood, (mean) => 1 / mean),
        hint: {
          en: 'The mean was taken of probabilities. A token with probability near 0 must count heavily: take logarithms first.',
          zh: '这里对概率取了平均。概率接近 0 的 token 应当影响很大：要先取对数。',
        },
      },
      {
        wrong: perplexityBy(
          (row, target) => 1 / likelihood(row, target),
          (mean) => mean,
        ),
        hint: {
          en: 'The mean was taken of 1 / probability. It is taken of the logarithms.',
          zh: '这里对概率的倒数取了平均。应对对数取平均。',
        },
      },
      {
        wrong: perplexityBy(
          (row, target) => -Math.log(normalized(row.map(Math.exp))[target] ?? NaN),
          Math.exp,
        ),
        hint: {
          en: 'The exponentials ran over: take the largest logit off all of them first.',
          zh: '指数溢出了：先让所有 logits 减去最大的一个。',
        },
      },
      {
        wrong: perplexityBy((row, target) => -(row[target] ?? NaN), Math.exp),
        hint: {
          en: 'Logits are no log-probabilities yet: softmax is missing.',
          zh: 'logits 还不是对数概率：漏了 softmax。',
        },
      },
    ],
  }),
} as const;
