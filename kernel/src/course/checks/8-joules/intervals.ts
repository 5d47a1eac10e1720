import { fromSamples } from '../../../quantities/make';
import { mean, standardDeviation } from '../../../quantities/statistics';
import { tQuantile } from '../../../quantities/student';
import { exact, fields, within } from '../../comparisons';
import { defineCheck } from '../../definition';

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
type Spread = (values: number[]) => Interval;

const meanInterval: Spread = (values) => {
  if (values.length === 1) return { value: values[0] ?? NaN, low: -Infinity, high: Infinity };
  const { value, low, high } = fromSamples(values, { method: 'counter' });
  return { value, low, high };
};

/** An interval of the mean that reaches so far to both sides. */
const reaching =
  (half: (deviation: number, n: number) => number): Spread =>
  (values) => {
    const value = mean(values);
    const reach = values.length === 1 ? Infinity : half(standardDeviation(values), values.length);
    return { value, low: value - reach, high: value + reach };
  };
const t95 = (degrees: number): number => tQuantile(0.95, degrees);

/** The same work in two ways, one after the other. */
export interface Trial {
  readonly baselineJ: number;
  readonly otherJ: number;
}
type Verdict = 'holds' | 'false' | 'open';
type Judge = (trials: Trial[], claimed: number) => Interval & { readonly verdict: Verdict };

const verdictOf = ({ low, high }: Interval, claimed: number): Verdict => {
  if (low >= claimed) return 'holds';
  return high < claimed ? 'false' : 'open';
};

const judgeWith =
  (
    saving: (trial: Trial) => number = ({ baselineJ, otherJ }) => 1 - otherJ / baselineJ,
    verdict: (saved: Interval, claimed: number) => Verdict = verdictOf,
  ): Judge =>
  (trials, claimed) => {
    const saved = meanInterval(trials.map(saving));
    return { ...saved, verdict: verdict(saved, claimed) };
  };

/** Each side with an interval of its own, as if the trials weren't pairs. */
const unpaired: Judge = (trials, claimed) => {
  const base = meanInterval(trials.map(({ baselineJ }) => baselineJ));
  const other = meanInterval(trials.map(({ otherJ }) => otherJ));
  const saved = {
    value: mean(trials.map(({ baselineJ, otherJ }) => 1 - otherJ / baselineJ)),
    low: 1 - other.high / base.low,
    high: 1 - other.low / base.high,
  };
  return { ...saved, verdict: verdictOf(saved, claimed) };
};

const trialsOf = (...pairs: [baselineJ: number, otherJ: number][]): Trial[] =>
  pairs.map(([baselineJ, otherJ]) => ({ baselineJ, otherJ }));

/** As near as a table of t with five digits comes. */
const near = within({ relative: 1e-5, absolute: 1e-5 });
const FOUR = [10, 12, 9, 13];

/** Functions of the parts on intervals and claims. */
export const INTERVALS = {
  'mean-interval': defineCheck({
    what: { en: 'a mean with its 95 % interval', zh: '平均值及其 95 % 区间' },
    reference: meanInterval,
    comparison: fields({ value: near, low: near, high: near }),
    cases: [
      {
        args: [[5, 5, 5]],
        hint: {
          en: 'Without scatter the interval is as narrow as can be: all three are 5.',
          zh: '没有波动时区间最窄：三个数都是 5。',
        },
      },
      {
        args: [FOUR],
        hint: {
          en: 'Standard deviation with n - 1, divided by the square root of n, times T95 for n - 1 degrees of freedom.',
          zh: '标准差用 n - 1，除以 n 的平方根，再乘以自由度为 n - 1 的 T95。',
        },
      },
      {
        args: [[1.2, 1.5]],
        hint: {
          en: 'Two values leave one degree of freedom: T95[1] is large, and so is the interval.',
          zh: '两个值只有一个自由度：T95[1] 很大，区间也就很宽。',
        },
      },
      {
        args: [[7]],
        hint: {
          en: 'A single value says nothing of the scatter: from -Infinity to Infinity.',
          zh: '单个值不能说明波动：区间为 -Infinity 到 Infinity。',
        },
      },
    ],
    mistakes: [
      {
        wrong: reaching((deviation, n) => t95(n - 1) * deviation),
        hint: {
          en: 'This is where single values scatter. The mean of n values scatters less: by the square root of n.',
          zh: '这是单个值的波动范围。n 个值的平均值波动更小：相差 n 的平方根倍。',
        },
      },
      {
        wrong: reaching((deviation, n) => (t95(n - 1) * deviation) / n),
        hint: {
          en: 'Too narrow: divide by the square root of n, not by n.',
          zh: '太窄：应除以 n 的平方根，而不是 n。',
        },
      },
      {
        wrong: reaching(
          (deviation, n) => (t95(n - 1) * deviation * Math.sqrt((n - 1) / n)) / Math.sqrt(n),
        ),
        hint: {
          en: 'The standard deviation was divided by n. The mean was taken from the same values, so divide by n - 1.',
          zh: '标准差除以了 n。平均值取自同样的数据，所以应除以 n - 1。',
        },
      },
      {
        wrong: reaching((deviation, n) => (t95(n) * deviation) / Math.sqrt(n)),
        hint: {
          en: 'T95 was taken for n degrees of freedom. There are n - 1.',
          zh: 'T95 取了自由度 n。自由度应为 n - 1。',
        },
      },
      {
        wrong: reaching((deviation, n) => (1.959964 * deviation) / Math.sqrt(n)),
        hint: {
          en: '1.96 is for very many values. For few, take T95.',
          zh: '1.96 适用于非常多的数据。数据少时要用 T95。',
        },
      },
      {
        wrong: reaching((deviation, n) => (1.96 * deviation) / Math.sqrt(n)),
        hint: {
          en: '1.96 is for very many values. For few, take T95.',
          zh: '1.96 适用于非常多的数据。数据少时要用 T95。',
        },
      },
      {
        wrong: (values) => ({
          value: mean(values),
          low: Math.min(...values),
          high: Math.max(...values),
        }),
        hint: {
          en: 'These are the least and the greatest value. The more trials, the wider apart they are; an interval of the mean gets narrower.',
          zh: '这是最小值和最大值。试验越多它们相距越远，而平均值的区间应越来越窄。',
        },
      },
      {
        wrong: (values) =>
          values.length === 1
            ? { value: values[0] ?? NaN, low: values[0] ?? NaN, high: values[0] ?? NaN }
            : meanInterval(values),
        hint: {
          en: 'One trial was given as if it were exact. Nothing is known of its scatter.',
          zh: '把一次试验当成了精确值。它的波动完全未知。',
        },
      },
    ],
  }),

  'judge-claim': defineCheck({
    what: { en: 'what trials say of a claimed saving', zh: '试验对所声称的节能的判断' },
    reference: judgeWith(),
    comparison: fields({ value: near, low: near, high: near, verdict: exact }),
    cases: [
      {
        args: [trialsOf([10, 5], [12, 6], [8, 4]), 0.3],
        hint: {
          en: 'Each pair saves one half, and 30 % was claimed.',
          zh: '每一对都节省一半，而声称的是 30 %。',
        },
      },
      {
        args: [trialsOf([10, 7], [20, 15], [40, 28], [80, 58]), 0.2],
        hint: {
          en: 'The machine got busier from trial to trial. Within a pair it was the same: take the saving of each pair, then mean and interval.',
          zh: '机器一次比一次忙，但一对之内相同：先求每一对的节省，再求平均值和区间。',
        },
      },
      {
        args: [trialsOf([10, 9], [10, 8.5], [10, 9.5], [10, 8.8]), 0.5],
        hint: {
          en: 'Even the high end of the interval is below what was claimed.',
          zh: '连区间的上限都低于所声称的值。',
        },
      },
      {
        args: [trialsOf([10, 8], [10, 5], [10, 9], [10, 4]), 0.3],
        hint: {
          en: 'The claim lies within the interval: neither shown nor refuted.',
          zh: '所声称的值落在区间之内：既没有被证实，也没有被推翻。',
        },
      },
      {
        args: [trialsOf([10, 11], [10, 11.2], [10, 10.9]), 0.1],
        hint: {
          en: 'More joules than the baseline are a saving below 0.',
          zh: '比基线用得多，就是负的节省。',
        },
      },
    ],
    mistakes: [
      {
        wrong: judgeWith(({ baselineJ, otherJ }) => otherJ / baselineJ),
        hint: {
          en: 'This is what is left, not what is saved.',
          zh: '这是剩下的比例，而不是节省的比例。',
        },
      },
      {
        wrong: judgeWith(({ baselineJ, otherJ }) => baselineJ / otherJ - 1),
        hint: {
          en: 'A saving is a share of the baseline: half the joules save 50 %, not 100 %.',
          zh: '节省是相对于基线的：能耗减半是节省 50 %，不是 100 %。',
        },
      },
      {
        wrong: judgeWith(({ baselineJ, otherJ }) => baselineJ - otherJ),
        hint: {
          en: 'These are joules. The claim is a share of the baseline.',
          zh: '这是焦耳数。所声称的是相对于基线的比例。',
        },
      },
      {
        wrong: unpaired,
        hint: {
          en: 'Each side got an interval of its own, so what changed from trial to trial widens both. Take the saving of each pair first.',
          zh: '两边各求了区间，于是试验之间的变化把两者都拉宽了。请先求每一对的节省。',
        },
      },
      {
        wrong: judgeWith(undefined, ({ low }, claimed) => (low >= claimed ? 'holds' : 'false')),
        hint: {
          en: 'What was not shown is not refuted: a claim within the interval is open.',
          zh: '没有被证实不等于被推翻：落在区间内的声称是 open。',
        },
      },
      {
        wrong: judgeWith(undefined, ({ value }, claimed) => (value >= claimed ? 'holds' : 'false')),
        hint: {
          en: 'The mean alone was compared with the claim. Use the ends of the interval.',
          zh: '只用平均值与声称比较。请用区间的两端。',
        },
      },
      {
        wrong: judgeWith(undefined, ({ low, high }, claimed) =>
          low > 0 ? 'holds' : high < claimed ? 'false' : 'open',
        ),
        hint: {
          en: 'That it saves something was tested, not that it saves as much as was claimed.',
          zh: '这里检验的是有没有节省，而不是有没有节省到所声称的那么多。',
        },
      },
    ],
  }),
} as const;
