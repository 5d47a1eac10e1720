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
// # Assignment 6. From post-training quantization to training with quantization
//
// In 8 bits a network hardly notices that it was rounded. In this assignment you take bits away until it breaks, repair it
// without training, and then train it *through* the rounding, for which you write a gradient of your own.
//
// **You will be able to**
//
// * round the weights of a network per channel, and find the width at which it breaks;
// * repair part of the harm without training;
// * give rounding a straight-through gradient with `tf.customGrad`, and say why it works at all;
// * train a network for 2-bit weights with fp32 masters, and say what the gain is compared with;
// * derive the gradient of a learned scale.
//
// **Time**: about 100 minutes. **Points**: 28, of which 20 are graded by tests and 8 by hand. **You need** assignment 5
// (scales, clamping) and assignment 3 (master weights).
//
// **How it works**: six functions are yours to write. Below each stands `check(...)`, which tells the first case that is
// wrong, what was expected, and a hint. The tests that give points call your functions with other arguments. Two questions
// are answered in words.

// %% [markdown] lang="zh"
// # 作业 6：从训练后量化到量化感知训练
//
// 8 位时，网络几乎感觉不到自己被舍入了。在本作业中，你要一位一位地减少位数直到网络失效，先不经训练地修复它，然后让它*带着*舍入去训练，为此你要自己写一个梯度。
//
// **学习目标**
//
// * 逐通道舍入网络的权重，并找出网络在多少位时失效；
// * 不经训练修复一部分损失；
// * 用 `tf.customGrad` 给舍入一个直通梯度（straight-through gradient），并说明它为何可行；
// * 用 fp32 主权重（master weights）训练 2 位权重的网络，并说明增益是与什么相比；
// * 推导可学习缩放因子的梯度。
//
// **用时**：约 100 分钟。**分数**：28 分，其中 20 分自动评分，8 分人工评分。**先修**：作业 5（缩放因子、截断）与作业 3（主权重）。
//
// **做法**：共有六个函数由你来写。每个函数下面都有 `check(...)`，它指出第一个不对的用例、期望的结果，并给出提示。计分的测试会用另外的参数调用你的函数。另有两道文字题。

// %%
import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { compareHits, convertQat, prepareQat, quantize, svg, wilsonInterval } from 'halfnote';
import { check, errorHistogram, language, mustPass } from 'halfnote/course';
language('en');

// %% [markdown] lang="en"
// A helper that draws curves, and the data: digits of 8 by 8 pixels. Run both cells; there is nothing to do in them.

// %% [markdown] lang="zh"
// 一个画曲线的辅助函数，以及数据：8×8 像素的手写数字。运行这两个单元格即可，无需修改。

// %%
function curves(title: string, xs: readonly number[], lines: Record<string, readonly number[]>) {
  const colors = ['#0969da', '#bc4c00', '#1a7f37', '#8250df'];
  const all = Object.values(lines).flat();
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const at = (x: number) => 60 + ((x - left) / (right - left)) * 380;
  const up = (y: number) => 240 - ((y - low) / (high - low || 1)) * 190;
  const grid = Array.from({ length: 5 }, (_, i) => low + (i / 4) * (high - low)).map(y =>
    `<line x1="60" x2="440" y1="${up(y)}" y2="${up(y)}" stroke="#ddd"/><text x="54" y="${up(y) + 4}" text-anchor="end">${y.toPrecision(3)}</text>`);
  const ticks = xs.map((x, i) => i % Math.ceil(xs.length / 9) ? '' : `<text x="${at(x)}" y="256" text-anchor="middle">${Number(x.toPrecision(3))}</text>`);
  const drawn = Object.entries(lines).map(([name, ys], n) =>
    `<polyline fill="none" stroke="${colors[n]}" stroke-width="2" points="${ys.map((y, i) => `${at(xs[i])},${up(y)}`).join(' ')}"/><text x="450" y="${50 + 18 * n}" fill="${colors[n]}">${name}</text>`);
  return svg(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 270" width="640" height="270" role="img" aria-label="${title}" font-family="system-ui,sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/><text x="8" y="16" font-weight="600">${title}</text>${[...grid, ...ticks, ...drawn].join('')}</svg>`);
}

// %%
const digits = gunzipSync(readFileSync('digits.csv.gz')).toString().trim().split('\n').map(line => line.split(',').map(Number));
function tensors(rows: number[][]) {
  return { x: tf.tensor2d(rows.map(row => row.slice(0, 64).map(p => p / 16))), labels: rows.map(row => row[64]) };
}
const shuffled = Array.from(tf.randomUniform([digits.length], 0, 1, 'float32', 42).dataSync(), (key, i) => ({ key, row: digits[i] }))
  .sort((a, b) => a.key - b.key).map(({ row }) => row);
const train = tensors(shuffled.filter((_, i) => i % 5 !== 0));
const test = tensors(shuffled.filter((_, i) => i % 5 === 0));
console.log(`${train.labels.length} images to train on, ${test.labels.length} to test with`);

// %% [markdown] lang="en"
// The network is a list of weights: kernel, bias, kernel, bias, kernel, bias. Kernels are [inputs, outputs], so an output
// channel is a column, the *last* axis. Adam trains it in fp32.

// %% [markdown] lang="zh"
// 网络就是一个权重列表：权重矩阵（kernel）、偏置（bias）依次排列，共三层。权重矩阵的形状是 [inputs, outputs]，所以输出通道是列，即*最后*一个轴。先用 Adam 在 fp32 下训练。

// %%
const [BATCH, EPOCHS] = [64, 10];
const ys = tf.oneHot(train.labels, 10).toFloat();

function forward(weights: tf.Tensor[], x: tf.Tensor): tf.Tensor {
  let out = x;
  for (let i = 0; i < weights.length; i += 2) {
    out = tf.add(tf.matMul(out as tf.Tensor2D, weights[i] as tf.Tensor2D), weights[i + 1]);
    if (i + 2 < weights.length) out = tf.relu(out);
  }
  return out;
}

const lossOn = (start: number) => (weights: tf.Tensor[]): tf.Scalar => {
  const [x, y] = [train.x, ys].map(all => all.slice([start, 0], [Math.min(BATCH, all.shape[0] - start), -1]));
  return tf.losses.softmaxCrossEntropy(y, forward(weights, x)).asScalar();
};

function hits(weights: tf.Tensor[]): number[] {
  const answers = tf.tidy(() => forward(weights, test.x).argMax(-1).dataSync());
  return test.labels.map((label, i) => answers[i] === label ? 1 : 0);
}
const share = (right: number[]) => right.reduce((a, b) => a + b, 0) / right.length;
const percent = (x: number) => `${(100 * x).toFixed(1)} %`;

function trainFloat(start: tf.Tensor[], epochs: number, learningRate: number): tf.Tensor[] {
  const variables = start.map(weight => tf.variable(weight));
  const optimizer = tf.train.adam(learningRate);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = 0; i < train.labels.length; i += BATCH) optimizer.minimize(() => lossOn(i)(variables), false, variables);
  }
  return variables;
}

const glorot = (seed: number, shape: [number, number]) => tf.initializers.glorotUniform({ seed }).apply(shape);
const initial = [glorot(1, [64, 32]), tf.zeros([32]), glorot(2, [32, 24]), tf.zeros([24]), glorot(3, [24, 10]), tf.zeros([10])];
const float = trainFloat(initial, EPOCHS, 0.005);
const floatHits = hits(float);
console.log(`fp32: ${percent(share(floatHits))}`);

// %% [markdown] lang="en"
// ## 1. Rounding afterwards
//
// Rounding to $b$ bits and back is called *fake quantization*: the result is float, but has few different values.
//
// $$\hat x = s\cdot\mathrm{clamp}\!\left(\mathrm{round}\!\left(\frac{x}{s}\right), -L, L\right),\qquad L = 2^{b-1}-1$$
//
// ### Task 1: fake quantization (2 points)
//
// `fakeQuantize(x, scale, bits)` gives $\hat x$ as a tensor. Use tensor operations (`tf.div`, `tf.round`, `tf.clipByValue`,
// `tf.mul`), for `scale` may be a number, or a tensor with one number for each column.

// %% [markdown] lang="zh"
// ## 1. 训练之后再舍入
//
// 舍入到 $b$ 位再还原，称为*伪量化*（fake quantization）：结果仍是浮点数，但只有少数几个不同的值。
//
// $$\hat x = s\cdot\mathrm{clamp}\!\left(\mathrm{round}\!\left(\frac{x}{s}\right), -L, L\right),\qquad L = 2^{b-1}-1$$
//
// ### 任务 1：伪量化（2 分）
//
// `fakeQuantize(x, scale, bits)` 以张量返回 $\hat x$。请用张量运算（`tf.div`、`tf.round`、`tf.clipByValue`、`tf.mul`），因为 `scale` 可能是一个数，也可能是每列一个数的张量。

// %% solution="fake-quantize"
function fakeQuantize(x: tf.Tensor, scale: tf.Tensor | number, bits: number): tf.Tensor {
  // BEGIN SOLUTION
  const limit = 2 ** (bits - 1) - 1;
  return tf.tidy(() => tf.mul(tf.clipByValue(tf.round(tf.div(x, scale)), -limit, limit), scale));
  // END SOLUTION
}

// %%
check('fake-quantize', fakeQuantize)

// %% tests="fake-quantize-tests" points=2
mustPass('fake-quantize', fakeQuantize);
// BEGIN HIDDEN TESTS
mustPass('fake-quantize', fakeQuantize, [
  () => [tf.tensor1d([-1, -0.5, 0.1, 0.25, 0.75]), 0.5, 2],
  () => [tf.tensor2d([[3, 0.2], [-9, 0.7]]), tf.tensor1d([2, 0.1]), 4],
  () => [tf.tensor1d([100, -100, 0.4]), 0.5, 8],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ### Task 2: a network in few bits (3 points)
//
// `roundKernels(weights, bits)` gives the list of weights with every kernel (two dimensions) rounded, each output channel by
// its own scale $s_c = \max_d |w_{dc}| / L$. Biases (one dimension) stay as they are. A column of zeros stays zeros: mind
// the division. (`tf.max(tf.abs(kernel), 0)` gives the largest of each column.)

// %% [markdown] lang="zh"
// ### 任务 2：用很少的位表示网络（3 分）
//
// `roundKernels(weights, bits)` 返回权重列表，其中每个权重矩阵（二维）都被舍入，每个输出通道用自己的缩放因子 $s_c = \max_d |w_{dc}| / L$。偏置（一维）保持不变。全零的列保持为零：注意除法。（`tf.max(tf.abs(kernel), 0)` 给出每列的最大值。）

// %% solution="round-kernels"
function roundKernels(weights: tf.Tensor[], bits: number): tf.Tensor[] {
  // BEGIN SOLUTION
  return weights.map(weight => {
    if (weight.rank === 1) return weight;
    const largest = tf.max(tf.abs(weight), 0);
    const scales = tf.where(largest.greater(0), largest.div(2 ** (bits - 1) - 1), tf.onesLike(largest));
    return fakeQuantize(weight, scales, bits);
  });
  // END SOLUTION
}

// %%
check('round-kernels', roundKernels)

// %% tests="round-kernels-tests" points=3
mustPass('round-kernels', roundKernels);
// BEGIN HIDDEN TESTS
mustPass('round-kernels', roundKernels, [
  () => [[tf.tensor2d([[2, 0.1, 0], [-0.6, 0.03, 0]]), tf.tensor1d([0.7, -0.3, 0.11])], 3],
  () => [[tf.tensor2d([[1, 4], [0.45, -1.5], [-0.55, 2.5]]), tf.tensor1d([9, 8]), tf.tensor2d([[0.2], [-0.09]])], 2],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Now take bits away. The bracket is a 95 % interval for the accuracy on images of this kind: a difference smaller than the
// intervals says little.

// %% [markdown] lang="zh"
// 现在逐步减少位数。括号里是在同类图像上准确率的 95 % 置信区间：小于区间宽度的差别说明不了什么。

// %%
function interval(right: number[]): string {
  const [low, high] = wilsonInterval(right.reduce((a, b) => a + b, 0), right.length);
  return `${percent(share(right))} [${percent(low)}, ${percent(high)}]`;
}
const widths = [8, 6, 5, 4, 3, 2];
const afterwards = new Map(widths.map(bits => [bits, hits(roundKernels(float, bits))]));
[{ bits: 'fp32', accuracy: interval(floatHits) }, ...widths.map(bits => ({ bits, accuracy: interval(afterwards.get(bits)!) }))]

// %%
const [firstKernel] = float;
const coarse = roundKernels(float, 2)[0];
errorHistogram(coarse.sub(firstKernel).dataSync())

// %% [markdown] lang="en"
// ### Task 3: repair without training (3 points)
//
// Rounding shifts what a layer gives: in $\sum_d x_d w_{dc}$ the error of $w_{dc}$ counts as much as $x_d$ is on average,
// and pixels and ReLUs are never negative, so errors of one sign add up. The mean of the shift can be taken off by the bias
// (Nagel et al. 2019):
//
// $$b'_c = b_c + \sum_d \overline{x}_d\,(w_{dc} - \hat w_{dc})$$
//
// `biasCorrection(kernel, rounded, bias, meanInput)` gives the new bias; `meanInput` has the mean of each input.

// %% [markdown] lang="zh"
// ### 任务 3：不经训练的修复（3 分）
//
// 舍入会使一层的输出产生偏移：在 $\sum_d x_d w_{dc}$ 中，$w_{dc}$ 的误差按 $x_d$ 的平均大小计入，而像素与 ReLU 的输出从不为负，于是同号的误差会累加。偏移的均值可以由偏置抵消，称为偏置校正（bias correction，Nagel 等 2019）：
//
// $$b'_c = b_c + \sum_d \overline{x}_d\,(w_{dc} - \hat w_{dc})$$
//
// `biasCorrection(kernel, rounded, bias, meanInput)` 返回新的偏置；`meanInput` 给出每个输入的均值。

// %% solution="bias-correction"
function biasCorrection(kernel: tf.Tensor, rounded: tf.Tensor, bias: tf.Tensor, meanInput: tf.Tensor): tf.Tensor {
  // BEGIN SOLUTION
  const shift = tf.matMul(meanInput.reshape([1, -1]) as tf.Tensor2D, kernel.sub(rounded) as tf.Tensor2D);
  return bias.add(shift.reshape([-1]));
  // END SOLUTION
}

// %%
check('bias-correction', biasCorrection)

// %% tests="bias-correction-tests" points=3
mustPass('bias-correction', biasCorrection);
// BEGIN HIDDEN TESTS
mustPass('bias-correction', biasCorrection, [
  () => [tf.tensor2d([[0.3, 1], [0.9, -0.4]]), tf.tensor2d([[0.5, 1], [0.5, -0.5]]), tf.tensor1d([1, 2]), tf.tensor1d([0.5, 3])],
  () => [tf.tensor2d([[-2.2], [0.4], [0.8]]), tf.tensor2d([[-2], [0], [1]]), tf.tensor1d([0]), tf.tensor1d([1, 2, 3])],
]);
// END HIDDEN TESTS

// %%
function corrected(weights: tf.Tensor[], bits: number): tf.Tensor[] {
  const rounded = roundKernels(weights, bits);
  return tf.tidy(() => {
    let x: tf.Tensor = train.x;
    return rounded.map((weight, i) => {
      if (i % 2 === 0) return weight;
      const bias = biasCorrection(weights[i - 1], rounded[i - 1], weights[i], x.mean(0));
      x = tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, rounded[i - 1] as tf.Tensor2D), bias));
      return bias;
    }).map(weight => tf.keep(weight.clone()));
  });
}
const repaired = new Map(widths.map(bits => [bits, hits(corrected(float, bits))]));
widths.map(bits => ({ bits, 'rounded': interval(afterwards.get(bits)!), 'bias corrected': interval(repaired.get(bits)!) }))

// %% [markdown] lang="en"
// ## 2. A gradient through a staircase
//
// What rounding has broken, training could mend, if it knew of the rounding. But rounding is a staircase: flat nearly
// everywhere, so its gradient is 0:

// %% [markdown] lang="zh"
// ## 2. 穿过阶梯的梯度
//
// 舍入弄坏的东西，训练本可以修好，只要训练知道有舍入。但舍入是阶梯函数：几乎处处是平的，所以梯度为 0：

// %%
const ramp = tf.linspace(-3, 3, 121);
const plain = tf.grad((x: tf.Tensor) => fakeQuantize(x, 1, 2))(ramp);
console.log(`gradient of rounding: between ${plain.min().dataSync()[0]} and ${plain.max().dataSync()[0]}`);

// %% [markdown] lang="en"
// The *straight-through estimator* (Bengio et al. 2013) replaces that gradient on the way back: it pretends that the
// staircase were a ramp. Where the code lies within $\pm L$ before the clamp, the gradient passes as it is; where it is
// clamped, a small change of $x$ changes nothing, so it is 0.
//
// ### Task 4: straight through (4 points)
//
// `straightThrough(scale, bits)` gives a *function* of a tensor `x`: its value is `fakeQuantize(x, scale, bits)`, and its
// gradient is `dy` where $|\mathrm{round}(x/s)| \le L$, else 0. `tf.customGrad` makes such a function:
//
// ```ts
// // x³ with its gradient, 3x²
// const cube = tf.customGrad((x, save) => {
//   (save as tf.GradSaveFunc)([x as tf.Tensor]);
//   return {
//     value: (x as tf.Tensor).pow(3),
//     gradFunc: (dy, saved) => tf.mul(dy as tf.Tensor, (saved as tf.Tensor[])[0].square().mul(3)),
//   };
// });
// ```
//
// What `save` is given, `gradFunc` gets as `saved`. The scale may be a tensor, as in task 1.

// %% [markdown] lang="zh"
// *直通估计器*（straight-through estimator，STE，Bengio 等 2013）在反向传播时替换这一梯度：假装阶梯是一条斜坡。截断之前编码在 $\pm L$ 之内时，梯度原样通过；被截断的地方，$x$ 的微小变化不起任何作用，梯度为 0。
//
// ### 任务 4：直通（4 分）
//
// `straightThrough(scale, bits)` 返回一个以张量 `x` 为参数的*函数*：其值为 `fakeQuantize(x, scale, bits)`，其梯度在 $|\mathrm{round}(x/s)| \le L$ 处为 `dy`，其余为 0。这样的函数由 `tf.customGrad` 构造：
//
// ```ts
// // x³，带有它的梯度 3x²
// const cube = tf.customGrad((x, save) => {
//   (save as tf.GradSaveFunc)([x as tf.Tensor]);
//   return {
//     value: (x as tf.Tensor).pow(3),
//     gradFunc: (dy, saved) => tf.mul(dy as tf.Tensor, (saved as tf.Tensor[])[0].square().mul(3)),
//   };
// });
// ```
//
// 交给 `save` 的张量，`gradFunc` 会作为 `saved` 收到。`scale` 可能是张量，与任务 1 相同。

// %% solution="straight-through"
function straightThrough(scale: tf.Tensor | number, bits: number): (x: tf.Tensor) => tf.Tensor {
  // BEGIN SOLUTION
  const limit = 2 ** (bits - 1) - 1;
  return tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([input as tf.Tensor]);
    return {
      value: fakeQuantize(input as tf.Tensor, scale, bits),
      gradFunc: (dy, saved) => {
        const inside = tf.abs(tf.round(tf.div((saved as tf.Tensor[])[0], scale))).lessEqual(limit);
        return tf.mul(dy as tf.Tensor, inside.toFloat());
      },
    };
  });
  // END SOLUTION
}

// %%
check('straight-through', straightThrough)

// %% tests="straight-through-tests" points=4
mustPass('straight-through', straightThrough);
// BEGIN HIDDEN TESTS
mustPass('straight-through', straightThrough, [[1, 2], [0.3, 4], [7, 3]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The staircase, and the gradient that you gave it:

// %% [markdown] lang="zh"
// 阶梯函数，以及你给它的梯度：

// %%
const stairs = straightThrough(1, 2);
const slope = tf.grad(stairs)(ramp);
curves('2 bits, scale 1', Array.from(ramp.dataSync()), {
  'x': Array.from(ramp.dataSync()),
  'rounded': Array.from(stairs(ramp).dataSync()),
  'gradient': Array.from(slope.dataSync()),
})

// %% [markdown] lang="en"
// ## 3. Training through the rounding
//
// The forward pass sees rounded kernels, the gradient goes straight through, and the step is made from *masters* in fp32:
//
// $$w \leftarrow w - \eta\, \frac{\partial\,\text{loss}(\hat w)}{\partial \hat w}\cdot[\text{not clamped}]$$
//
// ### Task 5: a step (4 points)
//
// `qatStep(masters, lossOf, bits, learningRate)` gives the new masters, as tensors. `lossOf(weights)` gives the loss of a
// list of weights. Round kernels per channel as in task 2, with the scales of the masters as they are now, and leave biases
// alone. Within the gradient the scales count as constants. `tf.grads(f)(list)` gives the gradients of $f(a, b, \ldots)$ for
// a list of its arguments.

// %% [markdown] lang="zh"
// ## 3. 带着舍入训练
//
// 前向传播看到的是舍入后的权重矩阵，梯度直通，而更新从 fp32 的*主权重*出发：
//
// $$w \leftarrow w - \eta\, \frac{\partial\,\text{loss}(\hat w)}{\partial \hat w}\cdot[\text{未被截断}]$$
//
// 这就是量化感知训练（quantization-aware training，QAT）。
//
// ### 任务 5：一步训练（4 分）
//
// `qatStep(masters, lossOf, bits, learningRate)` 以张量返回新的主权重。`lossOf(weights)` 给出一个权重列表的损失。像任务 2 那样逐通道舍入权重矩阵，缩放因子取自当前的主权重；偏置不动。求梯度时缩放因子视为常数。`tf.grads(f)(list)` 给出 $f(a, b, \ldots)$ 对参数列表的各个梯度。

// %% solution="qat-step"
function qatStep(masters: tf.Tensor[], lossOf: (weights: tf.Tensor[]) => tf.Scalar, bits: number, learningRate: number): tf.Tensor[] {
  // BEGIN SOLUTION
  return tf.tidy(() => {
    const scales = masters.map(weight => {
      const largest = tf.max(tf.abs(weight), 0);
      return tf.where(largest.greater(0), largest.div(2 ** (bits - 1) - 1), tf.onesLike(largest));
    });
    const rounded = (weights: tf.Tensor[]) =>
      weights.map((weight, i) => weight.rank === 1 ? weight : straightThrough(scales[i], bits)(weight));
    const gradients = tf.grads((...weights: tf.Tensor[]) => lossOf(rounded(weights)))(masters);
    return masters.map((weight, i) => weight.sub(gradients[i].mul(learningRate)));
  });
  // END SOLUTION
}

// %%
check('qat-step', qatStep)

// %% tests="qat-step-tests" points=4
mustPass('qat-step', qatStep);
// BEGIN HIDDEN TESTS
const hiddenLoss = (weights: tf.Tensor[]) => tf.addN(weights.map(w => w.sub(0.3).square().sum())).asScalar();
mustPass('qat-step', qatStep, [
  () => [[tf.tensor2d([[1, -0.4], [0.2, 0.7]]), tf.tensor1d([0.1, 0.2])], hiddenLoss, 2, 0.05],
  () => [[tf.tensor2d([[0.31, -2], [0.16, 0.6], [-0.4, 1]])], hiddenLoss, 4, 0.01],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Now 2 bits: −1, 0 and 1 times a scale. Your steps train for ten epochs from the weights of the fp32 network. Beside them
// three others that were *trained as long*: fp32 all the way, rounded afterwards; a run whose masters are rounded after each
// step; and the network as it was.

// %% [markdown] lang="zh"
// 现在用 2 位：只有 −1、0、1 乘以缩放因子。从 fp32 网络的权重出发，用你的步骤训练十轮。旁边是三个对照：*训练同样长*但全程 fp32、之后再舍入；每步之后把主权重也舍入；以及原来的网络。

// %%
const RATE = 0.02;
type Step = (weights: tf.Tensor[], lossOf: (weights: tf.Tensor[]) => tf.Scalar) => tf.Tensor[];

function run(start: tf.Tensor[], step: Step, epochs = EPOCHS) {
  let weights = start.map(weight => weight.clone());
  const accuracy: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = 0; i < train.labels.length; i += BATCH) {
      const next = step(weights, lossOn(i));
      tf.dispose(weights);
      weights = next;
    }
    accuracy.push(share(hits(roundKernels(weights, 2))));
  }
  return { weights, accuracy };
}
const floatStep: Step = (weights, lossOf) => tf.tidy(() => {
  const gradients = tf.grads((...all: tf.Tensor[]) => lossOf(all))(weights);
  return weights.map((weight, i) => weight.sub(gradients[i].mul(RATE)));
});
const qat = run(float, (weights, lossOf) => qatStep(weights, lossOf, 2, RATE));
const noMasters = run(float, (weights, lossOf) => roundKernels(qatStep(weights, lossOf, 2, RATE), 2).map(w => w.clone()));
const longer = run(float, floatStep);
curves('Accuracy in 2 bits, by epoch', Array.from({ length: EPOCHS + 1 }, (_, i) => i), {
  'QAT': [share(afterwards.get(2)!), ...qat.accuracy],
  'QAT without masters': [share(afterwards.get(2)!), ...noMasters.accuracy],
  'fp32 for as long, then rounded': [share(afterwards.get(2)!), ...longer.accuracy],
})

// %%
const qatHits = hits(roundKernels(qat.weights, 2));
const longerHits = hits(roundKernels(longer.weights, 2));
const difference = compareHits(longerHits, qatHits);
console.log(`in 2 bits: QAT ${percent(share(qatHits))}, fp32 for as long ${percent(share(longerHits))}; fp32 itself ${percent(share(hits(longer.weights)))}`);
console.log(`right by QAT only: ${difference.onlyOther} images, by the other only: ${difference.onlyBaseline}`);
console.log(`difference ${percent(difference.difference)}, 95 % interval ${difference.interval.map(percent).join(' to ')}, p = ${difference.p.toPrecision(2)}`);

// %%
const kernelsOf = (weights: tf.Tensor[]) => weights.filter(weight => weight.rank === 2);
function changedCodes(weights: tf.Tensor[]): number {
  const [before, after] = [float, weights].map(all => kernelsOf(roundKernels(all, 2)).map(kernel => kernel.sign()));
  const changed = before.map((codes, i) => codes.notEqual(after[i]).sum().dataSync()[0]);
  return changed.reduce((a, b) => a + b, 0) / before.reduce((sum, { size }) => sum + size, 0);
}
const update = qatStep(float, lossOn(0), 2, RATE)[0].sub(firstKernel).abs();
const gridStep = firstKernel.abs().max(0).mean().dataSync()[0];
console.log(`first kernel: a step of the grid is ${gridStep.toFixed(2)}, an update ${update.mean().dataSync()[0].toExponential(1)} on average, ${update.max().dataSync()[0].toExponential(1)} at most`);
console.log(`codes that changed in training: QAT ${percent(changedCodes(qat.weights))}, without masters ${percent(changedCodes(noMasters.weights))}, fp32 ${percent(changedCodes(longer.weights))}`);

// %% [markdown] lang="en"
// ### Question A (4 points)
//
// 1. The run without masters: what became of its kernels, and why? Use the size of a step of the grid and of an update. It
//    may gain accuracy nevertheless: what learned, then?
// 2. "QAT gained so many points" is a claim about a difference. Which of the runs above must it be compared with, and why
//    not with the network as it was? How sure is the difference here, and what would make you surer?

// %% [markdown] lang="zh"
// ### 问题 A（4 分）
//
// 1. 没有主权重的那次训练，权重矩阵变成了什么样？为什么？请用量化步长（相邻两个可取值的间距，即输出中的 step of the grid）与一次更新的大小来说明。它的准确率仍可能提高：那么是什么学到了东西？
// 2. “QAT 提高了若干个百分点”说的是一个差值。它必须与上面哪一次训练相比？为什么不能与原来的网络相比？这里的差值有多可靠？怎样才能更可靠？

// %% [markdown] answer="question-a" points=4 lang="en"
// <!-- BEGIN SOLUTION -->
//
// 1. Hardly a code changes. An update is the learning rate times a gradient, a thousandth or less, and a step of the grid is
//    the largest weight of a channel, some tenths: nearly every update is below half a step and is rounded away, so small
//    steps never add up. Masters in fp32 keep them. What gains accuracy are the biases: they are not rounded, and learn to
//    make up for the mean error of the kernels, as in task 3.
// 2. With the run in fp32 that was trained for as long with the same steps and then rounded: else the gain of ten more
//    epochs is counted as one of QAT. Both are tested on the same images, so what counts are the images on which the two
//    differ; the interval of the difference excludes 0 here. It is one training each: other seeds, and other splits of the
//    data, would tell how much is chance.
//
// <!-- END SOLUTION -->

// %% [markdown] answer="question-a" points=4 lang="zh"
// <!-- BEGIN SOLUTION -->
//
// 1. 几乎没有编码发生变化。一次更新是学习率乘梯度，约千分之一或更小；而量化步长是通道中最大的权重，约十分之几：几乎每次更新都小于半步而被舍入掉，小步永远累积不起来。fp32 的主权重保留了它们。提高准确率的是偏置：它们没有被舍入，学会了补偿权重矩阵的平均误差，如任务 3。
// 2. 应与用同样步骤、训练同样长的 fp32 训练（之后再舍入）相比；否则多训练十轮的好处也会算到 QAT 头上。两者在同一批图像上测试，真正起作用的是两者答案不同的图像；这里差值的置信区间不含 0。但各只训练了一次：换随机种子、换数据划分，才能知道其中有多少是偶然。
//
// <!-- END SOLUTION -->

// %% [markdown] lang="en"
// ## 4. A scale that learns
//
// So far the largest weight of a channel decides its scale. With two bits that is a bad choice: whatever is below half of
// the largest weight becomes 0. *LSQ* (learned step size quantization, Esser et al. 2020) gives the scale a gradient, and
// trains it as any other weight.
//
// Take $\hat x = s \cdot \mathrm{round}(x/s)$ within the range. Product rule, and straight through, which says that
// $\mathrm{round}(u)$ has the derivative of $u$:
//
// $$\frac{\partial \hat x}{\partial s} = \begin{cases}\mathrm{round}(x/s) - x/s & \text{if } |\mathrm{round}(x/s)| \le L\\ \;\;L & \text{if clamped above}\\ -L & \text{if clamped below}\end{cases}$$
//
// ### Task 6: the gradient of the scale (4 points)
//
// `scaleGradient(x, scale, bits, dy)` gives the gradient of the loss by the one scale of a tensor, a number: the sum of `dy`
// times that derivative over all elements. It is called many times: use tensor operations, on all elements at once.

// %% [markdown] lang="zh"
// ## 4. 会学习的缩放因子
//
// 到目前为止，缩放因子由通道中最大的权重决定。2 位时这不是好的选择：小于最大权重一半的都变成 0。*LSQ*（learned step size quantization，可学习步长量化，Esser 等 2020）给缩放因子一个梯度，像其他权重一样训练它。
//
// 范围之内 $\hat x = s \cdot \mathrm{round}(x/s)$。用乘法法则和直通规则（$\mathrm{round}(u)$ 的导数等于 $u$ 的导数）：
//
// $$\frac{\partial \hat x}{\partial s} = \begin{cases}\mathrm{round}(x/s) - x/s & \text{若 } |\mathrm{round}(x/s)| \le L\\ \;\;L & \text{若在上侧被截断}\\ -L & \text{若在下侧被截断}\end{cases}$$
//
// ### 任务 6：缩放因子的梯度（4 分）
//
// `scaleGradient(x, scale, bits, dy)` 返回损失对整个张量唯一的缩放因子的梯度，是一个数：所有元素的 `dy` 乘以上述导数之和。它会被调用很多次：请用张量运算一次处理所有元素。

// %% solution="scale-gradient"
function scaleGradient(x: tf.Tensor, scale: number, bits: number, dy: tf.Tensor): number {
  // BEGIN SOLUTION
  return tf.tidy(() => {
    const limit = 2 ** (bits - 1) - 1;
    const steps = x.div(scale);
    const codes = tf.round(steps);
    const derivative = tf.where(codes.abs().lessEqual(limit), codes.sub(steps), x.sign().mul(limit));
    return dy.mul(derivative).sum().dataSync()[0];
  });
  // END SOLUTION
}

// %%
check('scale-gradient', scaleGradient)

// %% tests="scale-gradient-tests" points=4
mustPass('scale-gradient', scaleGradient);
// BEGIN HIDDEN TESTS
mustPass('scale-gradient', scaleGradient, [
  () => [tf.tensor1d([0.2, -0.7, 5, -5]), 1, 2, tf.tensor1d([1, 2, 3, 4])],
  () => [tf.tensor2d([[0.3, 0.9, -1.3]]), 0.4, 4, tf.tensor2d([[-1, 0.5, 2]])],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Let a scale learn to round the first kernel to 2 bits: the loss is the mean squared error, and its gradient by $\hat w$ is
// `dy`. It begins at the largest weight, and comes to rest near the place where a search finds the least error. Not quite
// there: straight through is no true derivative.

// %% [markdown] lang="zh"
// 让一个缩放因子学习如何把第一个权重矩阵舍入到 2 位：损失为均方误差，它对 $\hat w$ 的梯度就是 `dy`。缩放因子从最大权重出发，停在搜索得到的最小误差附近。并不完全重合：直通梯度毕竟不是真正的导数。

// %%
const errorAt = (scale: number) => tf.tidy(() => fakeQuantize(firstKernel, scale, 2).sub(firstKernel).square().mean().dataSync()[0]);
let scale = firstKernel.abs().max().dataSync()[0];
const path = [scale];
for (let step = 0; step < 90; step++) {
  const dy = tf.tidy(() => fakeQuantize(firstKernel, scale, 2).sub(firstKernel).mul(2 / firstKernel.size));
  scale -= 0.2 * scaleGradient(firstKernel, scale, 2, dy);
  path.push(scale);
  dy.dispose();
}
const candidates = Array.from({ length: 80 }, (_, i) => path[0] * (i + 5) / 84);
const best = candidates.reduce((a, b) => errorAt(b) < errorAt(a) ? b : a);
console.log(`largest weight ${path[0].toFixed(3)}: MSE ${errorAt(path[0]).toExponential(2)}; learned ${scale.toFixed(3)}: ${errorAt(scale).toExponential(2)}; by search ${best.toFixed(3)}: ${errorAt(best).toExponential(2)}`);
curves('The scale as it learns', path.map((_, i) => i), { 'scale': path, 'by search': path.map(() => best) })

// %% [markdown] lang="en"
// ## 5. The library's
//
// `prepareQat` gives a copy of a model that trains as yours does, with activations in 8 bits as well, and `convertQat` makes
// the integer model of it. It is the same network; the second run learns its scales.
// In the view below the table, look at how many weights saturate and how many go to zero: with the scale of the largest weight
// none saturates.

// %% [markdown] lang="zh"
// ## 5. 库中的实现
//
// `prepareQat` 返回模型的一个副本，训练方式与你的相同，并且激活值也是 8 位；`convertQat` 由它得到整数模型。网络相同；第二次训练会学习缩放因子。在表格之后的视图中，请看有多少权重饱和（Saturated），有多少变成零（To zero）：若缩放因子取自最大的权重，则没有权重饱和。

// %%
const model = tf.sequential({ layers: [
  tf.layers.dense({ name: 'first', units: 32, activation: 'relu', inputShape: [64] }),
  tf.layers.dense({ name: 'second', units: 24, activation: 'relu' }),
  tf.layers.dense({ name: 'logits', units: 10 }),
] });
model.setWeights(float);
const right = (subject: { predict(x: tf.Tensor): tf.Tensor | tf.Tensor[] }) => {
  const answers = (subject.predict(test.x) as tf.Tensor).argMax(-1).dataSync();
  return test.labels.map((label, i) => answers[i] === label ? 1 : 0);
};
async function aware(scaleRule: 'absmax/127' | 'learned') {
  const copy = prepareQat(model, { weights: 'int2', scaleRule });
  copy.compile({ optimizer: tf.train.adam(0.002), loss: (y, out) => tf.losses.softmaxCrossEntropy(y, out) });
  await copy.fit(train.x, ys, { epochs: 8, batchSize: BATCH, shuffle: false, verbose: 0 });
  return convertQat(copy);
}
const ptq = await quantize(model, { weights: 'int2', mode: 'weight-only' });
const byLargest = await aware('absmax/127');
const learned = await aware('learned');
[
  { what: 'rounded afterwards', accuracy: interval(right(ptq)) },
  { what: 'QAT, scale of the largest weight', accuracy: interval(right(byLargest)) },
  { what: 'QAT, learned scale', accuracy: interval(right(learned)) },
]

// %%
// %weights learned

// %% [markdown] lang="en"
// ### Question B (4 points)
//
// The straight-through gradient is wrong: it is the gradient of another function. Why does training with it work
// nevertheless, and where would you expect it to fail? Use the picture of the staircase: think of a weight that sits just
// below the edge between two codes, and of one that is far outside the range.

// %% [markdown] lang="zh"
// ### 问题 B（4 分）
//
// 直通梯度是错的：它是另一个函数的梯度。为什么用它训练仍然有效？在什么情况下你预计它会失败？请利用阶梯图来说明：设想一个权重恰在两个编码的分界之下，另一个权重远在范围之外。

// %% [markdown] answer="question-b" points=4 lang="en"
// <!-- BEGIN SOLUTION -->
//
// The ramp is what the staircase is on average: over an interval of several steps both rise by the same amount, so the sign
// and rough size of the gradient are right where many weights take part, and masters collect many small steps until one
// crosses an edge and its code changes. A weight just below an edge may be pushed over it and back again by the next step:
// it oscillates, as the gradient doesn't vanish though no code of the grid fits better. A weight far outside has gradient 0,
// and can only come back if the scale grows: it is dead. With few codes (2 bits) the steps are large, the gradient is least
// true, and both are most frequent; averaging, smaller learning rates, and learned scales help.
//
// <!-- END SOLUTION -->

// %% [markdown] answer="question-b" points=4 lang="zh"
// <!-- BEGIN SOLUTION -->
//
// 斜坡是阶梯的平均：跨越若干步时两者上升的量相同，所以在许多权重共同作用时，梯度的符号和大致大小是对的；主权重把许多小步累积起来，直到越过某个分界、编码随之改变。恰在分界之下的权重可能被推过去，下一步又被推回来：它会振荡，因为即使没有更合适的编码，梯度也不为零。远在范围之外的权重梯度为 0，只有缩放因子变大才能回来：它“死”了。位数很少（2 位）时步长大，梯度最不可靠，这两种情况也最常见；平均、较小的学习率以及可学习的缩放因子会有帮助。
//
// <!-- END SOLUTION -->

// %% [markdown] lang="en"
// ## Where to go on
//
// * `notebooks/quantization/qat.ipynb` does the same with a convolutional network, down to integers.
// * What a transformer remembers can be in few bits as well: assignment 7.

// %% [markdown] lang="zh"
// ## 接下来
//
// * `notebooks/quantization/qat.ipynb` 对卷积网络做同样的事，直到整数推理。
// * Transformer 所记住的内容也可以只用很少的位：作业 7。
