import { co2eAt } from '../../../energy/carbon/footprint';
import { combined } from '../../../quantities/make';
import { fields, within } from '../../comparisons';
import { defineCheck } from '../../definition';
import type { Interval } from './intervals';

/** A window of time as it was measured, of the whole machine. */
export interface Window {
  readonly machineJ: number;
  readonly durationS: number;
  /** What the machine draws without the work. */
  readonly idleW: number;
  /** Seconds of processor of the work, and of everything that ran. */
  readonly ownCpuS: number;
  readonly allCpuS: number;
}
export interface Accounts {
  readonly idleJ: number;
  readonly aboveIdleJ: number;
  readonly ownJ: number;
}
type Account = (window: Window) => Accounts;

const accountsWith =
  (
    shareOf: (window: Window) => number = ({ ownCpuS, allCpuS }) =>
      allCpuS === 0 ? 0 : ownCpuS / allCpuS,
    ofWhole = false,
  ): Account =>
  (window) => {
    const idleJ = window.idleW * window.durationS;
    const aboveIdleJ = window.machineJ - idleJ;
    return { idleJ, aboveIdleJ, ownJ: shareOf(window) * (ofWhole ? window.machineJ : aboveIdleJ) };
  };
const accounts = accountsWith();

type Grams = (energyJ: Interval, gramsPerKWh: Interval, pue: number) => Interval;

const quantity = ({ value, low, high }: Interval): ReturnType<typeof combined> =>
  combined(
    value,
    { systematic: { below: value - low, above: high - value } },
    { method: 'literature' },
  );

const grams: Grams = (energyJ, gramsPerKWh, pue) => {
  const { value, low, high } = co2eAt(quantity(energyJ), quantity(gramsPerKWh), pue);
  return { value, low, high };
};

const times = (factor: (pue: number) => number): Grams =>
  ((energyJ, gramsPerKWh, pue) => {
    const { value, low, high } = grams(energyJ, gramsPerKWh, 1);
    return { value: value * factor(pue), low: low * factor(pue), high: high * factor(pue) };
  }) satisfies Grams;

const near = within({ relative: 1e-9, absolute: 1e-15 });
const sure = (value: number): Interval => ({ value, low: value, high: value });

/** Functions of the parts on whose joules they are, and on what they cost the climate. */
export const BOUNDARIES = {
  'energy-accounts': defineCheck({
    what: { en: 'the joules of a window, by account', zh: '一段时间内各部分的焦耳数' },
    reference: accounts,
    comparison: fields({ idleJ: near, aboveIdleJ: near, ownJ: near }),
    cases: [
      {
        args: [{ machineJ: 100, durationS: 4, idleW: 10, ownCpuS: 3, allCpuS: 3 }],
        hint: {
          en: 'Idle, the machine would have drawn 10 W for these 4 s. The rest is above idle, and nothing else ran.',
          zh: '空闲时机器在这 4 s 内也要消耗 10 W。其余是高于空闲的部分，而且没有别的程序在运行。',
        },
      },
      {
        args: [{ machineJ: 90, durationS: 3, idleW: 10, ownCpuS: 1.5, allCpuS: 6 }],
        hint: {
          en: 'The work had a quarter of the processor time that was used, so a quarter of what lies above idle is its own.',
          zh: '这项工作用了全部 CPU 时间的四分之一，所以高于空闲的部分有四分之一属于它。',
        },
      },
      {
        args: [{ machineJ: 19, durationS: 2, idleW: 10, ownCpuS: 0.1, allCpuS: 0.2 }],
        hint: {
          en: 'Both figures scatter, so the difference may fall below 0. Leave it there: where only one side is cut off, means come out too large.',
          zh: '两个数都有波动，差值可能小于 0。请保留负值：若只截去一侧，平均值就会偏大。',
        },
      },
      {
        args: [{ machineJ: 21, durationS: 2, idleW: 10, ownCpuS: 0, allCpuS: 0 }],
        hint: {
          en: 'Nothing ran: 0 / 0 is no share. The work has no joules.',
          zh: '没有程序运行：0 / 0 不是份额。这项工作没有消耗焦耳。',
        },
      },
    ],
    mistakes: [
      {
        wrong: accountsWith(undefined, true),
        hint: {
          en: 'The whole machine was shared out. What it draws idle is an account of its own here.',
          zh: '这里把整机能耗都分摊了。空闲能耗在这里是单独的一项。',
        },
      },
      {
        wrong: accountsWith(({ ownCpuS, durationS }) => ownCpuS / durationS),
        hint: {
          en: 'The share is of the processor time that all programs used, not of the seconds on the clock.',
          zh: '份额是相对于所有程序用掉的 CPU 时间，而不是时钟上的秒数。',
        },
      },
      {
        wrong: accountsWith(() => 1),
        hint: {
          en: 'All that lies above idle was given to the work. Other programs ran, too.',
          zh: '高于空闲的部分全部算给了这项工作。但还有别的程序在运行。',
        },
      },
      {
        wrong: accountsWith(({ ownCpuS, allCpuS }) => ownCpuS / allCpuS),
        hint: {
          en: 'Where nothing ran, this divides 0 by 0.',
          zh: '没有程序运行时，这里计算了 0 除以 0。',
        },
      },
      {
        wrong: (window) => {
          const { idleJ, aboveIdleJ, ownJ } = accounts(window);
          return { idleJ, aboveIdleJ: Math.max(0, aboveIdleJ), ownJ: Math.max(0, ownJ) };
        },
        hint: {
          en: 'A difference below 0 was cut off. One figure looks nicer so, but the mean of many comes out too large.',
          zh: '负的差值被截为 0。单个数看上去更好，但许多个数的平均值会偏大。',
        },
      },
    ],
  }),

  'energy-grams': defineCheck({
    what: { en: 'grams of CO2e, with their interval', zh: '二氧化碳当量的克数及其区间' },
    reference: grams,
    comparison: fields({ value: near, low: near, high: near }),
    cases: [
      {
        args: [sure(3_600_000), sure(400), 1],
        hint: {
          en: '3,600,000 J are one kilowatt-hour.',
          zh: '3 600 000 J 等于一千瓦时。',
        },
      },
      {
        args: [sure(7_200_000), sure(50), 1.5],
        hint: {
          en: 'PUE: for each joule of the computers the data center takes so many in all.',
          zh: 'PUE：计算机每用 1 焦耳，数据中心总共要用这么多焦耳。',
        },
      },
      {
        args: [{ value: 36_000, low: 9_000, high: 72_000 }, { value: 44, low: 31, high: 56 }, 1.2],
        hint: {
          en: 'Neither is known exactly. The least grams: both at their low ends; the most: both at their high ends.',
          zh: '两者都不精确。最少的克数对应两者的下限，最多的对应两者的上限。',
        },
      },
    ],
    mistakes: [
      {
        wrong: times((pue) => 1000 * pue),
        hint: {
          en: 'A thousand times too much: watt-hours were taken for kilowatt-hours.',
          zh: '大了一千倍：把瓦时当成了千瓦时。',
        },
      },
      {
        wrong: times((pue) => 3600 * pue),
        hint: {
          en: 'Joules were divided by 1000 only: that gives kilojoules. An hour has 3600 seconds.',
          zh: '焦耳只除以了 1000：得到的是千焦。一小时有 3600 秒。',
        },
      },
      {
        wrong: times((pue) => pue / 1000),
        hint: { en: 'These are kilograms.', zh: '这是千克，不是克。' },
      },
      { wrong: times(() => 1), hint: { en: 'The PUE is missing.', zh: '漏掉了 PUE。' } },
      {
        wrong: times((pue) => 1 / pue),
        hint: {
          en: 'Divided by the PUE, a worse data center would emit less.',
          zh: '除以 PUE 的话，越差的数据中心排放反而越少。',
        },
      },
      {
        wrong: (energyJ, gramsPerKWh, pue) => grams(energyJ, sure(gramsPerKWh.value), pue),
        hint: {
          en: 'The ends of the interval were made with the mid value of the grid. It has an interval, too.',
          zh: '区间的两端用了电网强度的中间值。它也有区间。',
        },
      },
      {
        wrong: (energyJ, gramsPerKWh, pue) => grams(sure(energyJ.value), gramsPerKWh, pue),
        hint: {
          en: 'The interval of the joules got lost.',
          zh: '焦耳的区间丢掉了。',
        },
      },
    ],
  }),
} as const;
