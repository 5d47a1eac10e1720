import { Counter } from '../../../energy/devices/counter';
import { integrate } from '../../../energy/devices/integrate';
import { within } from '../../comparisons';
import { defineCheck } from '../../definition';

/** What the whole machine draws at a moment. */
export interface PowerSample {
  readonly timeS: number;
  readonly powerW: number;
}
type Energy = (samples: PowerSample[]) => number;

const trapezoids: Energy = (samples) => {
  let powerW = 0;
  let energyJ = 0;
  const meter = integrate(() => powerW, Infinity);
  for (const sample of samples) {
    powerW = sample.powerW;
    energyJ = meter(sample.timeS).joules;
  }
  return energyJ;
};

/** Between two samples the power is what `of` makes of both. */
const stepped =
  (of: (before: number, after: number) => number): Energy =>
  (samples) =>
    samples.slice(1).reduce((sum, { timeS, powerW }, i) => {
      const before = samples[i] ?? { timeS, powerW };
      return sum + of(before.powerW, powerW) * (timeS - before.timeS);
    }, 0);

const meanTimesDuration: Energy = (samples) => {
  const duration = (samples.at(-1)?.timeS ?? 0) - (samples[0]?.timeS ?? 0);
  return (samples.reduce((sum, { powerW }) => sum + powerW, 0) / samples.length) * duration;
};

type Counted = (counts: number[], rangeUj: number) => number;

const counted: Counted = (counts, rangeUj) => {
  const counter = new Counter({
    unitsPerJ: 1_000_000n,
    range: BigInt(rangeUj),
    mostWatts: Infinity,
    slackS: 0,
  });
  return counts.reduce((_, count, i) => counter.take(BigInt(count), i + 1).joules, 0);
};

/** Each step in µJ as `of` mends it. */
const mended =
  (of: (step: number, rangeUj: number) => number, unitsPerJ = 1e6): Counted =>
  (counts, rangeUj) =>
    counts.slice(1).reduce((sum, count, i) => sum + of(count - (counts[i] ?? count), rangeUj), 0) /
    unitsPerJ;
const wrapped = (step: number, rangeUj: number): number => (step < 0 ? step + rangeUj : step);

const samplesOf = (...pairs: [timeS: number, powerW: number][]): PowerSample[] =>
  pairs.map(([timeS, powerW]) => ({ timeS, powerW }));

/** Functions of the part on readings of meters. */
export const READINGS = {
  'power-energy': defineCheck({
    what: { en: 'the joules below a trace of power', zh: '功率曲线下的焦耳数' },
    reference: trapezoids,
    comparison: within({ relative: 1e-9, absolute: 1e-9 }),
    cases: [
      {
        args: [samplesOf([0, 20], [2, 20])],
        hint: {
          en: 'A watt is a joule a second: 20 W for 2 s.',
          zh: '1 瓦就是每秒 1 焦耳：20 W 持续 2 s。',
        },
      },
      {
        args: [samplesOf([0, 10], [1, 30], [2, 50])],
        hint: {
          en: 'Between two samples the power goes along a straight line: what is its mean there?',
          zh: '两个采样点之间功率沿直线变化：这一段的平均功率是多少？',
        },
      },
      {
        args: [samplesOf([5, 10], [5.5, 90], [9, 10])],
        hint: {
          en: 'The samples are not evenly spaced. Each pair of neighbors counts for its own time.',
          zh: '采样的间隔并不相等。每一对相邻的采样各按自己的时间计算。',
        },
      },
      {
        args: [samplesOf([3, 42])],
        hint: {
          en: 'One sample spans no time, so there are no joules yet.',
          zh: '只有一个采样，没有经过时间，因此焦耳数为 0。',
        },
      },
    ],
    mistakes: [
      {
        wrong: stepped((before) => before),
        hint: {
          en: 'The power before was taken for the whole step. Take the mean of both ends.',
          zh: '整段都取了前一个采样的功率。请取两端的平均值。',
        },
      },
      {
        wrong: stepped((_, after) => after),
        hint: {
          en: 'The power after was taken for the whole step. Take the mean of both ends.',
          zh: '整段都取了后一个采样的功率。请取两端的平均值。',
        },
      },
      {
        wrong: meanTimesDuration,
        hint: {
          en: 'The mean of all samples counts a short peak as much as a long rest. Go from sample to sample.',
          zh: '对所有采样取平均，会把短暂的峰值与长时间的空闲同等看待。请逐段计算。',
        },
      },
      {
        wrong: (samples) => samples.reduce((sum, { powerW }) => sum + powerW, 0),
        hint: {
          en: 'These are watts added up. Joules need the seconds between the samples.',
          zh: '这是把瓦数相加。求焦耳还需要采样之间的秒数。',
        },
      },
    ],
  }),

  'counter-energy': defineCheck({
    what: { en: 'the joules that a counter has counted', zh: '计数器累计的焦耳数' },
    reference: counted,
    comparison: within({ relative: 1e-9, absolute: 1e-9 }),
    cases: [
      {
        args: [[1_000_000, 3_500_000], 262_143_328_850],
        hint: {
          en: 'The counter counts microjoules, and where it began means nothing: only the difference counts.',
          zh: '计数器以微焦计数，起点没有意义：只有差值有意义。',
        },
      },
      {
        args: [[5_000_000, 6_000_000, 6_000_000, 9_000_000], 262_143_328_850],
        hint: {
          en: 'Add up the steps from reading to reading; a step may be 0.',
          zh: '把相邻读数的差相加；差可以为 0。',
        },
      },
      {
        args: [[9_000_000, 1_000_000], 10_000_000],
        hint: {
          en: 'The counter fell: it came to `rangeUj` and began again at 0. How far did it go up to there, and how far since?',
          zh: '计数变小了：它到达 `rangeUj` 后又从 0 开始。到那里走了多少，之后又走了多少？',
        },
      },
      {
        args: [[8_000_000, 2_000_000, 7_000_000, 1_000_000], 10_000_000],
        hint: {
          en: 'It began again twice. Look at each step on its own.',
          zh: '它重新开始了两次。请逐段判断。',
        },
      },
      {
        args: [[7_000_000], 10_000_000],
        hint: {
          en: 'One reading is a beginning: nothing was counted yet.',
          zh: '只有一个读数，只是起点：还没有累计任何能量。',
        },
      },
    ],
    mistakes: [
      {
        wrong: mended(wrapped, 1e3),
        hint: {
          en: 'A thousand times too much: a joule is a million microjoules.',
          zh: '大了一千倍：1 焦耳等于一百万微焦。',
        },
      },
      {
        wrong: mended(wrapped, 1),
        hint: { en: 'These are microjoules.', zh: '这是微焦，不是焦耳。' },
      },
      {
        wrong: mended((step) => step),
        hint: {
          en: 'A step below 0 was added as it is. Energy is not given back: the counter began again.',
          zh: '负的差值被直接相加了。能量不会退回：是计数器重新开始了。',
        },
      },
      {
        wrong: mended((step) => Math.max(0, step)),
        hint: {
          en: 'The step at which the counter began again was left out. It can be mended with `rangeUj`.',
          zh: '计数器重新开始的那一步被丢掉了。用 `rangeUj` 可以补上。',
        },
      },
      {
        wrong: mended(Math.abs),
        hint: {
          en: 'The size of the fall is what the counter did not count. The rest of the range is what it did.',
          zh: '下降的幅度是没有计的部分，量程中其余的部分才是已计的。',
        },
      },
      {
        wrong: (counts, rangeUj) => {
          const step = (counts.at(-1) ?? 0) - (counts[0] ?? 0);
          return wrapped(step, rangeUj) / 1e6;
        },
        hint: {
          en: 'First and last reading alone do not tell how often it began again.',
          zh: '只看首尾两个读数，看不出它重新开始了几次。',
        },
      },
    ],
  }),
} as const;
