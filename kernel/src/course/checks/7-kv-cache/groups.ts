import { round } from '../../../formats/round';
import { roundHalfEven } from '../../../integer/affine';
import { exact, fields, inFormat, within } from '../../comparisons';
import { defineCheck } from '../../definition';

export interface Group {
  readonly codes: number[];
  readonly scale: number;
  readonly min: number;
}
type QuantizeGroup = (values: number[], bits: number) => Group;

const half = (x: number): number => round('fp16', x);
const same = (x: number): number => x;

interface Way {
  readonly steps?: (bits: number) => number;
  readonly stored?: (x: number) => number;
  readonly rounding?: (x: number) => number;
  readonly lowest?: (values: readonly number[]) => number;
  readonly none?: number;
  readonly clamp?: (code: number, top: number) => number;
}
const clamped = (code: number, top: number): number => Math.min(top, Math.max(0, code));

/** A group quantized in a way of its own: what isn't said is as asked for. */
const groupBy =
  (way: Way = {}): QuantizeGroup =>
  (values, bits) => {
    const { steps = (width) => 2 ** width - 1, stored = half, rounding = roundHalfEven } = way;
    const { lowest = (all) => Math.min(...all), none = 1, clamp = clamped } = way;
    const min = stored(lowest(values));
    const exactly = (Math.max(...values) - lowest(values)) / steps(bits);
    const scale = exactly === 0 ? none : stored(exactly);
    return {
      codes: values.map((x) => clamp(rounding((x - min) / scale), 2 ** bits - 1)),
      scale,
      min,
    };
  };
const quantizeGroup = groupBy();
const restored = (values: number[], bits: number): number[] => {
  const { codes, scale, min } = quantizeGroup(values, bits);
  return codes.map((q) => q * scale + min);
};

type Rows = number[][];
type Keys = (keys: Rows, bits: number, group: number) => Rows;
const transposed = (rows: Rows): Rows =>
  (rows[0] ?? []).map((_, c) => rows.map((row) => row[c] ?? NaN));
const inGroups = (values: number[], bits: number, group: number): number[] =>
  Array.from({ length: Math.ceil(values.length / group) }, (_, g) =>
    restored(values.slice(g * group, (g + 1) * group), bits),
  ).flat();
const perChannel: Keys = (keys, bits, group) =>
  transposed(transposed(keys).map((channel) => inGroups(channel, bits, group)));

const near = within({ relative: 1e-5, absolute: 1e-9 });

/** Functions of the part on caches in few bits. */
export const GROUPS = {
  'quantize-group': defineCheck({
    what: { en: 'codes, scale and minimum of a group', zh: '一组数的编码、缩放因子与最小值' },
    reference: quantizeGroup,
    comparison: fields({ min: inFormat('fp16'), scale: inFormat('fp16'), codes: exact }),
    cases: [
      {
        args: [[0, 0.5, 1, 1.5], 2],
        hint: {
          en: 'Four codes, three steps between them.',
          zh: '四个编码，其间有三步。',
        },
      },
      {
        args: [[-1, 2, 0.5, 6.5, -0.75, 0.25], 4],
        hint: {
          en: 'The smallest number gets code 0, the largest code 15. Some lie between two codes: to the even one.',
          zh: '最小的数编码为 0，最大的数编码为 15。有的数在两个编码正中间：取偶数。',
        },
      },
      {
        args: [[-0.7, 0.1, 0.33, 1.9], 4],
        hint: {
          en: 'Scale and minimum are stored in fp16. The codes must fit what is stored, so round these two first.',
          zh: '缩放因子与最小值以 fp16 保存。编码必须与保存下来的值相配，所以先舍入这两个数。',
        },
      },
      {
        args: [[0.25, 0.25, 0.25], 4],
        hint: {
          en: 'All numbers are the same, so there is no range to divide: scale 1, codes 0.',
          zh: '所有数都相同，没有范围可分：缩放因子取 1，编码取 0。',
        },
      },
      {
        args: [[1000.3, 1000.4, 1001.2], 4],
        hint: {
          en: 'In fp16 the minimum becomes 1000.5: some numbers lie below it now. There is no code below 0.',
          zh: '以 fp16 保存的最小值变成 1000.5：有的数现在比它小。没有小于 0 的编码。',
        },
      },
    ],
    mistakes: [
      {
        wrong: groupBy({ steps: (bits) => 2 ** bits }),
        hint: {
          en: 'Divided by the number of codes. There is one step fewer.',
          zh: '除以了编码的个数。步数要少一个。',
        },
      },
      {
        wrong: groupBy({ stored: same }),
        hint: {
          en: 'Scale and minimum are no fp16 numbers: round both.',
          zh: '缩放因子与最小值不是 fp16 的数：两个都要舍入。',
        },
      },
      {
        wrong: (values, bits) => {
          const { codes, scale, min } = groupBy({ stored: same })(values, bits);
          return { codes, scale: half(scale), min: half(min) };
        },
        hint: {
          en: 'The codes were computed before scale and minimum were rounded: they belong to numbers that are not stored.',
          zh: '编码是在舍入缩放因子与最小值之前算出的：它们对应的是没有保存下来的数。',
        },
      },
      {
        wrong: groupBy({ rounding: Math.floor }),
        hint: { en: 'Rounded down: the error doubles.', zh: '向下取整了：误差加倍。' },
      },
      {
        wrong: groupBy({ rounding: Math.round }),
        hint: {
          en: 'Ties went up: half to even.',
          zh: '正中间的数被向上取了：应取偶数。',
        },
      },
      {
        wrong: groupBy({ lowest: (values) => Math.min(0, ...values) }),
        hint: {
          en: 'The range was widened to hold 0. Keys need no exact zero: begin at the smallest number.',
          zh: '范围被扩大到包含 0。键不需要精确的零：从最小的数开始。',
        },
      },
      {
        wrong: groupBy({ lowest: () => 0 }),
        hint: {
          en: 'The range begins at 0 here. It begins at the smallest number of the group.',
          zh: '这里的范围从 0 开始。它应从组内最小的数开始。',
        },
      },
      {
        wrong: groupBy({ none: 0 }),
        hint: {
          en: 'Where all numbers are the same the scale is 0, and 0 / 0 is NaN.',
          zh: '所有数相同时缩放因子为 0，而 0 / 0 是 NaN。',
        },
      },
      {
        wrong: groupBy({ clamp: same }),
        hint: {
          en: 'A code came out that doesn’t exist: clamp.',
          zh: '出现了不存在的编码：请截断。',
        },
      },
    ],
  }),

  'keys-per-channel': defineCheck({
    what: {
      en: 'keys that went through codes, channel by channel',
      zh: '逐通道经过编码再还原的键',
    },
    reference: perChannel,
    comparison: near,
    cases: [
      {
        args: [
          [
            [0, 10],
            [0.5, 20],
            [1, 30],
            [1.5, 40],
          ],
          2,
          4,
        ],
        hint: {
          en: 'Column by column nothing is lost here: each has four evenly spaced numbers.',
          zh: '逐列处理时这里什么都不会丢失：每列是四个等距的数。',
        },
      },
      {
        args: [
          [
            [0.1, 9, -3],
            [0.4, 8, -3.5],
            [0.2, 9.5, -2.9],
            [0.35, 7.7, -3.3],
          ],
          2,
          2,
        ],
        hint: {
          en: 'Two tokens form a group, in each channel: four tokens are two groups.',
          zh: '每个通道中，两个 token 组成一组：四个 token 就是两组。',
        },
      },
      {
        args: [
          [
            [1, 5],
            [2, 6],
            [4, 8],
          ],
          2,
          2,
        ],
        hint: {
          en: 'Three tokens in groups of two: the last group has one token only.',
          zh: '三个 token、每组两个：最后一组只有一个 token。',
        },
      },
    ],
    mistakes: [
      {
        wrong: (keys, bits, group) => keys.map((key) => inGroups(key, bits, group)),
        hint: {
          en: 'The groups run along a key. A channel is a column: the same place in each key, over the tokens.',
          zh: '分组沿着键的方向。通道是列：每个键中的同一位置，沿着各 token 分组。',
        },
      },
      {
        wrong: (keys, bits) =>
          transposed(transposed(keys).map((channel) => restored(channel, bits))),
        hint: {
          en: 'All tokens of a channel were one group: there are `group` tokens in one.',
          zh: '一个通道的所有 token 成了一组：每组应有 `group` 个 token。',
        },
      },
      {
        wrong: (keys, bits, group) => transposed(perChannel(keys, bits, group)),
        hint: {
          en: 'The result lies on its side: give [tokens][width] back.',
          zh: '结果的行列颠倒了：应返回 [tokens][width]。',
        },
      },
      {
        wrong: (keys, bits, group) =>
          perChannel(keys, bits, group).slice(0, Math.floor(keys.length / group) * group),
        hint: {
          en: 'The last tokens are missing: a last group may be smaller.',
          zh: '少了最后几个 token：最后一组可以较小。',
        },
      },
    ],
  }),
} as const;
