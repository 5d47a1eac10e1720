// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: TypeScript (Halfnote)
//     language: typescript
//     name: halfnote
// ---

// %% [markdown] lang="en"
// # Assignment 2. Where numbers are lost
//
// A 16-bit number within the range of its format is wrong by 0.05 % at most in fp16, by 0.4 % in bf16, and networks bear that. What they don't bear is a sum that stands still, a softmax that is `NaN`, a variance below zero.
// In this assignment you find the four ways in which numbers are lost, and write sums, a softmax, a loss and a variance that lose none.
//
// **You will be able to**
//
// - tell *overflow*, *underflow*, *absorption* and *cancellation* apart, and predict from a format's limits where each begins;
// - sum thousands of 16-bit numbers without losing them, and say what it costs;
// - write softmax, cross-entropy and variance so that they survive fp16;
// - say why accumulators stay in fp32, and why autocast keeps sums, softmax and norms there.
//
// **You need** Assignment 1 (formats, rounding to nearest even), and 90 to 110 minutes. Everything runs on a laptop; nothing is timed.
//
// **How it works.** Each task is one function. Replace `throw new Error(...)` by your code, run the cell, then run the `check` below it: it shows what was expected, what you returned, the first difference
// in bits, and a hint. The check may be run as often as you like. When the notebook is graded, other inputs are tried as well, so don't write for the examples. Leave names and types as they are.
//
// | task | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | question |
// |---|---|---|---|---|---|---|---|---|---|
// | points | 2 | 2 | 3 | 3 | 3 | 4 | 4 | 4 | 5 |

// %% [markdown] lang="zh"
// # 作业 2：数在哪里丢失
//
// 在格式的范围之内，一个 16 位数的相对误差最多为 0.05 %（fp16）或 0.4 %（bf16），神经网络承受得住。承受不住的是：再也加不上去的和、变成 `NaN` 的 softmax、小于零的方差。本次作业将找出数字丢失的四种方式，并写出不丢数的求和、softmax、损失函数和方差。
//
// **学习目标**
//
// - 区分*上溢*（overflow）、*下溢*（underflow）、*大数吃小数*（absorption）和*相消*（cancellation），并能根据格式的范围预测它们从哪里开始；
// - 对成千上万个 16 位数求和而不丢数，并说明代价；
// - 写出在 fp16 下仍然可靠的 softmax、交叉熵（cross-entropy）和方差；
// - 说明累加器（accumulator）为什么保持 fp32，自动混合精度（autocast）为什么把求和、softmax 和归一化留在 fp32。
//
// **先修与用时**：作业 1（数字格式、居中取偶的舍入），90 至 110 分钟。普通笔记本电脑即可运行；不涉及计时。
//
// **做法**：每个任务是一个函数。用你的代码替换 `throw new Error(...)`，运行该单元格，再运行下面的 `check`：它会显示期望值、你的返回值、第一个不同的二进制位以及一条提示。`check` 可以反复运行。评分时还会用别的输入测试，所以不要只针对示例编写。请不要改动函数名和类型。
//
// | 任务 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 问题 |
// |---|---|---|---|---|---|---|---|---|---|
// | 分值 | 2 | 2 | 3 | 3 | 3 | 4 | 4 | 4 | 5 |

// %%
import * as tf from '@tensorflow/tfjs';
import { autocast, display, limits, round, storageFormat, svg } from 'halfnote';
import type { FormatId } from 'halfnote';
import { check, errorHistogram, language, mustPass } from 'halfnote/course';
language('en');

// %% [markdown] lang="en"
// The one tool that you need is `round(format, x)`: the number of the format that is nearest to `x`. An operation *in fp16* is the exact operation, then `round`. That is how IEEE 754 defines it.
// `limits(format)` has the format's edges. The next cell is a small chart, used further down; you needn't read it.

// %% [markdown] lang="zh"
// 只需要一个工具：`round(format, x)` 给出该格式中离 `x` 最近的数。*在 fp16 中*做一次运算，就是先精确运算，再 `round`，IEEE 754 正是这样定义的。`limits(format)` 给出格式的边界。下面的单元格是后文用到的小图表函数，不必细读。

// %%
type Line = { name: string; color: string; points: readonly (readonly [number, number])[] };

function chart(lines: readonly Line[], xLabel: string, yLabel: string, log = false) {
  const scaled = lines.map(line => ({
    ...line,
    points: line.points
      .map(([x, y]) => (log ? [Math.log2(x), Math.log2(y)] : [x, y]))
      .filter(point => point.every(Number.isFinite)),
  }));
  const all = scaled.flatMap(line => line.points);
  const range = (axis: 0 | 1) => [
    Math.min(...all.map(point => point[axis])),
    Math.max(...all.map(point => point[axis])),
  ];
  const [[left, right], [low, high]] = [range(0), range(1)];
  const px = (x: number) => 70 + ((x - left) / (right - left || 1)) * 470;
  const py = (y: number) => 250 - ((y - low) / (high - low || 1)) * 220;
  const said = (v: number) => (log ? `2^${Math.round(v)}` : String(Number(v.toPrecision(3))));
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(part => {
    const [x, y] = [left + part * (right - left), low + part * (high - low)].map(v =>
      log ? Math.round(v) : v,
    );
    return `<text x="${px(x)}" y="268" text-anchor="middle">${said(x)}</text><text x="64" y="${py(y) + 4}" text-anchor="end">${said(y)}</text>
      <path d="M${px(x)} 250v4M70 ${py(y)}h470" stroke="#ddd" fill="none"/>`;
  });
  const drawn = scaled.map(
    ({ name, color, points }, i) =>
      `<polyline points="${points.map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(' ')}" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${['', '7 3', '2 3', '9 3 2 3'][i % 4]}"/>
     <path d="M552 ${40 + 22 * i}h28" stroke="${color}" stroke-width="2" stroke-dasharray="${['', '7 3', '2 3', '9 3 2 3'][i % 4]}"/><text x="586" y="${44 + 22 * i}">${name}</text>`,
  );
  return svg(`<svg xmlns="http://www.w3.org/2000/svg" width="720" height="300" font-family="sans-serif" font-size="12" role="img" aria-label="${yLabel} / ${xLabel}">
    <rect width="100%" height="100%" fill="#fff"/>${ticks.join('')}${drawn.join('')}
    <text x="305" y="290" text-anchor="middle">${xLabel}</text><text x="70" y="18">${yLabel}</text></svg>`);
}

/** The same numbers for everyone: uniform in 0 to 1. */
function uniform(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

// %% [markdown] lang="en"
// ## 1. Four fates of a number
//
// fp16 ends at 65504, and its smallest number is 2⁻²⁴. Between them lies one more border: below 2⁻¹⁴ numbers are *subnormal*, and lose digits as they get smaller.
// Look at the statuses, and at the error of 4.1e-8 in fp16: a single significant bit is left.

// %% [markdown] lang="zh"
// ## 1. 一个数的四种命运
//
// fp16 的最大值是 65504，最小的正数是 2⁻²⁴。两者之间还有一条边界：小于 2⁻¹⁴ 的数是*次正规数*（subnormal），越小，有效位越少。请看各行的状态，以及 4.1e-8 在 fp16 中的误差：它只剩下一个有效位。

// %%
// %inspect 65519.9 --formats fp32,bf16,fp16,e4m3

// %%
// %inspect 4.1e-8 --formats fp32,bf16,fp16,e4m3

// %% [markdown] lang="en"
// **Task 1 (2 points).** `fate(format, x)` says what becomes of a finite number when it is stored:
//
// - `'zero'`: it was zero before;
// - `'underflow'`: it was not zero, and is zero afterwards;
// - `'overflow'`: it is no longer finite;
// - `'subnormal'`: what is stored is not zero and lies below the smallest normal number, `limits(format).minNormal`;
// - `'normal'`: else.
//
// What counts is the number *after* rounding. Negative numbers have the same fates.

// %% [markdown] lang="zh"
// **任务 1（2 分）。** `fate(format, x)` 返回一个有限数存入格式后的命运：
//
// - `'zero'`：原来就是零；
// - `'underflow'`：原来不是零，存入后成了零；
// - `'overflow'`：不再是有限数；
// - `'subnormal'`：存入的值非零，但小于最小正规数 `limits(format).minNormal`；
// - `'normal'`：其他情况。
//
// 以*舍入之后*的数为准。负数同理。

// %% solution="fate"
type Fate = 'zero' | 'underflow' | 'subnormal' | 'normal' | 'overflow';

function fate(format: FormatId, x: number): Fate {
  // BEGIN SOLUTION
  const stored = Math.abs(round(format, x));
  if (x === 0) return 'zero';
  if (stored === 0) return 'underflow';
  if (!Number.isFinite(stored)) return 'overflow';
  return stored < limits(format).minNormal ? 'subnormal' : 'normal';
  // END SOLUTION
}

// %%
check('fate', fate)

// %% tests="fate-tests" points=2
mustPass('fate', fate);
// BEGIN HIDDEN TESTS
mustPass('fate', fate, [
  ['fp16', -0.25],
  ['fp16', -3e-8],
  ['fp16', 65520],
  ['fp16', -65519.5],
  ['bf16', 1e-39],
  ['bf16', 3.4e38],
  ['e5m2', 61440],
  ['e5m2', 61439],
  ['e4m3', -0.0009765625],
  ['e4m3', -460],
  ['fp16', 6.1034e-5],
  ['e4m3', 0],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 2. Absorption: the sum that stands still
//
// Neither of the two addends is too large or too small, and still one of them is lost: where the sum's numbers lie further apart than twice the addend, adding it changes nothing.
//
// **Task 2 (2 points).** `sumIn(format, values)` adds from left to right as a processor would that has only this format: each value is stored in the format, and so is each partial sum. The sum of nothing is 0.

// %% [markdown] lang="zh"
// ## 2. 大数吃小数：停滞不前的和
//
// 两个加数都不太大，也不太小，其中一个却还是丢了：当和附近相邻两数的间距超过加数的两倍时，加上它什么也不会改变。
//
// **任务 2（2 分）。** `sumIn(format, values)` 从左到右累加，如同处理器只有这一种格式：每个值先存入该格式，每个部分和也存入该格式。空数组的和为 0。

// %% solution="sum-in"
function sumIn(format: FormatId, values: readonly number[]): number {
  // BEGIN SOLUTION
  return values.reduce((sum, value) => round(format, sum + round(format, value)), 0);
  // END SOLUTION
}

// %%
check('sum-in', sumIn)

// %% tests="sum-in-tests" points=2
mustPass('sum-in', sumIn);
// BEGIN HIDDEN TESTS
mustPass('sum-in', sumIn, [
  ['fp16', [0.1, 0.2, 0.3, 0.4]],
  ['bf16', Array<number>(700).fill(0.3)],
  ['e4m3', [200, 200, 100]],
  ['e5m2', [1, 0.3, 0.3, 0.3, -2]],
  ['fp16', [-40000, -40000, 80000]],
  ['fp32', [16777216, 1, 1]],
  ['bf16', []],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Now count to four thousand by ones. The chart has the true sum against what each format has.

// %% [markdown] lang="zh"
// 现在每次加 1，数到四千。图中是各格式得到的和与真实的和。

// %%
const counts = Array.from({ length: 46 }, (_, i) => Math.round(2 ** (1 + i / 4.1))).filter(
  n => n <= 4096,
);
const counted = (format: FormatId) =>
  counts.map(n => [n, sumIn(format, Array<number>(n).fill(1))] as const);
chart(
  [
    { name: 'fp32', color: '#666', points: counted('fp32') },
    { name: 'fp16', color: '#3267c8', points: counted('fp16') },
    { name: 'bf16', color: '#c85a32', points: counted('bf16') },
    { name: 'E4M3', color: '#2f8f4e', points: counted('e4m3') },
  ],
  'n',
  '1 + 1 + … + 1',
  true,
)

// %% [markdown] lang="en"
// Each narrow format stops at a number of its own, and no error is raised. (fp32 does so as well, at 2²⁴, far beyond this picture.)
//
// **Task 3 (3 points).** `stallsAt(format, addend)` predicts the number at which adding `addend` over and over, from 0 on, comes to a stop, *without* adding. `addend` is a power of two (0.25, 1, 8) that the format has as a normal number.
// Return `Infinity` where the sum overflows before it could stop.
//
// Use `limits(format)`: `epsilon` is the step from 1 to the next number, and steps double with each power of two. Where do they become so wide that a tie arises, and to which neighbor does a tie go?

// %% [markdown] lang="zh"
// 每种窄格式都停在自己的某个数上，而且没有任何报错。（fp32 也会停，停在 2²⁴，远在图外。）
//
// **任务 3（3 分）。** `stallsAt(format, addend)` 预测：从 0 开始反复加 `addend`，和会停在哪个数上，要求*不做*累加。`addend` 是 2 的整数次幂（如 0.25、1、8），且在该格式中是正规数。如果在停下之前就上溢，返回 `Infinity`。
//
// 请使用 `limits(format)`：`epsilon` 是 1 到下一个数的间距，每过一个 2 的幂，间距翻倍。间距增大到什么程度会出现“恰好一半”的情形？此时舍入到哪一边？

// %% solution="stalls-at"
function stallsAt(format: FormatId, addend: number): number {
  // BEGIN SOLUTION
  const { epsilon, max } = limits(format);
  const stop = (addend * 2) / epsilon;
  return stop > max ? Infinity : stop;
  // END SOLUTION
}

// %%
check('stalls-at', stallsAt)

// %% tests="stalls-at-tests" points=3
mustPass('stalls-at', stallsAt);
// BEGIN HIDDEN TESTS
mustPass('stalls-at', stallsAt, [
  ['e5m2', 1],
  ['fp16', 0.125],
  ['bf16', 64],
  ['e5m2', 8192],
  ['e5m2', 4096],
  ['e4m3', 16],
  ['e4m3', 64],
  ['fp32', 1],
  ['fp16', 1024],
]);
// END HIDDEN TESTS

// %%
(['e4m3', 'e5m2', 'bf16', 'fp16'] as const).map(format => ({
  format,
  stallsAt: stallsAt(format, 1),
  'sumIn (5000 × 1)': sumIn(format, Array<number>(5000).fill(1)),
}))

// %% [markdown] lang="en"
// ## 3. Two cures for sums
//
// The first needs no wider format: add numbers of *equal size*. Sum the first half, sum the second half, and add the two; do the same within each half. An error is then made log₂ n times on the way of each number, not n times.
//
// **Task 4 (3 points).** `pairwiseSum(format, values)`: the sum of one value is the value, stored in the format. The sum of more is the sum of the first ⌊n / 2⌋ values plus the sum of the rest, stored in the format. The sum of nothing is 0.

// %% [markdown] lang="zh"
// ## 3. 求和的两种办法
//
// 第一种不需要更宽的格式：让*大小相近*的数相加。先求前一半的和，再求后一半的和，然后相加；每一半内部也照此办理。这样每个数只经历 log₂ n 次舍入，而不是 n 次。
//
// **任务 4（3 分）。** `pairwiseSum(format, values)`（成对求和，pairwise summation）：一个值的和就是把它存入该格式；多个值的和是前 ⌊n / 2⌋ 个值的和加上其余值的和，再存入该格式。空数组的和为 0。

// %% solution="pairwise-sum"
function pairwiseSum(format: FormatId, values: readonly number[]): number {
  // BEGIN SOLUTION
  if (values.length <= 1) return round(format, values[0] ?? 0);
  const half = Math.floor(values.length / 2);
  return round(
    format,
    pairwiseSum(format, values.slice(0, half)) + pairwiseSum(format, values.slice(half)),
  );
  // END SOLUTION
}

// %%
check('pairwise-sum', pairwiseSum)

// %% tests="pairwise-sum-tests" points=3
mustPass('pairwise-sum', pairwiseSum);
// BEGIN HIDDEN TESTS
mustPass('pairwise-sum', pairwiseSum, [
  ['fp16', [0.1, 0.2, 0.3, 0.4, 0.5]],
  ['bf16', Array.from({ length: 100 }, (_, i) => Math.sqrt(i))],
  ['e4m3', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ['fp16', [0.1]],
  ['fp16', []],
  ['e5m2', [0.7, 9, 3, 0.2, 5, 11]],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// A hundred sums of 512 numbers each, in fp16, from left to right and then by halves. The histograms have the errors in *ulp*, the step between the numbers of fp16 where the true sum lies: within half an ulp is as good as the format can be. Mind the axes: they aren't alike.

// %% [markdown] lang="zh"
// 在 fp16 中做一百个求和，每个有 512 个数，先从左到右，再成对求和。直方图的横轴是误差，以 *ulp*（真实和附近 fp16 相邻两数的间距）为单位：半个 ulp 以内就是该格式所能达到的最好结果。注意两张图的横轴范围不同。

// %%
const samples = Array.from({ length: 100 }, (_, seed) =>
  uniform(512, seed + 1).map(x => round('fp16', x)),
);
const errorsUlp = (sum: (values: number[]) => number) =>
  samples.map(values => {
    const exact = values.reduce((total, x) => total + x, 0);
    return (sum(values) - exact) / (limits('fp16').epsilon * 2 ** Math.floor(Math.log2(exact)));
  });

// %%
const running = errorsUlp(values => sumIn('fp16', values));
const pairwise = errorsUlp(values => pairwiseSum('fp16', values));
const rms = (errors: number[]) =>
  Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
const largest = (errors: number[]) => Math.max(...errors.map(Math.abs));
display(errorHistogram(running, { unit: 'ulp' }));
display(errorHistogram(pairwise, { unit: 'ulp' }));
[
  {
    sum: 'sumIn',
    'RMS error, ulp': rms(running).toFixed(2),
    'max |error|, ulp': largest(running).toFixed(2),
  },
  {
    sum: 'pairwiseSum',
    'RMS error, ulp': rms(pairwise).toFixed(2),
    'max |error|, ulp': largest(pairwise).toFixed(2),
  },
]

// %% [markdown] lang="en"
// The second cure is the one in hardware. A tensor core, AMX and others multiply 16-bit numbers and add the products in **32 bits**: the inputs are narrow, the *accumulator* is wide.
//
// **Task 5 (3 points).** `dot(format, accumulator, a, b)` is the dot product of two lists of equal length. Inputs are stored in `format`. A product of two such numbers has twice the digits, and goes to the accumulator as it is, without rounding of its own.
// Each partial sum, from left to right, is stored in the format `accumulator`. The result is stored in `format`.

// %% [markdown] lang="zh"
// 第二种办法就是硬件的做法。张量核心（tensor core）、AMX 等把 16 位数相乘，而把乘积在 **32 位**中累加：输入窄，*累加器*宽。
//
// **任务 5（3 分）。** `dot(format, accumulator, a, b)` 计算两个等长数组的点积。输入先存入 `format`。两个这样的数之积有两倍的位数，它原样进入累加器，乘积本身不舍入。从左到右，每个部分和存入 `accumulator` 格式。最后结果存入 `format`。

// %% solution="dot"
function dot(
  format: FormatId,
  accumulator: FormatId,
  a: readonly number[],
  b: readonly number[],
): number {
  // BEGIN SOLUTION
  const sum = a.reduce(
    (total, x, i) => round(accumulator, total + round(format, x) * round(format, b[i])),
    0,
  );
  return round(format, sum);
  // END SOLUTION
}

// %%
check('dot', dot)

// %% tests="dot-tests" points=3
mustPass('dot', dot);
// BEGIN HIDDEN TESTS
mustPass('dot', dot, [
  ['fp16', 'fp32', [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]],
  ['bf16', 'bf16', Array<number>(400).fill(1), Array<number>(400).fill(1)],
  ['e4m3', 'fp16', [0.3, 7, 11, 0.02], [9, 5, 0.6, 0.02]],
  ['e4m3', 'fp32', Array<number>(50).fill(0.03), Array<number>(50).fill(0.03)],
  ['fp16', 'fp32', [1000, 1000], [100, -99]],
  ['fp16', 'fp32', [], []],
  ['e5m2', 'bf16', [1.1, 2.3, 3.7, 90], [5.1, 0.7, 0.2, 3]],
]);
// END HIDDEN TESTS

// %%
const relativeError = (format: FormatId, accumulator: FormatId, length: number) => {
  const [a, b] = [uniform(length, 3), uniform(length, 7)].map(xs => xs.map(x => round(format, x)));
  const exact = a.reduce((sum, x, i) => sum + x * b[i], 0);
  return Math.abs(dot(format, accumulator, a, b) / exact - 1);
};
[16, 256, 2048, 8192].map(length => ({
  length,
  'bf16 → bf16': relativeError('bf16', 'bf16', length).toExponential(1),
  'bf16 → fp32': relativeError('bf16', 'fp32', length).toExponential(1),
  'fp16 → fp16': relativeError('fp16', 'fp16', length).toExponential(1),
  'fp16 → fp32': relativeError('fp16', 'fp32', length).toExponential(1),
}))

// %% [markdown] lang="en"
// Each column is *inputs → accumulator*. With a narrow accumulator the error grows with the length; with a wide one only the one rounding of the result is left. This is why "fp16 products" on hardware are almost always fp16 inputs with fp32 sums.
//
// What each way costs: pairwise sums take as many additions as a running sum, and log₂ n partial sums are kept; a wide accumulator takes twice the bits where sums are kept, and no more additions.
//
// ## 4. Overflow: softmax
//
// `exp(12)` is beyond 65504. A softmax as it stands in textbooks, exp(xᵢ) / Σ exp(xⱼ), is therefore ∞ / ∞ = `NaN` in fp16 for quite usual logits. But softmax doesn't change when the same number is subtracted from all logits.
//
// **Task 6 (4 points).** `softmax(format, logits)`, such that no exponential overflows, whatever the logits are. Differences, exponentials and quotients are stored in `format`, each right after it was computed; the sum of the exponentials is a plain JavaScript number, our wide accumulator.
// The logits are numbers of the format already; some may be `-Infinity` (masked), never all.

// %% [markdown] lang="zh"
// 每一列是*输入 → 累加器*。累加器窄，误差随长度增长；累加器宽，就只剩结果的那一次舍入。所以硬件上的“fp16 乘法”几乎总是 fp16 输入、fp32 求和。
//
// 两种办法的代价：成对求和的加法次数与从左到右相同，但要同时保留 log₂ n 个部分和；宽累加器存放和的位数加倍，加法次数不变。
//
// ## 4. 上溢：softmax
//
// `exp(12)` 已经超过 65504。因此教科书上的 softmax，即 exp(xᵢ) / Σ exp(xⱼ)，在 fp16 中对很平常的 logits 就会得到 ∞ / ∞ = `NaN`。但所有 logits 减去同一个数，softmax 的值不变。
//
// **任务 6（4 分）。** 编写 `softmax(format, logits)`，使任何 logits 都不会让指数函数上溢。差、指数和商在算出后立即存入 `format`；指数之和用普通的 JavaScript 数，即我们的宽累加器。logits 已经是该格式中的数；其中可能有 `-Infinity`（被掩码），但不会全部都是。

// %% solution="softmax"
function softmax(format: FormatId, logits: readonly number[]): number[] {
  // BEGIN SOLUTION
  const largest = Math.max(...logits);
  const powers = logits.map(x => round(format, Math.exp(round(format, x - largest))));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map(power => round(format, power / sum));
  // END SOLUTION
}

// %%
check('softmax', softmax)

// %% tests="softmax-tests" points=4
mustPass('softmax', softmax);
// BEGIN HIDDEN TESTS
mustPass('softmax', softmax, [
  ['fp16', [100, 90, 95]],
  ['bf16', [-300, -299, -310]],
  ['fp16', [-Infinity, 5]],
  ['bf16', Array<number>(1000).fill(-2)],
  ['e5m2', [1, 2, 4]],
  ['fp16', [7]],
  ['fp32', [200, 199]],
]);
// END HIDDEN TESTS

// %%
function textbookSoftmax(format: FormatId, logits: readonly number[]): number[] {
  const exps = logits.map(x => round(format, Math.exp(x)));
  const total = exps.reduce((sum, e) => round(format, sum + e), 0);
  return exps.map(e => round(format, e / total));
}
[[1, 2, 3], [9, 10, 11], [10, 11, 12], [-20, -18, -19]].map(logits => ({
  logits: logits.join(', '),
  'textbook, fp16': textbookSoftmax('fp16', logits).map(p => p.toFixed(4)).join(', '),
  'softmax, fp16': softmax('fp16', logits).map(p => p.toFixed(4)).join(', '),
}))

// %% [markdown] lang="en"
// In the second row it is the *sum* that overflows: all probabilities are zero, and not even a `NaN` tells. The last row is the other end: there all exponentials *under*flow, and 0 / 0 is `NaN` as well.
//
// ## 5. Underflow: the loss
//
// The cross-entropy is −log p, with p the probability of the right class. A network that is sure and wrong has a p that underflows, and −log 0 is ∞: of all samples, the one from which there is most to learn gives no gradient.
//
// **Task 7 (4 points).** `crossEntropy(format, logits, label)` without the detour over p. With d as the logits minus the largest one and S = Σ exp(dⱼ), the loss is log S − d of the right class. Differences, exponentials, the logarithm and the loss are stored in `format`; S is a plain JavaScript number.
//
// Two mathematically equal orders differ here: adding the largest logit to log S first, and subtracting the logit after, *absorbs* a small log S. The check has a case for it.

// %% [markdown] lang="zh"
// 第二行是*和*上溢：结果全为零，连 `NaN` 都没有。最后一行是另一端：所有指数都*下*溢，0 / 0 同样是 `NaN`。
//
// ## 5. 下溢：损失函数
//
// 交叉熵是 −log p，p 是正确类别的概率。如果网络很自信却判断错误，p 会下溢，−log 0 就是 ∞：最值得学习的样本反而给不出梯度。
//
// **任务 7（4 分）。** 编写 `crossEntropy(format, logits, label)`，不要绕道 p。设 d 为 logits 减去其中最大者，S = Σ exp(dⱼ)，则损失为 log S 减去正确类别的 d。差、指数、对数和损失存入 `format`；S 用普通的 JavaScript 数。
//
// 数学上相等的两种次序在这里并不相同：先把最大的 logit 加到 log S 上、再减去正确类别的 logit，会*吃掉*很小的 log S。检查里有这样的例子。

// %% solution="cross-entropy"
function crossEntropy(format: FormatId, logits: readonly number[], label: number): number {
  // BEGIN SOLUTION
  const largest = Math.max(...logits);
  const shifted = logits.map(x => round(format, x - largest));
  const sum = shifted.reduce((total, d) => total + round(format, Math.exp(d)), 0);
  return round(format, round(format, Math.log(sum)) - shifted[label]);
  // END SOLUTION
}

// %%
check('cross-entropy', crossEntropy)

// %% tests="cross-entropy-tests" points=4
mustPass('cross-entropy', crossEntropy);
// BEGIN HIDDEN TESTS
mustPass('cross-entropy', crossEntropy, [
  ['fp16', [3, 1, 2], 1],
  ['bf16', [500, 100], 1],
  ['fp16', [2000, 1992], 0],
  ['fp16', Array<number>(4000).fill(-1), 5],
  ['fp16', [-50, -60, -55], 2],
  ['fp32', [90, 10], 1],
  ['bf16', [0, 0, 0], 2],
]);
// END HIDDEN TESTS

// %%
const gaps = Array.from({ length: 61 }, (_, i) => i / 2);
chart(
  [
    {
      name: '−log softmax',
      color: '#c85a32',
      points: gaps.map(
        gap => [gap, round('fp16', -Math.log(softmax('fp16', [gap, 0])[1]))] as const,
      ),
    },
    {
      name: 'crossEntropy',
      color: '#3267c8',
      points: gaps.map(gap => [gap, crossEntropy('fp16', [gap, 0], 1)] as const),
    },
  ],
  'logits: [x, 0], label: 1',
  'loss, fp16',
)

// %% [markdown] lang="en"
// The first line ends where p becomes zero. A little before it leaves the other one: there p is subnormal, and has lost its digits.
//
// ## 6. Cancellation: the variance
//
// Var(x) = E[x²] − E[x]² is right, goes over the data once, and is dangerous. Both terms are large, nearly equal, and each is rounded; in the difference the equal digits *cancel*, and what is left are the rounding errors.
// In fp16 x² is also the first to overflow.
//
// **Task 8 (4 points).** `variance(format, values)`: the mean of the squared deviations from the mean (divide by n). Deviations, squares and the result are stored in `format`; sums and the mean are plain JavaScript numbers. The values are numbers of the format already.

// %% [markdown] lang="zh"
// 第一条线在 p 变成零的地方中断。在那之前不远处它已经偏离另一条线：那里 p 是次正规数，有效位已经丢失。
//
// ## 6. 相消：方差
//
// Var(x) = E[x²] − E[x]² 在数学上正确，只需遍历数据一次，却很危险。两项都很大、几乎相等，而且各自都有舍入；相减时相同的高位*相消*，剩下的只是舍入误差。在 fp16 中，x² 还会最先上溢。
//
// **任务 8（4 分）。** `variance(format, values)` 返回与均值之差的平方的平均值（除以 n）。差、平方和结果存入 `format`；求和与均值用普通的 JavaScript 数。这些值已经是该格式中的数。

// %% solution="variance"
function variance(format: FormatId, values: readonly number[]): number {
  // BEGIN SOLUTION
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.map(x => round(format, round(format, x - mean) ** 2));
  return round(format, squares.reduce((sum, square) => sum + square, 0) / values.length);
  // END SOLUTION
}

// %%
check('variance', variance)

// %% tests="variance-tests" points=4
mustPass('variance', variance);
// BEGIN HIDDEN TESTS
mustPass('variance', variance, [
  ['fp16', [2, 4, 4, 4, 5, 5, 7, 9]],
  ['bf16', [1000, 1004, 996, 1008]],
  ['fp16', [-500, -501, -499]],
  ['e4m3', [1, 3, 9]],
  ['fp16', Array.from({ length: 5000 }, (_, i) => i % 2)],
  ['fp16', [0.00012, -0.00012]],
  ['fp32', [4096, 4097, 4098]],
]);
// END HIDDEN TESTS

// %%
function textbookVariance(format: FormatId, values: readonly number[]): number {
  const average = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const meanOfSquares = round(format, average(values.map(x => round(format, x * x))));
  return round(format, meanOfSquares - round(format, average(values) ** 2));
}
[0, 10, 65, 127, 213, 300].map(mean => {
  const values = uniform(256, 11).map(x => round('fp16', mean + x - 0.5));
  return {
    mean,
    'E[x²] − E[x]², fp16': textbookVariance('fp16', values),
    'variance, fp16': variance('fp16', values),
    'variance, fp32': Number(variance('fp32', values).toPrecision(5)),
  };
})

// %% [markdown] lang="en"
// A negative variance, then `NaN`: the square root in a normalization layer would spread it over the whole network. But the right order of operations doesn't cure everything, either. Deviations below 2⁻¹² have squares that fp16 doesn't have:

// %% [markdown] lang="zh"
// 先是负的方差，然后是 `NaN`：归一化层中的平方根会把它扩散到整个网络。不过，正确的运算次序也不能解决一切：差小于 2⁻¹² 时，它的平方在 fp16 中已不存在：

// %%
[1, 1e-2, 1e-3, 1e-4].map(spread => {
  const values = uniform(256, 5).map(x => round('fp16', spread * (x - 0.5)));
  return {
    spread,
    'variance, fp16': variance('fp16', values),
    'variance, bf16': variance('bf16', values),
    'variance, fp32': Number(variance('fp32', values).toPrecision(5)),
  };
})

// %% [markdown] lang="en"
// ## 7. What autocast does about it
//
// *Autocast* runs matrix products in 16 bits, and leaves what you have just met in fp32. The next cell asks it.

// %% [markdown] lang="zh"
// ## 7. autocast 怎么处理
//
// *autocast* 让矩阵乘法以 16 位运行，而把你刚才遇到的这些运算留在 fp32。下面的单元格来查看。

// %%
autocast('fp16', () =>
  tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R2>([32, 32], 0, 1, 'float32', 1);
    const product = tf.matMul(x, x);
    return [
      ['matMul', product],
      ['relu', product.relu()],
      ['sum', product.sum()],
      ['softmax', product.softmax()],
      ['exp', product.exp()],
      ['logSumExp', product.logSumExp()],
      ['variance', tf.moments(product).variance],
    ].map(([op, tensor]) => ({ op: String(op), format: storageFormat(tensor as tf.Tensor) }));
  }),
)

// %% [markdown] lang="en"
// **Question (5 points).** Answer in four to eight sentences.
//
// For each of `sum`, `softmax` and `variance`: which of the four losses (overflow, underflow, absorption, cancellation) did you see above, and in which cell? Which of them would be gone if the same code ran in *bf16*, and which would be worse? Which one isn't cured by fp32 either, and what cures it?

// %% [markdown] lang="zh"
// **问题（5 分）**：用四到八句话回答。
//
// 对于 `sum`、`softmax` 和 `variance`：你在上文哪个单元格看到了四种丢失（上溢、下溢、大数吃小数、相消）中的哪一种？如果同样的代码在 *bf16* 中运行，哪些会消失，哪些会更严重？哪一种连 fp32 也治不好，要靠什么来解决？

// %% [markdown] lang="en" answer="what-is-lost" points=5
// <!-- BEGIN SOLUTION -->
// - `sum`: absorption. In the chart of section 2 the sums of E4M3, BF16 and FP16 stand still; nothing overflows. In bf16 it is worse, at 256 instead of 2048, for it has fewer digits. Sums of very large numbers overflow as well.
// - `softmax`: overflow of the exponentials (logits 10, 11, 12: `NaN`) and underflow (logits −20, −18, −19: 0 / 0). Both are gone in bf16, which has the exponents of fp32; its probabilities are coarser. The sum of many exponentials absorbs in both.
// - `variance`: overflow of the squares (mean 300) and cancellation (means 65 to 213, where it is negative or zero), and underflow of the squared deviations at a spread of 0.0001. In bf16 overflow and underflow are gone, cancellation is worse.
// - Cancellation isn't cured by fp32 either: with a large mean the equal digits of E[x²] and E[x]² cancel there as well. Another order of operations cures it: subtract first, then square.
// <!-- END SOLUTION -->

// %% [markdown] lang="zh" answer="what-is-lost" points=5
// <!-- BEGIN SOLUTION -->
// - `sum`：大数吃小数。第 2 节的图中，E4M3、BF16 和 FP16 的和都停滞了，并没有上溢。bf16 更严重，停在 256 而不是 2048，因为有效位更少。很大的数求和还会上溢。
// - `softmax`：指数上溢（logits 为 10、11、12 时得到 `NaN`）和下溢（logits 为 −20、−18、−19 时得到 0 / 0）。在 bf16 中两者都消失，因为它的指数范围与 fp32 相同，但概率更粗糙。大量指数求和时，两种格式都会大数吃小数。
// - `variance`：平方上溢（均值 300）、相消（均值 65 至 213 时结果为负或零），以及离散程度为 0.0001 时差的平方下溢。在 bf16 中上溢和下溢消失，相消更严重。
// - 相消连 fp32 也治不好：均值很大时，E[x²] 与 E[x]² 相同的高位在 fp32 中同样会相消。解决办法是改变运算次序：先减后平方。
// <!-- END SOLUTION -->
