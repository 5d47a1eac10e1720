import { exact, fields, within } from '../../comparisons';
import { defineCheck } from '../../definition';

const amdahl = (share: number, factor: number, overhead: number): number =>
  1 / (1 - share + share / factor + overhead);

/** The speedup that is left of a step of which a part got faster. */
export const AMDAHL = defineCheck({
  what: { en: 'the speedup of a step', zh: '整步的加速比' },
  reference: amdahl,
  comparison: within({ relative: 1e-9 }),
  cases: [
    {
      args: [1, 2, 0],
      hint: {
        en: 'All of the step takes half the time.',
        zh: '整步的时间减半。',
      },
    },
    {
      args: [0, 2, 0],
      hint: {
        en: 'Nothing of the step gets faster.',
        zh: '没有任何部分变快。',
      },
    },
    {
      args: [0.5, 2, 0],
      hint: {
        en: 'Half of the step takes as long as before, the other half takes half as long: what is the new time?',
        zh: '一半耗时不变，另一半的耗时减半：新的时间是多少？',
      },
    },
    {
      args: [0.5, 2, 0.25],
      hint: {
        en: 'The overhead is added to the new time. What is gained by the products may be lost by it.',
        zh: '额外开销加在新时间上。乘法省下的时间可能又被它用掉。',
      },
    },
    {
      args: [0.8, 0.5, 0.1],
      hint: {
        en: 'A factor below 1: products in a simulated format are slower. The result is below 1 as well.',
        zh: '系数小于 1：模拟格式的乘法更慢。结果也小于 1。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (share: number, factor: number, overhead: number) =>
        1 / amdahl(share, factor, overhead),
      hint: {
        en: 'This is the new time over the old. A speedup is the old time over the new.',
        zh: '这是新时间除以原时间。加速比是原时间除以新时间。',
      },
    },
    {
      wrong: (share: number, factor: number, overhead: number) =>
        1 - share + share * factor - overhead,
      hint: {
        en: 'You average the speeds. What adds up are times.',
        zh: '你把速度加权平均了。能相加的是时间。',
      },
    },
    {
      wrong: (share: number, factor: number) => amdahl(share, factor, 0),
      hint: { en: 'The overhead is missing.', zh: '漏掉了额外开销。' },
    },
    {
      wrong: (share: number, factor: number, overhead: number) =>
        amdahl(share, factor, 0) - overhead,
      hint: {
        en: 'The overhead is a share of the old time, and no speedup: add it where times are added.',
        zh: '额外开销是原时间的比例，不是加速比：应在时间相加的地方加上。',
      },
    },
    {
      wrong: (share: number, factor: number, overhead: number) => amdahl(share, factor, -overhead),
      hint: {
        en: 'The overhead costs time, and you take it off.',
        zh: '额外开销要花时间，而你把它减掉了。',
      },
    },
  ],
});

export type Word = 'faster' | 'slower' | 'no difference shown';
export interface Judgement {
  readonly low: number;
  readonly high: number;
  readonly verdict: Word;
}

function judged(mean: number, half: number): Judgement {
  const [low, high] = [mean - half, mean + half];
  return { low, high, verdict: low > 1 ? 'faster' : high < 1 ? 'slower' : 'no difference shown' };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: readonly number[], by: number): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / by);
}

/** An interval of a ratio, and what it shows. */
export const JUDGE = defineCheck({
  what: { en: 'the interval and the verdict', zh: '区间和结论' },
  reference: (ratios: readonly number[], t: number) => {
    const n = ratios.length;
    return judged(meanOf(ratios), (t * deviation(ratios, n - 1)) / Math.sqrt(n));
  },
  comparison: fields({
    low: within({ relative: 1e-9 }),
    high: within({ relative: 1e-9 }),
    verdict: exact,
  }),
  cases: [
    {
      args: [[1.5, 1.5, 1.5], 4.303],
      hint: {
        en: 'All ratios are the same: the interval is a point, and it is above 1.',
        zh: '所有比值相同：区间是一个点，且大于 1。',
      },
    },
    {
      args: [[2, 1, 3], 4.303],
      hint: {
        en: 'The mean is 2 and the deviation of the sample 1. The interval is wide, and holds 1.',
        zh: '均值是 2，样本标准差是 1。区间很宽，包含 1。',
      },
    },
    {
      args: [[0.8, 0.7, 0.75, 0.72, 0.78], 2.776],
      hint: {
        en: 'A ratio below 1: the old time is the shorter one.',
        zh: '比值小于 1：原时间更短。',
      },
    },
    {
      args: [[1.02, 0.97, 1.01, 0.99, 1.03], 2.776],
      hint: {
        en: 'A mean a little above 1 shows nothing as long as 1 lies within the interval.',
        zh: '只要 1 在区间之内，均值略大于 1 说明不了什么。',
      },
    },
    {
      args: [[1.2, 1.3, 1.25, 1.28, 1.22, 1.27, 1.24, 1.26, 1.23, 1.29], 2.262],
      hint: { en: 'The whole interval is above 1.', zh: '整个区间都大于 1。' },
    },
  ],
  mistakes: [
    {
      wrong: (ratios: readonly number[], t: number) =>
        judged(meanOf(ratios), t * deviation(ratios, ratios.length - 1)),
      hint: {
        en: 'The root of n is missing: this is where single ratios lie, not their mean.',
        zh: '漏掉了根号 n：这是单个比值的范围，而不是均值的。',
      },
    },
    {
      wrong: (ratios: readonly number[], t: number) =>
        judged(meanOf(ratios), (t * deviation(ratios, ratios.length)) / Math.sqrt(ratios.length)),
      hint: {
        en: 'You divide by n in the deviation. That of a sample divides by n − 1.',
        zh: '你在标准差中除以了 n。样本标准差除以 n − 1。',
      },
    },
    {
      wrong: (ratios: readonly number[], t: number) =>
        judged(meanOf(ratios), (t * deviation(ratios, ratios.length - 1)) / ratios.length),
      hint: { en: 'You divide by n, not by its root.', zh: '你除以了 n，而不是根号 n。' },
    },
    {
      wrong: (ratios: readonly number[], t: number) => {
        const n = ratios.length;
        const half = (t * deviation(ratios, n - 1)) / Math.sqrt(n);
        const { low, high } = judged(meanOf(ratios), half);
        const verdict: Word = meanOf(ratios) > 1 ? 'faster' : 'slower';
        return { low, high, verdict };
      },
      hint: {
        en: 'You judge by the mean. Only an interval that lies on one side of 1 shows a difference.',
        zh: '你依据均值下结论。只有整个区间在 1 的一侧，才显示出差别。',
      },
    },
    {
      wrong: (ratios: readonly number[], t: number) => {
        const n = ratios.length;
        const half = (t * deviation(ratios, n - 1)) / Math.sqrt(n);
        const { low, high } = judged(meanOf(ratios), half);
        const verdict: Word = high < 1 ? 'faster' : low > 1 ? 'slower' : 'no difference shown';
        return { low, high, verdict };
      },
      hint: {
        en: 'Old time over new: above 1 the new one is the shorter.',
        zh: '原时间除以新时间：大于 1 表示新时间更短。',
      },
    },
  ],
});
