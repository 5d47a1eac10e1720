// ---
// jupyter:
//   halfnote:
//     files:
//     - ../../data/digits.csv.gz
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
// # Assignment 5. Linear quantization by hand
//
// A network of 32-bit floats can run on 8-bit integers: a quarter of the bytes, and products that a processor does many at a
// time. In between lies a little arithmetic, and you write all of it: from one number and its scale to a network that
// multiplies integers only.
//
// **You will be able to**
//
// * derive scale and zero point of a range, and quantize with them;
// * say which numbers should share a scale, and which cannot have one of their own;
// * choose a range from data, and weigh what is cut off against what is rounded;
// * multiply matrices in 8-bit integers with 32-bit sums, and bring the sums back to 8 bits without a float.
//
// **Time**: about 100 minutes. **Points**: 35, of which 27 are graded by tests and 8 by hand. **You need** assignment 1
// (rounding, half-even).
//
// **How it works**: eight functions are yours to write. Below each stands `check(...)`, which tells the first case that is
// wrong, what was expected, and a hint; run it as often as you like. The tests that give points call your functions with
// other arguments. Two questions are answered in words.

// %% [markdown] lang="zh"
// # 作业 5：手算线性量化
//
// 用 32 位浮点数训练的网络，可以用 8 位整数来运行：字节数只有四分之一，而且处理器一次能做许多个乘法。两者之间只隔着一点算术，本作业由你全部写出：从一个数和它的缩放因子，直到一个只做整数乘法的网络。
//
// **学习目标**
//
// * 由取值范围推导缩放因子（scale）与零点（zero point），并据此量化；
// * 说明哪些数应当共用一个缩放因子，哪些数不可能有自己的缩放因子；
// * 根据数据选择范围，在截断误差与舍入误差之间权衡；
// * 用 8 位整数、32 位累加做矩阵乘法，并且不用浮点数就把结果变回 8 位。
//
// **用时**：约 100 分钟。**分数**：35 分，其中 27 分自动评分，8 分人工评分。**先修**：作业 1（舍入，居中取偶）。
//
// **做法**：共有八个函数由你来写。每个函数下面都有 `check(...)`，它指出第一个不对的用例、期望的结果，并给出提示；可以反复运行。计分的测试会用另外的参数调用你的函数。另有两道文字题。

// %%
import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { deviceFacts, integerMatMul, quantize, quantizeTensor, roundHalfEven, svg } from 'halfnote';
import { check, errorHistogram, language, mustPass } from 'halfnote/course';
language('en');

// %% [markdown] lang="en"
// Two helpers for pictures: a map of numbers by color (dark is large), and curves. Run the cell; there is nothing to do in it.

// %% [markdown] lang="zh"
// 两个画图的辅助函数：用颜色表示数值的热图（颜色越深值越大），以及曲线图。运行即可，无需修改。

// %%
function picture(title: string, width: number, height: number, body: string) {
  const text = `<text x="8" y="16" font-weight="600">${title}</text>${body}`;
  return svg(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}" font-family="system-ui,sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>${text}</svg>`);
}

function heatmaps(title: string, maps: Record<string, number[][]>, cell = 12) {
  const all = Object.values(maps).flat(2);
  const most = Math.max(...all);
  const rows = Object.values(maps)[0].length;
  const wide = Object.values(maps)[0][0].length * cell + 40;
  const body = Object.entries(maps).map(([name, map], m) => {
    const cells = map.flatMap((row, r) => row.map((x, c) =>
      `<rect x="${10 + m * wide + c * cell}" y="${44 + r * cell}" width="${cell}" height="${cell}" fill="#08519c" fill-opacity="${(x / most).toFixed(3)}" stroke="#eee" stroke-width=".5"/>`));
    return `<text x="${10 + m * wide}" y="36">${name}</text>${cells.join('')}`;
  });
  return picture(`${title}: 0 (white) to ${most.toPrecision(3)}`, Math.max(420, wide * Object.keys(maps).length + 20), rows * cell + 60, body.join(''));
}

function curves(title: string, xs: readonly number[], lines: Record<string, readonly number[]>) {
  const colors = ['#0969da', '#bc4c00', '#1a7f37', '#8250df'];
  const logs = Object.values(lines).flat().filter(y => y > 0).map(Math.log10);
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const at = (i: number) => 60 + (i / (xs.length - 1)) * 380;
  const up = (y: number) => 240 - ((Math.max(Math.log10(y), low) - low) / (high - low)) * 190;
  const grid = Array.from({ length: high - low + 1 }, (_, i) =>
    `<line x1="60" x2="440" y1="${up(10 ** (low + i))}" y2="${up(10 ** (low + i))}" stroke="#ddd"/><text x="54" y="${up(10 ** (low + i)) + 4}" text-anchor="end">1e${low + i}</text>`);
  const ticks = xs.map((x, i) => i % Math.ceil(xs.length / 10) ? '' : `<text x="${at(i)}" y="256" text-anchor="middle">${x.toPrecision(2)}</text>`);
  const drawn = Object.entries(lines).map(([name, ys], n) =>
    `<polyline fill="none" stroke="${colors[n]}" stroke-width="2" points="${ys.map((y, i) => `${at(i)},${up(y)}`).join(' ')}"/><text x="450" y="${50 + 18 * n}" fill="${colors[n]}">${name}</text>`);
  return picture(title, 620, 270, [...grid, ...ticks, ...drawn].join(''));
}

// %% [markdown] lang="en"
// ## 1. A scale
//
// An integer format has codes, and a *scale* says what one step of the code is worth. Signed codes of $b$ bits are used
// *symmetrically*: from $-(2^{b-1}-1)$ to $2^{b-1}-1$, so from −127 to 127 with 8 bits. The lowest code, −128, is left out,
// so that every number has its negative. The number that is farthest from zero gets the last code:
//
// $$s = \frac{\max_i |x_i|}{2^{b-1}-1},\qquad q = \mathrm{clamp}\!\left(\mathrm{round}\!\left(\frac{x}{s}\right)\right),\qquad \hat x = q\,s$$
//
// Without a scale there is little left of small numbers, as the inspector shows:

// %% [markdown] lang="zh"
// ## 1. 缩放因子
//
// 整数格式有若干编码（code），*缩放因子*（scale）说明编码的一步代表多大的数。$b$ 位有符号编码按*对称*方式使用：从 $-(2^{b-1}-1)$ 到 $2^{b-1}-1$，8 位时即 −127 到 127。最小的编码 −128 不使用，这样每个数都有相反数。离零最远的数取端点编码：
//
// $$s = \frac{\max_i |x_i|}{2^{b-1}-1},\qquad q = \mathrm{clamp}\!\left(\mathrm{round}\!\left(\frac{x}{s}\right)\right),\qquad \hat x = q\,s$$
//
// 没有缩放因子时，小的数几乎什么都不剩，检视器显示如下：

// %%
// %inspect 0.3 --formats fp32,int8,int4

// %% [markdown] lang="en"
// ### Task 1: the scale (2 points)
//
// `symmetricScale(values, bits)` gives $s$. If all values are zero nothing decides it: give 1.

// %% [markdown] lang="zh"
// ### 任务 1：缩放因子（2 分）
//
// `symmetricScale(values, bits)` 返回 $s$。若全部为零则无从决定：返回 1。

// %% solution="symmetric-scale"
function symmetricScale(values: ArrayLike<number>, bits: number): number {
  // BEGIN SOLUTION
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most === 0 ? 1 : most / (2 ** (bits - 1) - 1);
  // END SOLUTION
}

// %%
check('symmetric-scale', symmetricScale)

// %% tests="symmetric-scale-tests" points=2
mustPass('symmetric-scale', symmetricScale);
// BEGIN HIDDEN TESTS
mustPass('symmetric-scale', symmetricScale, [[[-7, 3, 1], 8], [[0.001, -0.002], 4], [[5], 2], [[0], 4]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ### Task 2: the codes (3 points)
//
// `quantizeSymmetric(values, scale, bits)` gives the codes $q$ as an array. Round half to even (`roundHalfEven` of
// `halfnote` does; `Math.round` does not), and give numbers beyond the range the last code of their side.

// %% [markdown] lang="zh"
// ### 任务 2：编码（3 分）
//
// `quantizeSymmetric(values, scale, bits)` 返回编码 $q$ 的数组。舍入用“舍入到最近，居中取偶”（`halfnote` 的 `roundHalfEven` 即是；`Math.round` 不是）；超出范围的数取该侧的端点编码，即截断（clamp）。

// %% solution="quantize-symmetric"
function quantizeSymmetric(values: ArrayLike<number>, scale: number, bits: number): number[] {
  // BEGIN SOLUTION
  const limit = 2 ** (bits - 1) - 1;
  return Array.from(values, x => Math.min(limit, Math.max(-limit, roundHalfEven(x / scale))));
  // END SOLUTION
}

// %%
check('quantize-symmetric', quantizeSymmetric)

// %% tests="quantize-symmetric-tests" points=3
mustPass('quantize-symmetric', quantizeSymmetric);
// BEGIN HIDDEN TESTS
mustPass('quantize-symmetric', quantizeSymmetric, [
  [[0.75, 1.25, -1.75, 100, -100], 0.5, 8],
  [[3.5, 4.5, -3.5, -4.5, 20], 1, 4],
  [[-4, 0.3, 0.5], 1, 3],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The library keeps the working of a quantization. Compare with what your two functions give for the same numbers: `error`
// is $\hat x - x$, and never more than half a step.

// %% [markdown] lang="zh"
// 库函数会保留量化的演算过程。请与你的两个函数对同样的数给出的结果比较：`error` 是 $\hat x - x$，绝不超过半步。

// %%
const example = [-0.5, 0.3, 1.2, -2.1];
quantizeTensor(example, { kind: 'affine', bits: 8, symmetric: true })

// %% [markdown] lang="en"
// Ten thousand numbers from a normal distribution, in codes that reach from −3 to 3, and the error of each in steps; errors of two
// steps or more are left out of the picture. What shape do the errors have, where do they end, and why do a few lie beyond?

// %% [markdown] lang="zh"
// 一万个正态分布的数，编码覆盖 −3 到 3，以及每个数以步长为单位的误差；两步及以上的误差不画出。误差是什么形状的分布？到哪里为止？为什么有少数超出？

// %%
const many = tf.randomNormal([10000], 0, 1, 'float32', 11).dataSync<'float32'>();
const step = 3 / 127;
errorHistogram(quantizeSymmetric(many, step, 8).map((q, i) => q - many[i] / step).filter(error => Math.abs(error) < 2), { unit: 'steps' })

// %% [markdown] lang="en"
// ## 2. A zero point
//
// What comes out of a ReLU is never negative: a symmetric quantization would waste half of its codes. An *asymmetric* one
// uses unsigned codes $0$ to $2^b-1$ for any range $[\min, \max]$, and shifts them by a *zero point* $z$, the code of zero:
//
// $$s = \frac{\max-\min}{2^b-1},\qquad z = \mathrm{round}\!\left(\frac{-\min}{s}\right),\qquad q = \mathrm{clamp}\!\left(\mathrm{round}\!\left(\frac{x}{s}\right) + z\right),\qquad \hat x = (q - z)\,s$$
//
// Zero must be exact, so $z$ is an integer, and the range must contain zero: if it doesn't, it is widened until it does.
//
// ### Task 3: scale and zero point (3 points)
//
// `affineParams(min, max, bits)` gives `{ scale, zeroPoint }`. Widen the range to hold 0; round the zero point half to even;
// for a range of zeros only give scale 1 and zero point 0.

// %% [markdown] lang="zh"
// ## 2. 零点
//
// ReLU 的输出从不为负：对称量化会浪费一半编码。*非对称*量化用无符号编码 $0$ 到 $2^b-1$ 表示任意范围 $[\min, \max]$，并用*零点*（zero point）$z$ 平移，$z$ 就是零的编码：
//
// $$s = \frac{\max-\min}{2^b-1},\qquad z = \mathrm{round}\!\left(\frac{-\min}{s}\right),\qquad q = \mathrm{clamp}\!\left(\mathrm{round}\!\left(\frac{x}{s}\right) + z\right),\qquad \hat x = (q - z)\,s$$
//
// 零必须能精确表示，因此 $z$ 是整数，并且范围必须包含零：若不包含，就扩大到包含为止。
//
// ### 任务 3：缩放因子与零点（3 分）
//
// `affineParams(min, max, bits)` 返回 `{ scale, zeroPoint }`。先把范围扩大到包含 0；零点舍入到最近，居中取偶；若范围只有零，缩放因子取 1，零点取 0。

// %% solution="affine-params"
function affineParams(min: number, max: number, bits: number): { scale: number; zeroPoint: number } {
  // BEGIN SOLUTION
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  if (low === high) return { scale: 1, zeroPoint: 0 };
  const scale = (high - low) / (2 ** bits - 1);
  return { scale, zeroPoint: roundHalfEven(-low / scale) };
  // END SOLUTION
}

// %%
check('affine-params', affineParams)

// %% tests="affine-params-tests" points=3
mustPass('affine-params', affineParams);
// BEGIN HIDDEN TESTS
mustPass('affine-params', affineParams, [[-2, 6, 8], [0.1, 0.9, 8], [-0.75, 3, 4], [-5, -4, 4], [0, 0, 4]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The same six numbers after a ReLU, in 4 bits with both schemes. How many codes does each use, and how large are the errors?

// %% [markdown] lang="zh"
// 下面是 ReLU 之后的六个数，分别用两种方式量化到 4 位。各用到了多少个编码？误差有多大？

// %%
const relu = [0, 0.2, 0.55, 0.9, 1.4, 2.1];
quantizeTensor(relu, { kind: 'affine', bits: 4, symmetric: true })

// %%
quantizeTensor(relu, { kind: 'affine', bits: 4, symmetric: false })

// %% [markdown] lang="en"
// ## 3. Who shares a scale
//
// The scale follows the largest of all numbers that share it. Here is a matrix of weights, 16 inputs by 8 output channels,
// whose channels differ in size, as those of trained networks do. A matrix [depth, channels] lies in memory row by row:
// weight (d, c) stands at `d * channels + c`.
//
// ### Task 4: a scale per channel (3 points)
//
// `channelScales(weights, depth, channels, bits)` gives an array with the symmetric scale of each *output channel*, that is
// of each column. A column of zeros gets 1.

// %% [markdown] lang="zh"
// ## 3. 谁共用一个缩放因子
//
// 缩放因子由共用它的所有数中最大的那个决定。下面是一个权重矩阵，16 个输入、8 个输出通道，各通道的大小不同，训练好的网络也是如此。矩阵 [depth, channels] 在内存中按行存放：权重 (d, c) 位于 `d * channels + c`。
//
// ### 任务 4：逐通道缩放因子（3 分）
//
// `channelScales(weights, depth, channels, bits)` 返回数组，给出每个*输出通道*（即每一列）的对称缩放因子，称为逐通道（per channel）量化。全零的列取 1。

// %% solution="channel-scales"
function channelScales(weights: ArrayLike<number>, depth: number, channels: number, bits: number): number[] {
  // BEGIN SOLUTION
  return Array.from({ length: channels }, (_, c) =>
    symmetricScale(Array.from({ length: depth }, (_, d) => weights[d * channels + c]), bits));
  // END SOLUTION
}

// %%
check('channel-scales', channelScales)

// %% tests="channel-scales-tests" points=3
mustPass('channel-scales', channelScales);
// BEGIN HIDDEN TESTS
mustPass('channel-scales', channelScales, [
  [[1, 2, 3, 40, -50, 60], 2, 3, 8],
  [[0, -1, 0, 0.5, 0, 0.25], 3, 2, 4],
  [[-9, 8, 7], 1, 3, 4],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Below, your functions round the matrix to 4 bits with one scale for all (*per tensor*), and with one per channel. The maps
// show the size of each error, relative to the largest weight of its channel.

// %% [markdown] lang="zh"
// 下面用你的函数把该矩阵舍入到 4 位：一种是全部共用一个缩放因子（逐张量，per tensor），一种是逐通道。热图显示每个误差的大小（相对于所在通道的最大权重）。

// %%
const [DEPTH, CHANNELS] = [16, 8];
const sizes = Array.from({ length: CHANNELS }, (_, c) => 2 ** -c);
const weights = tf.randomNormal([DEPTH, CHANNELS], 0, 1, 'float32', 7).mul(tf.tensor1d(sizes)).dataSync<'float32'>();

function relativeErrors(scales: number[]): number[][] {
  const most = channelScales(weights, DEPTH, CHANNELS, 8).map(s => 127 * s);
  return Array.from({ length: DEPTH }, (_, d) => Array.from({ length: CHANNELS }, (_, c) => {
    const x = weights[d * CHANNELS + c];
    return Math.abs(quantizeSymmetric([x], scales[c], 4)[0] * scales[c] - x) / most[c];
  }));
}
const perTensor = relativeErrors(Array(CHANNELS).fill(symmetricScale(weights, 4)));
const perChannel = relativeErrors(channelScales(weights, DEPTH, CHANNELS, 4));
heatmaps('Errors; channels to the right', { 'one scale': perTensor, 'a scale per channel': perChannel })

// %%
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
sizes.map((size, c) => ({
  channel: c,
  'size': size,
  'mean error, one scale': mean(perTensor.map(row => row[c])).toPrecision(2),
  'mean error, per channel': mean(perChannel.map(row => row[c])).toPrecision(2),
  'weights that became 0': weights.filter((x, i) => i % CHANNELS === c && quantizeSymmetric([x], symmetricScale(weights, 4), 4)[0] === 0).length,
}))

// %% [markdown] lang="en"
// ### Question A (4 points)
//
// 1. Which channels suffer from one scale, which don't, and why? Use numbers of the table.
// 2. The product is $y_c = \sum_d x_d\, w_{dc}$. Why may each *output* channel $c$ of the weights have a scale of its own in
//    an integer product, but not each *input* $d$?

// %% [markdown] lang="zh"
// ### 问题 A（4 分）
//
// 1. 共用一个缩放因子时哪些通道受损，哪些没有？为什么？请引用表中的数。
// 2. 乘积为 $y_c = \sum_d x_d\, w_{dc}$。在整数乘法中，为什么权重的每个*输出*通道 $c$ 可以有自己的缩放因子，而每个*输入* $d$ 不可以？

// %% [markdown] answer="question-a" points=4 lang="en"
// <!-- BEGIN SOLUTION -->
//
// 1. The small channels suffer: their weights are below half a step of the common scale, so most become 0, and the mean
//    error nears the mean size of the weights themselves. Channel 0, whose weights set the scale, gains nothing from a scale
//    of its own.
// 2. In $\sum_d s_x(q_{x,d}-z)\,s_{w,c}\,q_{w,dc}$ the factors $s_x s_{w,c}$ don't depend on $d$, so they can be taken out
//    of the sum, and the sum is one of integers. A factor that depends on $d$ stays inside: each product would have to be
//    scaled in float before it is added.
//
// <!-- END SOLUTION -->

// %% [markdown] answer="question-a" points=4 lang="zh"
// <!-- BEGIN SOLUTION -->
//
// 1. 小的通道受损：它们的权重小于公共步长的一半，大多变成 0，平均误差接近权重本身的平均大小。通道 0 的权重决定了公共缩放因子，单独的缩放因子对它没有好处。
// 2. 在 $\sum_d s_x(q_{x,d}-z)\,s_{w,c}\,q_{w,dc}$ 中，因子 $s_x s_{w,c}$ 与 $d$ 无关，可以提到求和号外，于是剩下整数的和。若因子依赖 $d$，就只能留在和里：每个乘积在相加之前都要先用浮点数缩放。
//
// <!-- END SOLUTION -->

// %% [markdown] lang="en"
// ## 4. Calibration: what to cut off
//
// Weights are known, but the values that flow through a network depend on its input. Their range is *calibrated*: some
// examples run through, and one looks. The largest value seen is a bad guide where a few are far out: these few decide the
// step of all others. Cut them off, and they lose much while the others gain.
//
// ### Task 5: the best threshold (4 points)
//
// `clipThreshold(values, bits, candidates)` gives the candidate $t$ with the least mean squared error of a symmetric
// quantization with $s = t / (2^{b-1}-1)$, the first of several. What lies beyond $\pm t$ is cut off by the clamp, and this
// error counts, too.

// %% [markdown] lang="zh"
// ## 4. 校准：截断多少
//
// 权重是已知的，但流过网络的激活值取决于输入。它们的范围要靠*校准*（calibration）：让一些样例通过网络并观察。若少数值离得很远，见到的最大值就不是好的依据：这几个值决定了所有其他值的步长。把它们截断（clipping），它们损失很大，但其余的值都受益。
//
// ### 任务 5：最佳阈值（4 分）
//
// `clipThreshold(values, bits, candidates)` 返回使对称量化的均方误差（MSE）最小的候选阈值 $t$，其中 $s = t / (2^{b-1}-1)$；若有多个则取第一个。超出 $\pm t$ 的数会被截断，这一误差同样计入。

// %% solution="clip-threshold"
function clipThreshold(values: ArrayLike<number>, bits: number, candidates: readonly number[]): number {
  // BEGIN SOLUTION
  const limit = 2 ** (bits - 1) - 1;
  const errors = candidates.map(t => {
    const codes = quantizeSymmetric(values, t / limit, bits);
    return codes.reduce((sum, q, i) => sum + (q * t / limit - values[i]) ** 2, 0);
  });
  return candidates[errors.indexOf(Math.min(...errors))];
  // END SOLUTION
}

// %%
check('clip-threshold', clipThreshold)

// %% tests="clip-threshold-tests" points=4
mustPass('clip-threshold', clipThreshold);
// BEGIN HIDDEN TESTS
const hiddenValues = Array.from({ length: 80 }, (_, i) => Math.sin(i) * (i % 16 === 0 ? 6 : 0.8));
mustPass('clip-threshold', clipThreshold, [
  [hiddenValues, 3, [6, 4, 2, 1, 0.5]],
  [hiddenValues, 4, [0.5, 1, 2, 3, 4, 5, 6]],
  [hiddenValues, 8, [6, 1]],
  [[0.2, -0.7, 3], 2, [0.7, 3, 1.5]],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Ten thousand activations with long tails. Left of the best threshold cutting off dominates, right of it rounding: the
// picture draws both parts and their sum for 4 bits, and the sum for 8.

// %% [markdown] lang="zh"
// 一万个长尾分布的激活值。最佳阈值左侧以截断误差为主，右侧以舍入误差为主：图中画出 4 位时的两部分及其总和，以及 8 位时的总和。

// %%
const tails = tf.tidy(() => {
  const normal = tf.randomNormal([10000], 0, 1, 'float32', 3);
  const stretch = tf.randomUniform([10000], 0, 1, 'float32', 4).pow(-0.3);
  return normal.mul(stretch).dataSync<'float32'>();
});
const farthest = symmetricScale(tails, 8) * 127;
const thresholds = Array.from({ length: 40 }, (_, i) => farthest * ((i + 1) / 40));

function squaredError(threshold: number, bits: number, counts: (x: number) => boolean) {
  const scale = threshold / (2 ** (bits - 1) - 1);
  const codes = quantizeSymmetric(tails, scale, bits);
  return codes.reduce((sum, q, i) => counts(tails[i]) ? sum + (q * scale - tails[i]) ** 2 : sum, 0) / tails.length;
}
curves('Mean squared error by threshold', thresholds, {
  'cut off, 4 bits': thresholds.map(t => squaredError(t, 4, x => Math.abs(x) > t)),
  'rounded, 4 bits': thresholds.map(t => squaredError(t, 4, x => Math.abs(x) <= t)),
  'both, 4 bits': thresholds.map(t => squaredError(t, 4, () => true)),
  'both, 8 bits': thresholds.map(t => squaredError(t, 8, () => true)),
})

// %%
[2, 3, 4, 6, 8].map(bits => {
  const best = clipThreshold(tails, bits, thresholds);
  const cut = tails.filter(x => Math.abs(x) > best).length;
  const [mse, minMax] = [best, farthest].map(t => squaredError(t, bits, () => true));
  return { bits, 'best threshold': best.toFixed(2), 'cut off': `${cut} of ${tails.length}`, 'MSE there': mse.toExponential(1), 'MSE of min-max': minMax.toExponential(1) };
})

// %% [markdown] lang="en"
// ## 5. A product in integers
//
// Put $\hat x = s_x (q_x - z)$ and $\hat w = s_w q_w$ into a sum of products, and the scales come out of it:
//
// $$\sum_d \hat x_d\, \hat w_{dc} = s_x\, s_{w,c} \underbrace{\sum_d (q_{x,d} - z)\, q_{w,dc}}_{\text{integers}}$$
//
// Two 8-bit numbers have a product of 16 bits, and a sum of many needs more: it is kept in 32.
//
// ### Task 6: 32-bit sums (4 points)
//
// `productInt32(x, zeroPoint, w, [m, k, n])` gives the sums of `x` [m, k], unsigned codes with a zero point, by `w` [k, n],
// signed codes without one: an `Int32Array` [m, n], row by row.

// %% [markdown] lang="zh"
// ## 5. 整数乘法
//
// 把 $\hat x = s_x (q_x - z)$ 与 $\hat w = s_w q_w$ 代入乘积之和，缩放因子就可以提出来：
//
// $$\sum_d \hat x_d\, \hat w_{dc} = s_x\, s_{w,c} \underbrace{\sum_d (q_{x,d} - z)\, q_{w,dc}}_{\text{整数}}$$
//
// 两个 8 位数的乘积有 16 位，许多乘积之和需要更多位：用 32 位累加。
//
// ### 任务 6：32 位累加（4 分）
//
// `productInt32(x, zeroPoint, w, [m, k, n])` 计算 `x` [m, k]（无符号编码，带零点）乘以 `w` [k, n]（有符号编码，无零点）的和：返回 `Int32Array` [m, n]，按行存放。

// %% solution="product-int32"
function productInt32(x: ArrayLike<number>, zeroPoint: number, w: ArrayLike<number>, [m, k, n]: readonly number[]): Int32Array {
  // BEGIN SOLUTION
  const sums = new Int32Array(m * n);
  for (let row = 0; row < m; row++) {
    for (let d = 0; d < k; d++) {
      const value = x[row * k + d] - zeroPoint;
      for (let c = 0; c < n; c++) sums[row * n + c] += value * w[d * n + c];
    }
  }
  return sums;
  // END SOLUTION
}

// %%
check('product-int32', productInt32)

// %% tests="product-int32-tests" points=4
mustPass('product-int32', productInt32);
// BEGIN HIDDEN TESTS
mustPass('product-int32', productInt32, [
  [[9, 8, 7, 6, 5, 4], 5, [1, 2, 3, -4, -5, -6], [3, 2, 3]],
  [[0, 255, 0, 255], 255, [127, -127], [2, 2, 1]],
  [Array(500).fill(200), 1, Array(500).fill(-127), [1, 500, 1]],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The library's `integerMatMul` does the same with an instruction for integers where this machine has one. Both must agree
// to the last bit, as integers don't round.

// %% [markdown] lang="zh"
// 库函数 `integerMatMul` 做同样的事，若本机有整数指令就直接使用。整数运算没有舍入，所以两者必须逐位相同。

// %%
const [M, K, N] = [32, 64, 16];
const randomCodes = (count: number, low: number, high: number, seed: number) =>
  tf.randomUniform([count], low, high + 1, 'int32', seed).dataSync<'int32'>();
const xCodes = Uint8Array.from(randomCodes(M * K, 0, 255, 1));
const wCodes = Int8Array.from(randomCodes(K * N, -127, 127, 2));

const native = await integerMatMul(
  { codes: xCodes, format: 'uint8', shape: [M, K], zeroPoint: 128 },
  { codes: Uint8Array.from(wCodes), format: 'int8', shape: [K, N] },
);
const mine = productInt32(xCodes, 128, wCodes, [M, K, N]);
console.log(`${native.execution}: ${native.kernel}`);
console.log(`${mine.filter((sum, i) => sum !== native.sums[i]).length} of ${mine.length} sums differ`);
console.log(`int8 on this machine: ${deviceFacts().formats.int8.reason}`);

// %% [markdown] lang="en"
// ## 6. Back to 8 bits
//
// The next layer wants 8-bit codes again, with its own scale $s_y$ and zero point $z_y$. A sum stands for $\text{sum}\cdot s_x s_{w,c}$, a code for $(q - z_y)\,s_y$, so
//
// $$q = \mathrm{clamp}\!\left(\mathrm{round}(\text{sum}\cdot f_c) + z_y\right),\qquad f_c = \frac{s_x\,s_{w,c}}{s_y}$$
//
// with one factor per channel, known beforehand. This is *requantization*.
//
// ### Task 7: requantize (4 points)
//
// `requantize(sums, factors, zeroPoint)` gives the codes as a `Uint8Array`. `sums` is [m, n] row by row, `factors` has the n
// factors of the columns. Round the product half to even, *then* add the zero point, then clamp to 0...255: a `Uint8Array`
// does not clamp by itself.

// %% [markdown] lang="zh"
// ## 6. 变回 8 位
//
// 下一层又需要 8 位编码，有它自己的缩放因子 $s_y$ 与零点 $z_y$。一个和代表 $\text{sum}\cdot s_x s_{w,c}$，一个编码代表 $(q - z_y)\,s_y$，因此
//
// $$q = \mathrm{clamp}\!\left(\mathrm{round}(\text{sum}\cdot f_c) + z_y\right),\qquad f_c = \frac{s_x\,s_{w,c}}{s_y}$$
//
// 每个通道只有一个因子，可以事先算好。这就是*重新量化*（requantization）。
//
// ### 任务 7：重新量化（4 分）
//
// `requantize(sums, factors, zeroPoint)` 返回编码的 `Uint8Array`。`sums` 为 [m, n]，按行存放；`factors` 是各列的 n 个因子。先对乘积舍入（居中取偶），*再*加零点，最后截断到 0…255：`Uint8Array` 自己不会截断。

// %% solution="requantize"
function requantize(sums: ArrayLike<number>, factors: readonly number[], zeroPoint: number): Uint8Array {
  // BEGIN SOLUTION
  return Uint8Array.from(sums, (sum, i) =>
    Math.min(255, Math.max(0, roundHalfEven(sum * factors[i % factors.length]) + zeroPoint)));
  // END SOLUTION
}

// %%
check('requantize', requantize)

// %% tests="requantize-tests" points=4
mustPass('requantize', requantize);
// BEGIN HIDDEN TESTS
mustPass('requantize', requantize, [
  [[10, 20, 30, 40, 50, 60], [0.1, 1, 10], 7],
  [[5, 7, -5, -7], [0.5], 101],
  [[1e6, -1e6], [1, 1], 128],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ### A network of your functions
//
// A small network learns to read digits in fp32. Then your functions quantize its weights and biases, calibrate its ranges
// on training images, and run it on integers from the first layer to the last. A bias is an integer in steps of $s_x s_{w,c}$, added to the sum. And ReLU costs nothing: with $z_y$ the code of zero, everything below it is clamped. The pixels become codes by `requantize` as well: their factor is 1 / scale.

// %% [markdown] lang="zh"
// ### 用你的函数搭成的网络
//
// 一个小网络先用 fp32 学会识别数字。然后用你的函数量化它的权重与偏置，用训练图像校准范围，并且从第一层到最后一层都用整数运行。偏置是以 $s_x s_{w,c}$ 为步长的整数，直接加到和上。而 ReLU 不花任何代价：$z_y$ 是零的编码，比它小的都截断即可。像素也用 `requantize` 变成编码：因子是 1 / 缩放因子。

// %%
const digits = gunzipSync(readFileSync('digits.csv.gz')).toString().trim().split('\n').map(line => line.split(',').map(Number));
function tensors(rows: number[][]) {
  return { x: tf.tensor2d(rows.map(row => row.slice(0, 64).map(p => p / 16))), labels: rows.map(row => row[64]) };
}
const train = tensors(digits.filter((_, i) => i % 5 !== 0));
const test = tensors(digits.filter((_, i) => i % 5 === 0));

const model = tf.sequential({ layers: [
  tf.layers.dense({ name: 'hidden', units: 32, activation: 'relu', inputShape: [64], kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) }),
  tf.layers.dense({ name: 'logits', units: 10, kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }) }),
] });
model.compile({ optimizer: tf.train.adam(0.005), loss: (y, out) => tf.losses.softmaxCrossEntropy(y, out) });
await model.fit(train.x, tf.oneHot(train.labels, 10), { epochs: 10, batchSize: 64, shuffle: false, verbose: 0 });

function accuracy(logits: ArrayLike<number>) {
  const right = test.labels.filter((label, i) => {
    const row = Array.from({ length: 10 }, (_, c) => logits[i * 10 + c]);
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / test.labels.length;
}
const exact = (model.predict(test.x) as tf.Tensor).dataSync<'float32'>();
console.log(`fp32: ${(100 * accuracy(exact)).toFixed(1)} % of ${test.labels.length} images`);

// %%
const [w1, b1, w2, b2] = model.getWeights();
const hidden = tf.relu(train.x.matMul(w1 as tf.Tensor2D).add(b1));
const rangeOf = (values: ArrayLike<number>) => {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) [min, max] = [Math.min(min, values[i]), Math.max(max, values[i])];
  return affineParams(min, max, 8);
};
const pixels = rangeOf(train.x.dataSync());
const middle = rangeOf(hidden.dataSync());

function layer(kernel: tf.Tensor, bias: tf.Tensor, inputScale: number) {
  const [depth, channels] = kernel.shape;
  const values = kernel.dataSync();
  const scales = channelScales(values, depth, channels, 8);
  const codes = Array.from(values, (w, i) => quantizeSymmetric([w], scales[i % channels], 8)[0]);
  const offsets = Array.from(bias.dataSync(), (b, c) => roundHalfEven(b / (inputScale * scales[c])));
  return { depth, channels, scales, codes, offsets };
}
type Layer = ReturnType<typeof layer>;
const sumsOf = (codes: ArrayLike<number>, zeroPoint: number, { depth, channels, codes: w, offsets }: Layer) =>
  productInt32(codes, zeroPoint, w, [codes.length / depth, depth, channels]).map((sum, i) => sum + offsets[i % channels]);

const [first, second] = [layer(w1, b1, pixels.scale), layer(w2, b2, middle.scale)];
const inputCodes = requantize(test.x.dataSync(), [1 / pixels.scale], pixels.zeroPoint);
const firstSums = sumsOf(inputCodes, pixels.zeroPoint, first);
const factors = first.scales.map(s => pixels.scale * s / middle.scale);
const hiddenCodes = requantize(firstSums, factors, middle.zeroPoint);
const logits = Array.from(sumsOf(hiddenCodes, middle.zeroPoint, second), (sum, i) => sum * middle.scale * second.scales[i % 10]);

const small = await quantize(model, { weights: 'int8', mode: 'static', calibrate: train.x });
const theirs = (small.predict(test.x) as tf.Tensor).dataSync<'float32'>();
function sqnr(approximate: ArrayLike<number>) {
  const noise = exact.reduce((sum, x, i) => sum + (x - approximate[i]) ** 2, 0);
  return 10 * Math.log10(exact.reduce((sum, x) => sum + x * x, 0) / noise);
}
[{ what: 'fp32', logits: exact }, { what: 'your integers', logits }, { what: "the library's int8", logits: theirs }].map(({ what, logits }) =>
  ({ what, accuracy: `${(100 * accuracy(logits)).toFixed(1)} %`, 'signal to noise': what === 'fp32' ? '' : `${sqnr(logits).toFixed(1)} dB` }))

// %% [markdown] lang="en"
// The library's figure may be a little lower than yours: on processors that add pairs of products in 16 bits it keeps
// weights in 7 bits, so that nothing runs over. What became of each layer, and of its weights:

// %% [markdown] lang="zh"
// 库的数值可能比你的略低：在用 16 位累加成对乘积的处理器上，它把权重保留为 7 位以免溢出。各层及其权重的变化如下：

// %%
small

// %%
// %weights small

// %% [markdown] lang="en"
// ### Task 8: a factor without floats (4 points)
//
// One float was left: the factor $f_c$. Small processors have none. There the factor is an integer multiplier and a shift,
// $f \approx \text{multiplier} / 2^{\text{shift}}$, and the multiplier has 31 bits: $2^{30} \le \text{multiplier} < 2^{31}$,
// so that it is as exact as a signed 32-bit number can be.
//
// `fixedPoint(factor)` gives `{ multiplier, shift }` for a factor between 0 and 1 (both excluded). Round the multiplier to
// the nearest integer. (Rounding can reach $2^{31}$: which pair is the same factor then?)

// %% [markdown] lang="zh"
// ### 任务 8：不用浮点数的因子（4 分）
//
// 还剩一个浮点数：因子 $f_c$。小型处理器没有浮点单元。在那里，因子由整数乘子（multiplier）与移位数（shift）表示，$f \approx \text{multiplier} / 2^{\text{shift}}$，乘子有 31 位：$2^{30} \le \text{multiplier} < 2^{31}$，这样它达到 32 位有符号数所能达到的精度。
//
// `fixedPoint(factor)` 对 0 与 1 之间（不含两端）的因子返回 `{ multiplier, shift }`。乘子取最近的整数。（舍入可能得到 $2^{31}$：这时哪一对数表示同一因子？）

// %% solution="fixed-point"
function fixedPoint(factor: number): { multiplier: number; shift: number } {
  // BEGIN SOLUTION
  let shift = 31;
  let fraction = factor;
  while (fraction < 0.5) {
    fraction *= 2;
    shift++;
  }
  const multiplier = Math.round(fraction * 2 ** 31);
  return multiplier === 2 ** 31 ? { multiplier: 2 ** 30, shift: shift - 1 } : { multiplier, shift };
  // END SOLUTION
}

// %%
check('fixed-point', fixedPoint)

// %% tests="fixed-point-tests" points=4
mustPass('fixed-point', fixedPoint);
// BEGIN HIDDEN TESTS
mustPass('fixed-point', fixedPoint, [[0.25], [0.3], [0.0001234], [0.9999999999], [0.62]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Now the first layer again, without a float: a 64-bit product, half of the divisor added so that the shift rounds, and the
// shift. It rounds ties up, so a code may differ from yours where a product lies exactly in the middle; does one?

// %% [markdown] lang="zh"
// 现在再算一次第一层，完全不用浮点数：64 位乘积，加上除数的一半使移位具有舍入效果，然后移位。它把正中间的数向上取，所以只有当乘积恰好在正中间时编码才可能与你的不同；有这样的编码吗？

// %%
const pairs = factors.map(fixedPoint);
const withoutFloats = Uint8Array.from(firstSums, (sum, i) => {
  const { multiplier, shift } = pairs[i % pairs.length];
  const scaled = Number((BigInt(sum) * BigInt(multiplier) + (1n << BigInt(shift - 1))) >> BigInt(shift));
  return Math.min(255, Math.max(0, scaled + middle.zeroPoint));
});
console.log(`${withoutFloats.filter((q, i) => q !== hiddenCodes[i]).length} of ${hiddenCodes.length} codes differ`);
console.log(pairs.slice(0, 4).map(({ multiplier, shift }, c) => `${factors[c].toPrecision(4)} = ${multiplier} / 2^${shift}`).join('\n'));

// %% [markdown] lang="en"
// ### Question B (4 points)
//
// Numbers are rounded in three places of your first layer: its input, its weights, its output. Which of them contributes
// least to the error of the logits, which most, and are they far enough apart to tell? Show it by an experiment: change the
// cell that ends in signal to noise, or write one below, so that one of the three is rounded to 4 bits and the other two to
// 8, and compare signal-to-noise ratios. (4-bit codes may stand in a `Uint8Array`: what changes is the scale.) Describe what
// you did, give the three figures, and say what follows for the choice of bits.

// %% [markdown] lang="zh"
// ### 问题 B（4 分）
//
// 在你的第一层里，数在三处被舍入：输入、权重、输出。哪一处对 logits 的误差贡献最小，哪一处最大，差别是否大到足以判断？请用实验说明：修改以信噪比表格结尾的那个单元格，或在下面另写一个，使三者之一舍入到 4 位、其余两者为 8 位，比较信噪比。（4 位编码可以放在 `Uint8Array` 里，改变的只是缩放因子。）说明你做了什么，给出三个数值，并说明由此如何选择位数。

// %% [markdown] answer="question-b" points=4 lang="en"
// <!-- BEGIN SOLUTION -->
//
// With a helper that rounds input, weights and output of the first layer to given bits (`affineParams(min, max, bits)`,
// `channelScales(..., bits)`), the second layer as before, I computed the signal-to-noise ratio of the logits three times,
// with one of the three at 4 bits and the other two at 8: 33.4 dB with the input at 4 bits, 26.5 dB with the weights and
// 26.4 dB with the output, after 45.6 dB with 8 bits everywhere. The pixels have 17 values only and lose least; a tenth of a
// dB doesn't tell weights and output apart. (Figures depend on the training: a full answer gives its own three.) So bits are
// best saved at the input first, and weights profit from a scale per channel; one figure from one trained network is no law,
// so it should be repeated with other seeds.
//
// <!-- END SOLUTION -->

// %% [markdown] answer="question-b" points=4 lang="zh"
// <!-- BEGIN SOLUTION -->
//
// 我写了一个辅助函数，把第一层的输入、权重、输出分别舍入到给定位数（`affineParams(min, max, bits)`、`channelScales(..., bits)`），第二层不变，并三次计算 logits 的信噪比，每次一项为 4 位、其余两项为 8 位：输入为 4 位时 33.4 dB，权重为 4 位时 26.5 dB，输出为 4 位时 26.4 dB；全部为 8 位时是 45.6 dB。像素只有 17 个取值，损失最小；0.1 dB 的差别不足以区分权重与输出。（数值取决于训练结果，完整的回答应给出自己的三个数。）因此应先在输入上节省位数，而权重得益于逐通道缩放；一次训练的一个数值不是定律，应换随机种子重复。
//
// <!-- END SOLUTION -->

// %% [markdown] lang="en"
// ## Where to go on
//
// * Below 8 bits rounding alone is not enough: assignment 6 breaks a network and repairs it.
// * Does INT8 pay on your machine? `notebooks/quantization/integer-inference.ipynb` measures it, by layer and batch.

// %% [markdown] lang="zh"
// ## 接下来
//
// * 8 位以下只靠舍入是不够的：作业 6 会先弄坏一个网络，再修复它。
// * INT8 在你的机器上划算吗？`notebooks/quantization/integer-inference.ipynb` 按层和批量大小进行测量。
