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
// # Assignment 3. Loss scaling and master weights
//
// Half precision breaks training in two places, and neither raises an error. Small *updates* vanish when weights are kept in 16 bits, and small *gradients* vanish before they get to the weights.
// Each has its own cure. Here you make a network fail in fp16, write both cures, and compare your loss scaler with the one of the library.
//
// **You will be able to**
//
// - predict the smallest update that a 16-bit weight can take;
// - train with fp32 master weights and a 16-bit working copy;
// - choose a loss scale from the gradients, unscale, and detect overflow;
// - write dynamic loss scaling, and skip a step without harm;
// - tell which cure helps against which failure, and why bf16 needs only one of them.
//
// **You need** Assignments 1 and 2, and 90 to 110 minutes on any laptop. fp16 may be simulated on your machine: its rounding is real all the same, and so is what you see here. Nothing is timed.
//
// **How it works.** As before: replace `throw new Error(...)`, run the cell, run `check`. Hidden tests use other inputs. The functions of tasks 1 to 6 are the parts of task 7; task 7 is tested with correct parts, so an error in one part costs its own points only.
//
// | task | 1 | 2 | 3 | 4 | 5 | 6 | 7 | question 1 | question 2 |
// |---|---|---|---|---|---|---|---|---|---|
// | points | 2 | 3 | 3 | 3 | 2 | 4 | 5 | 4 | 4 |

// %% [markdown] lang="zh"
// # 作业 3：损失缩放与主权重
//
// 半精度会在两个地方破坏训练，而且都不报错：如果权重以 16 位保存，很小的*更新量*会消失；很小的*梯度*则在到达权重之前就已消失。两种失败各有各的办法。本次作业中，你会让一个网络在 fp16 下训练失败，亲手写出两种办法，并把你的损失缩放器与本库的相比较。
//
// **学习目标**
//
// - 预测 16 位权重所能接受的最小更新量；
// - 使用 fp32 主权重（master weights）和 16 位工作副本进行训练；
// - 根据梯度选择损失缩放（loss scaling）因子，还原梯度并检测上溢；
// - 写出动态损失缩放，并能安全地跳过一步；
// - 说明哪种办法对付哪种失败，以及 bf16 为什么只需要其中一种。
//
// **先修与用时**：作业 1 和 2；90 至 110 分钟，任何笔记本电脑均可。你的机器上 fp16 可能是模拟的，但舍入是真实的，所以看到的现象也是真实的。不涉及计时。
//
// **做法**：与之前相同：替换 `throw new Error(...)`，运行单元格，再运行 `check`。隐藏测试使用别的输入。任务 1 至 6 的函数是任务 7 的零件；任务 7 用正确的零件来测试，因此某个零件的错误只扣它自己的分。
//
// | 任务 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 问题 1 | 问题 2 |
// |---|---|---|---|---|---|---|---|---|---|
// | 分值 | 2 | 3 | 3 | 3 | 2 | 4 | 5 | 4 | 4 |

// %%
import * as tf from '@tensorflow/tfjs';
import {
  autocast,
  deviceFacts,
  DynamicLossScaler,
  GradScaler,
  limits,
  round,
  roundTo,
  setLossScaler,
} from 'halfnote';
import type { FormatId } from 'halfnote';
import { check, language, mustPass } from 'halfnote/course';
language('en');

console.log(`fp16: ${deviceFacts().formats.fp16.execution}`);

// %% [markdown] lang="en"
// ## 1. A network that fails
//
// The task is synthetic: ten patterns of 64 pixels, drawn at random, and noisy copies of them. A small network learns to tell them apart. The loss is divided by 2²⁰, as it would be in *segmentation*: there it is a mean over the pixels of a batch,
// and 16 images of 256 × 256 have 2²⁰ of them, so each pixel sends back a millionth of its gradient. In exact arithmetic this changes nothing, for the learning rate makes up for it.

// %% [markdown] lang="zh"
// ## 1. 一个训练失败的网络
//
// 任务是合成的：随机生成十个 64 像素的图案，再制作它们带噪声的副本，由一个小网络学习区分。损失除以 2²⁰，就像*图像分割*（segmentation）那样：那里的损失是一个批次中所有像素的平均值，16 幅 256 × 256 的图像有 2²⁰ 个像素，所以每个像素传回的梯度只有百万分之一。在精确算术中这没有影响，学习率会补偿回来。

// %%
const PIXELS = 2 ** 20;
const CLASSES = 10;

const patterns = tf.randomUniform<tf.Rank.R2>([CLASSES, 64], 0, 1, 'float32', 1);
function noisyCopies(count: number, seed: number) {
  const labels = Array.from({ length: count }, (_, i) => i % CLASSES);
  const x = tf.tidy(() =>
    tf
      .gather(patterns, labels)
      .add<tf.Tensor2D>(tf.randomNormal([count, 64], 0, 0.6, 'float32', seed)),
  );
  return { x, y: tf.oneHot(labels, CLASSES).toFloat() as tf.Tensor2D };
}
const train = noisyCopies(1600, 2);
const test = noisyCopies(500, 3);

function build(): tf.Sequential {
  const kernelInitializer = (seed: number) => tf.initializers.glorotUniform({ seed });
  return tf.sequential({
    layers: [
      tf.layers.dense({
        name: 'hidden',
        units: 32,
        activation: 'relu',
        kernelInitializer: kernelInitializer(1),
        inputShape: [64],
      }),
      tf.layers.dense({ name: 'classes', units: CLASSES, kernelInitializer: kernelInitializer(2) }),
    ],
  });
}

const lossOf = (labels: tf.Tensor, logits: tf.Tensor) =>
  tf.losses.softmaxCrossEntropy(labels, logits).div<tf.Scalar>(PIXELS);

function accuracyOf(model: tf.LayersModel): number {
  return tf.tidy(
    () =>
      (model.predict(test.x) as tf.Tensor).argMax(-1).equal(test.y.argMax(-1)).mean().dataSync()[0],
  );
}

async function fit(): Promise<number> {
  const model = build();
  model.compile({ optimizer: tf.train.sgd(0.3 * PIXELS), loss: lossOf });
  await model.fit(train.x, train.y, { epochs: 4, batchSize: 64, shuffle: false, verbose: 0 });
  return accuracyOf(model);
}

// %% [markdown] lang="en"
// First in fp32, with the gradients recorded; then in fp16 with the library's own loss scaling switched *off*.

// %% [markdown] lang="zh"
// 先用 fp32 训练，并记录梯度；然后用 fp16 训练，并把本库自带的损失缩放*关掉*。

// %%
// %precision fp32
// %gradients on --every 5
const inFp32 = await fit();
// %gradients show
// %gradients off

// %%
// %precision fp16
setLossScaler('none');
const inFp16 = await fit();
// %precision fp32
[{ format: 'fp32', accuracy: inFp32 }, { format: 'fp16, scale 1', accuracy: inFp16 }]

// %% [markdown] lang="en"
// No error, no `NaN`: just a network that has learned next to nothing. In the heatmap above everything to the left of fp16's band is zero in fp16.
//
// Before we cure that, there is a second failure, nearer to the weights.
//
// ## 2. Updates that vanish
//
// Suppose that the gradients are fine, and the weights themselves are stored in 16 bits.
//
// **Task 1 (2 points).** `updateIn(format, weight, gradient, learningRate)`: the weight after one step of gradient descent on a machine that has only this format. The product of gradient and learning rate is stored in the format, and so is the new weight. Weight, gradient and learning rate may be any numbers, and are stored in the format first. `round(format, x)` gives the number of a format that is nearest to `x`.

// %% [markdown] lang="zh"
// 没有报错，也没有 `NaN`，只是网络几乎什么也没学到。在上面的热力图中，fp16 色带左侧的所有梯度在 fp16 里都是零。
//
// 在解决它之前，先看另一种离权重更近的失败。
//
// ## 2. 消失的更新量
//
// 假设梯度没有问题，而权重本身以 16 位保存。
//
// **任务 1（2 分）。** `updateIn(format, weight, gradient, learningRate)` 返回在只有这种格式的机器上做一步梯度下降之后的权重。梯度与学习率之积存入该格式，新的权重也存入该格式。权重、梯度和学习率可以是任意数，要先存入该格式。`round(format, x)` 给出该格式中离 `x` 最近的数。

// %% solution="update-in"
function updateIn(
  format: FormatId,
  weight: number,
  gradient: number,
  learningRate: number,
): number {
  // BEGIN SOLUTION
  const step = round(format, round(format, learningRate) * round(format, gradient));
  return round(format, round(format, weight) - step);
  // END SOLUTION
}

// %%
check('update-in', updateIn)

// %% tests="update-in-tests" points=2
mustPass('update-in', updateIn);
// BEGIN HIDDEN TESTS
mustPass('update-in', updateIn, [
  ['fp16', 0.3, 0.01, 0.37],
  ['bf16', -2, 0.5, 0.001],
  ['fp16', 2, -0.001, 0.3],
  ['e4m3', 1.1, 0.3, 0.7],
  ['fp16', 0, 0.00003, 0.0001],
  ['bf16', 1, 1.0039, 1.0039],
  ['fp32', 1, 1e-9, 1],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// A weight that starts at 1 and should go down by 0.0001 in each of 2000 steps:

// %% [markdown] lang="zh"
// 一个从 1 开始的权重，本应每步减小 0.0001，共 2000 步：

// %%
(['fp32', 'fp16', 'bf16'] as const).map(format => {
  let weight = 1;
  for (let step = 0; step < 2000; step++) weight = updateIn(format, weight, 0.01, 0.01);
  return { format, weight };
})

// %% [markdown] lang="en"
// **Task 2 (3 points).** `smallestStep(format, weight)`: how large must a step *away from zero* be to move a weight at all? Steps larger than the result change the weight, smaller ones don't. `weight` is a number of the format, not zero, and not its largest.
//
// The distance from a weight to its neighbor away from zero is a power of two, which depends on the exponent of the weight. Mind the subnormal numbers: below the smallest normal number the distance no longer shrinks. `limits(format)` tells `epsilon` (the distance from 1 to its neighbor), `minNormal` and `minSubnormal`. (Toward zero a power of two has a neighbor at half the distance: not asked here.)

// %% [markdown] lang="zh"
// **任务 2（3 分）。** `smallestStep(format, weight)`：*远离零*的方向上，一步要多大才能让权重动起来？大于返回值的步长会改变权重，小于它的则不会。`weight` 是该格式中的数，不为零，也不是其最大值。
//
// 权重与远离零一侧的相邻数之间的距离是 2 的幂，取决于权重的指数。注意次正规数：小于最小正规数之后，间距不再缩小。`limits(format)` 给出 `epsilon`（1 与其相邻数的距离）、`minNormal` 和 `minSubnormal`。（朝零的一侧，2 的幂与相邻数的距离只有一半：这里不问。）

// %% solution="smallest-step"
function smallestStep(format: FormatId, weight: number): number {
  // BEGIN SOLUTION
  const { epsilon, minNormal, minSubnormal } = limits(format);
  const size = Math.abs(weight);
  const distance = size < minNormal ? minSubnormal : epsilon * 2 ** Math.floor(Math.log2(size));
  return distance / 2;
  // END SOLUTION
}

// %%
check('smallest-step', smallestStep)

// %% tests="smallest-step-tests" points=3
mustPass('smallest-step', smallestStep);
// BEGIN HIDDEN TESTS
mustPass('smallest-step', smallestStep, [
  ['fp16', 1000],
  ['bf16', 0.7],
  ['fp16', -0.0625],
  ['e4m3', 6],
  ['e5m2', -2.5],
  ['bf16', 3],
  ['fp16', 5.960464477539063e-8],
  ['e4m3', 0.005859375],
  ['fp32', 1],
]);
// END HIDDEN TESTS

// %%
[0.001, 0.01, 0.1, 1].map(weight => ({
  weight,
  fp16: smallestStep('fp16', round('fp16', weight)).toExponential(1),
  bf16: smallestStep('bf16', round('bf16', weight)).toExponential(1),
  fp32: smallestStep('fp32', round('fp32', weight)).toExponential(1),
}))

// %% [markdown] lang="en"
// The cure: keep the weights in fp32, the **master weights**, and give the network a 16-bit **working copy**, made anew after each step. The steps gather in the master until they show in the copy.
//
// **Task 3 (3 points).** `masterStep(master, gradient, learningRate)` returns new arrays (and leaves those that it was given alone): `master`, one step further in fp32 (a `Float32Array` rounds to fp32 by itself), and `working`, its copy in fp16. `roundTo(format, array)` rounds a whole `Float32Array`.

// %% [markdown] lang="zh"
// 办法是：权重保存在 fp32，称为**主权重**；网络使用 16 位的**工作副本**（working copy），每一步之后重新生成。小的更新量在主权重里积累，直到在副本中显现。
//
// **任务 3（3 分）。** `masterStep(master, gradient, learningRate)` 返回新的数组（不改动传入的数组）：`master` 是在 fp32 中前进一步后的主权重（`Float32Array` 会自动舍入到 fp32），`working` 是它的 fp16 副本。`roundTo(format, array)` 对整个 `Float32Array` 做舍入。

// %% solution="master-step"
function masterStep(
  master: Float32Array,
  gradient: Float32Array,
  learningRate: number,
): { master: Float32Array; working: Float32Array } {
  // BEGIN SOLUTION
  const next = master.map((weight, i) => weight - learningRate * gradient[i]);
  return { master: next, working: roundTo('fp16', next) };
  // END SOLUTION
}

// %%
check('master-step', masterStep)

// %% tests="master-step-tests" points=3
mustPass('master-step', masterStep);
// BEGIN HIDDEN TESTS
mustPass('master-step', masterStep, [
  [Float32Array.of(0.75, -0.1), Float32Array.of(0.001, -0.002), 0.125],
  [Float32Array.of(2), Float32Array.of(0.0001220703125), 0.25],
  [Float32Array.of(1.0001220703125, 3), Float32Array.of(0.0001220703125, 8), 0.5],
  [Float32Array.of(), Float32Array.of(), 1],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The same 2000 steps. Weights in bf16 stood still above; with a master they arrive, whatever the format of the working copy.

// %% [markdown] lang="zh"
// 同样的 2000 步。上面的 bf16 权重停住了；有了主权重，无论工作副本是什么格式，权重都能到达目标。

// %%
let walked: { master: Float32Array; working: Float32Array } = {
  master: Float32Array.of(1),
  working: Float32Array.of(1),
};
for (let step = 0; step < 2000; step++)
  walked = masterStep(walked.master, Float32Array.of(0.01), 0.01);
({
  master: walked.master[0],
  'working, fp16': walked.working[0],
  'in bf16': round('bf16', walked.master[0]),
})

// %% [markdown] lang="en"
// ## 3. Gradients that vanish
//
// Now to the network of section 1. By the chain rule, multiplying the *loss* by S multiplies each gradient on its way through the network by S. The loss scale moves the gradients into the format's range; dividing by S afterwards, in fp32, gives the step that was meant.
//
// **Task 4 (3 points).** `largestScale(format, gradients)`: the largest power of two by which all gradients can be multiplied without one of them exceeding `limits(format).max`. It may be below 1. If all gradients are zero, any scale does: return 1.

// %% [markdown] lang="zh"
// ## 3. 消失的梯度
//
// 现在回到第 1 节的网络。根据链式法则，把*损失*乘以 S，网络中一路传回的每个梯度都会乘以 S。损失缩放把梯度移入格式的范围；之后在 fp32 中除以 S，得到的就是本来要走的那一步。
//
// **任务 4（3 分）。** `largestScale(format, gradients)` 返回最大的 2 的幂，使所有梯度乘以它之后都不超过 `limits(format).max`。结果可以小于 1。如果梯度全为零，什么缩放因子都行：返回 1。

// %% solution="largest-scale"
function largestScale(format: FormatId, gradients: Float32Array): number {
  // BEGIN SOLUTION
  const largest = gradients.reduce((most, gradient) => Math.max(most, Math.abs(gradient)), 0);
  return largest === 0 ? 1 : 2 ** Math.floor(Math.log2(limits(format).max / largest));
  // END SOLUTION
}

// %%
check('largest-scale', largestScale)

// %% tests="largest-scale-tests" points=3
mustPass('largest-scale', largestScale);
// BEGIN HIDDEN TESTS
mustPass('largest-scale', largestScale, [
  ['fp16', Float32Array.of(2, -0.5)],
  ['fp16', Float32Array.of(-2.5e-6, 1e-9)],
  ['e5m2', Float32Array.of(1)],
  ['e4m3', Float32Array.of(448, -3)],
  ['bf16', Float32Array.of(1e30)],
  ['fp16', Float32Array.of(0)],
  ['fp16', Float32Array.of(1e6, -2e6)],
  ['fp16', Float32Array.of(0.00048828125)],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// **Task 5 (2 points).** `unscale(scaled, scale)`: the gradients came out of the backward pass in fp16, multiplied by `scale`. Return `gradient`, a new `Float32Array` that is divided by the scale *in fp32* (not rounded to fp16: they would vanish again), and `finite`, whether all of them are finite numbers.

// %% [markdown] lang="zh"
// **任务 5（2 分）。** `unscale(scaled, scale)`：反向传播得到的梯度是 fp16 的，而且已乘以 `scale`。返回 `gradient`，即*在 fp32 中*除以缩放因子后的新 `Float32Array`（不要再舍入到 fp16，否则又会消失），以及 `finite`，表示它们是否全部为有限数。

// %% solution="unscale"
function unscale(scaled: Float32Array, scale: number): { gradient: Float32Array; finite: boolean } {
  // BEGIN SOLUTION
  return { gradient: scaled.map(value => value / scale), finite: scaled.every(Number.isFinite) };
  // END SOLUTION
}

// %%
check('unscale', unscale)

// %% tests="unscale-tests" points=2
mustPass('unscale', unscale);
// BEGIN HIDDEN TESTS
mustPass('unscale', unscale, [
  [Float32Array.of(1, 2, 3), 65536],
  [Float32Array.of(6.103515625e-5), 1073741824],
  [Float32Array.of(0, NaN, 1), 2],
  [Float32Array.of(0, 1, Infinity), 2],
  [Float32Array.of(-Infinity, 1), 2],
  [Float32Array.of(), 4],
  [Float32Array.of(3, -5), 0.5],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Nobody knows the gradients of the next step. **Dynamic** loss scaling goes by trial: after an overflow the scale is halved; after so many steps in a row without one it is doubled.
//
// **Task 6 (4 points).** `nextScaler(scaler, finite, growthInterval)` gives the scaler of the next step.
//
// - `finite` is false: the scale is halved, and the count of good steps begins anew at 0.
// - `finite` is true: the step is one more good one. When `growthInterval` of them have come in a row, the scale is doubled and the count begins anew at 0.
//
// Return a new object, and leave the given one as it is. `State` is what task 7 carries from step to step; the scaler is a part of it.

// %% [markdown] lang="zh"
// 没有人预先知道下一步的梯度。**动态**损失缩放靠试探：一旦上溢，缩放因子减半；连续若干步没有上溢，就加倍。
//
// **任务 6（4 分）。** `nextScaler(scaler, finite, growthInterval)` 返回下一步的缩放器。
//
// - `finite` 为 false：缩放因子减半，正常步数重新从 0 计数。
// - `finite` 为 true：正常步数加一。连续达到 `growthInterval` 步时，缩放因子加倍，步数重新从 0 计数。
//
// 返回新对象，不要改动传入的对象。`State` 是任务 7 中逐步传递的状态，缩放器是它的一部分。

// %%
type State = {
  master: Float32Array;
  working: Float32Array;
  scaler: { scale: number; goodSteps: number };
};

// %% solution="next-scaler"
function nextScaler(
  scaler: State['scaler'],
  finite: boolean,
  growthInterval: number,
): State['scaler'] {
  // BEGIN SOLUTION
  if (!finite) return { scale: scaler.scale / 2, goodSteps: 0 };
  const goodSteps = scaler.goodSteps + 1;
  return goodSteps < growthInterval
    ? { ...scaler, goodSteps }
    : { scale: scaler.scale * 2, goodSteps: 0 };
  // END SOLUTION
}

// %%
check('next-scaler', nextScaler)

// %% tests="next-scaler-tests" points=4
mustPass('next-scaler', nextScaler);
// BEGIN HIDDEN TESTS
mustPass('next-scaler', nextScaler, [
  [{ scale: 8, goodSteps: 0 }, true, 2],
  [{ scale: 8, goodSteps: 1 }, true, 2],
  [{ scale: 8, goodSteps: 1 }, false, 2],
  [{ scale: 65536, goodSteps: 1998 }, true, 2000],
  [{ scale: 65536, goodSteps: 1999 }, true, 2000],
  [{ scale: 0.5, goodSteps: 7 }, false, 10],
  [{ scale: 2, goodSteps: 0 }, true, 1],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 4. The whole step
//
// **Task 7 (5 points).** `trainStep(parts, state, settings)` puts everything together. `parts.backward(working, scale)` runs the network with the working copy and gives the gradients of the scaled loss, in fp16. `parts` also has `unscale`, `nextScaler` and `masterStep`; call them as `parts.unscale(...)`.
//
// In one step: go backward once with the working copy and the current scale; unscale by the *same* scale; if all is finite, make a master step; if not, leave master and working copy exactly as they are; in either case move the scaler on. Return the new state.

// %% [markdown] lang="zh"
// ## 4. 完整的一步
//
// **任务 7（5 分）。** `trainStep(parts, state, settings)` 把一切组合起来。`parts.backward(working, scale)` 用工作副本运行网络，返回缩放后损失的 fp16 梯度。`parts` 中还有 `unscale`、`nextScaler` 和 `masterStep`；请写成 `parts.unscale(...)` 来调用。
//
// 一步之内：用工作副本和当前缩放因子做一次反向传播；用*同一个*缩放因子还原；如果全部有限，就对主权重走一步；否则主权重和工作副本原封不动；无论哪种情况，缩放器都要前进一步。返回新的状态。

// %%
type Settings = { learningRate: number; growthInterval: number };
type Parts = {
  backward: (working: Float32Array, scale: number) => Float32Array;
  unscale: (scaled: Float32Array, scale: number) => { gradient: Float32Array; finite: boolean };
  nextScaler: (scaler: State['scaler'], finite: boolean, growthInterval: number) => State['scaler'];
  masterStep: (
    master: Float32Array,
    gradient: Float32Array,
    learningRate: number,
  ) => { master: Float32Array; working: Float32Array };
};

// %% solution="train-step"
function trainStep(parts: Parts, state: State, settings: Settings): State {
  // BEGIN SOLUTION
  const { master, working, scaler } = state;
  const { gradient, finite } = parts.unscale(parts.backward(working, scaler.scale), scaler.scale);
  const weights = finite
    ? parts.masterStep(master, gradient, settings.learningRate)
    : { master, working };
  return { ...weights, scaler: parts.nextScaler(scaler, finite, settings.growthInterval) };
  // END SOLUTION
}

// %%
check('train-step', trainStep)

// %% tests="train-step-tests" points=5
mustPass('train-step', trainStep);
// BEGIN HIDDEN TESTS
const given = (scale: number, goodSteps: number, slope: number) => (): [Parts, State, Settings] => {
  const master = Float32Array.of(0.8002, -0.6001, 0.25);
  const state = { master, working: roundTo('fp16', master), scaler: { scale, goodSteps } };
  const right: Parts = {
    backward: (working, by) => roundTo('fp16', working.map((weight, i) => (weight - i) * slope * by)),
    unscale: (scaled, by) => ({ gradient: scaled.map(value => value / by), finite: scaled.every(Number.isFinite) }),
    nextScaler: ({ scale, goodSteps }, finite, interval) =>
      !finite ? { scale: scale / 4, goodSteps: 0 } : goodSteps + 1 === interval ? { scale: scale * 4, goodSteps: 0 } : { scale, goodSteps: goodSteps + 1 },
    masterStep: (weights, gradient, rate) => {
      const next = weights.map((weight, i) => weight - rate * gradient[i]);
      return { master: next, working: roundTo('fp16', next) };
    },
  };
  return [right, state, { learningRate: 0.01 / slope, growthInterval: 5 }];
};
mustPass('train-step', trainStep, [
  given(1024, 0, 0.01),
  given(1024, 4, 0.01),
  given(2 ** 30, 4, 1),
  given(1, 1, 2 ** -12),
  given(2 ** 14, 3, 16),
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Now with the real network and your own parts. `backward` below puts the working copy into a model, runs it under `autocast`, and rounds the gradients to fp16. The library's own loss scaling is switched off (`setLossScaler('none')`), so that yours is the only one. The second of the next two cells trains six times; it takes a few seconds.

// %% [markdown] lang="zh"
// 现在换上真实的网络和你自己的零件。下面的 `backward` 把工作副本放进模型，在 `autocast` 下运行，并把梯度舍入到 fp16。本库自带的损失缩放已关闭（`setLossScaler('none')`），只有你的缩放器起作用。接下来的两个单元格中，第二个训练六次，需要几秒钟。

// %%
setLossScaler('none');
const model = build();
const variables = model.trainableWeights.map(weight => weight.read() as tf.Variable);
const flat = (tensors: readonly tf.Tensor[]) =>
  Float32Array.from(tensors.flatMap(tensor => Array.from(tensor.dataSync())));

function load(values: Float32Array): void {
  let from = 0;
  for (const variable of variables) {
    tf.tidy(() =>
      variable.assign(tf.tensor(values.slice(from, from + variable.size), variable.shape)),
    );
    from += variable.size;
  }
}

const batch = (step: number) => {
  const at = (step % 25) * 64;
  return { x: train.x.slice([at, 0], [64, 64]), y: train.y.slice([at, 0], [64, CLASSES]) };
};

function backwardOf(step: number, format: 'fp16' | 'fp32') {
  return (working: Float32Array, scale: number) =>
    tf.tidy(() => {
      load(working);
      const { x, y } = batch(step);
      const gradients = () =>
        tf.variableGrads(
          () => lossOf(y, model.apply(x) as tf.Tensor).mul<tf.Scalar>(scale),
          variables,
        ).grads;
      const grads = format === 'fp16' ? autocast('fp16', gradients) : gradients();
      return roundTo(format, flat(variables.map(variable => grads[variable.name])));
    });
}
const initial = flat(build().getWeights());
const STEPS = 150;

function run(format: 'fp16' | 'fp32', next: Parts['nextScaler'], scale: number) {
  let state: State = {
    master: initial,
    working: roundTo('fp16', initial),
    scaler: { scale, goodSteps: 0 },
  };
  const scales: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    scales.push(state.scaler.scale);
    const parts = { backward: backwardOf(step, format), unscale, nextScaler: next, masterStep };
    state = trainStep(parts, state, { learningRate: 0.3 * PIXELS, growthInterval: 6 });
  }
  load(state.working);
  return { accuracy: accuracyOf(model), scales };
}

const fixed: Parts['nextScaler'] = scaler => scaler;
const yourScales: number[] = [];

// %%
const runs = {
  'fp32, scale 1': run('fp32', fixed, 1),
  'fp16, scale 1': run('fp16', fixed, 1),
  'fp16, scale 2^4': run('fp16', fixed, 2 ** 4),
  'fp16, scale 2^10': run('fp16', fixed, 2 ** 10),
  'fp16, scale 2^44': run('fp16', fixed, 2 ** 44),
  'fp16, nextScaler': run('fp16', nextScaler, 2 ** 24),
};
yourScales.push(...runs['fp16, nextScaler'].scales);
Object.entries(runs).map(([name, { accuracy, scales }]) => ({
  run: name,
  accuracy,
  'last scale': `2^${Math.log2(scales[scales.length - 1])}`,
}))

// %% [markdown] lang="en"
// And the library: `GradScaler` with the same rule, on the same batches. Its view shows the scale over the steps, and which steps it skipped.

// %% [markdown] lang="zh"
// 再看本库：`GradScaler` 用同样的规则、同样的批次。它的视图显示缩放因子随步数的变化，以及跳过了哪些步。

// %%
load(initial);
const scaler = new GradScaler(new DynamicLossScaler({ initialScale: 2 ** 24, growthInterval: 6 }));
const optimizer = tf.train.sgd(0.3 * PIXELS);
const libraryScales: number[] = [];
for (let step = 0; step < STEPS; step++) {
  libraryScales.push(scaler.getScale());
  tf.tidy(() => {
    const { x, y } = batch(step);
    const { grads } = autocast('fp16', () =>
      tf.variableGrads(() => scaler.scale(lossOf(y, model.apply(x) as tf.Tensor)), variables),
    );
    scaler.step(optimizer, grads);
    scaler.update();
  });
}
console.log({ accuracy: accuracyOf(model), skippedSteps: scaler.trace.skippedSteps });
scaler.trace

// %%
const differs = libraryScales.findIndex((scale, step) => scale !== yourScales[step]);
({
  firstDifference:
    differs === -1
      ? 'none'
      : { step: differs, yours: yourScales[differs], library: libraryScales[differs] },
})

// %% [markdown] lang="en"
// If a first difference is shown, look at how near the largest gradient was to 65504: whether a step overflows may hang on the last bit, and your gradients were rounded to fp16 once more than the library's.
//
// **Question 1 (4 points).** A colleague sets a fixed scale of 2⁴⁴ "to be on the safe side", another one of 2⁴. With the figures of your runs and the heatmap: what happens in each case, would either see an error message, and how does dynamic scaling deal with it? Is any scale in between as good as another? (Three to six sentences.)

// %% [markdown] lang="zh"
// 如果显示了第一个不同之处，请看最大的梯度离 65504 有多近：某一步是否上溢可能取决于最后一位，而你的梯度比本库的多舍入了一次。
//
// **问题 1（4 分）**：一位同事“为了保险”把缩放因子固定为 2⁴⁴，另一位固定为 2⁴。请结合你的运行结果和热力图说明：两种情况下各会发生什么，他们会看到报错吗，动态缩放如何应对？两者之间的缩放因子都一样好吗？（三到六句话）

// %% [markdown] lang="en" answer="fixed-scales" points=4
// <!-- BEGIN SOLUTION -->
// At 2⁴⁴ gradients overflow to infinity, so every step is skipped and the accuracy stays where an untrained network is. At 2⁴ the smaller gradients are still below 2⁻²⁴ and become zero: the heatmap has them to the left of fp16's band, and a factor of 16 moves them by four columns only. The network learns from the largest ones alone, and ends a little worse. Neither raises an error; what shows is the accuracy, the count of skipped steps, and the share of zeros. Dynamic scaling halves until the steps are finite, and doubles as long as they are, so it ends just below the overflow, wherever that is. In between there is a wide range in which the accuracy is the same (2¹⁰ here, for one): the scale need not be exact, it has to keep both ends of the gradients inside the format.
// <!-- END SOLUTION -->

// %% [markdown] lang="zh" answer="fixed-scales" points=4
// <!-- BEGIN SOLUTION -->
// 用 2⁴⁴ 时梯度上溢为无穷大，每一步都被跳过，准确率停留在未训练的水平。用 2⁴ 时较小的梯度仍小于 2⁻²⁴，变成零：热力图中它们在 fp16 色带的左侧，乘以 16 只移动四列。网络只能靠最大的那些梯度学习，结果略差。两种情况都不报错；能看出问题的是准确率、跳过的步数和零的比例。动态缩放在上溢时减半，正常时加倍，因此停在上溢边缘之下，无论边缘在哪里。两者之间有很宽的范围，准确率相同（例如这里的 2¹⁰）：缩放因子不必精确，只要让梯度的两端都落在格式之内。
// <!-- END SOLUTION -->

// %% [markdown] lang="en"
// **Question 2 (4 points).** For each of the two cures, say against which failure it helps, and why it doesn't help against the other one. Which of the two does bf16 need, and why? Support it by a figure from tasks 1 and 2. (Three to six sentences.)

// %% [markdown] lang="zh"
// **问题 2（4 分）**：对两种办法，分别说明它对付哪种失败，为什么对另一种无效。bf16 需要其中哪一种，为什么？请用任务 1、2 中的数据支持你的回答。（三到六句话）

// %% [markdown] lang="en" answer="two-cures" points=4
// <!-- BEGIN SOLUTION -->
// Loss scaling helps against gradients that underflow on their way back. It doesn't help against vanishing updates: it is divided out again before the update, so the step is as small as before. Master weights help against updates below half the distance between two numbers; they don't help where the gradient is zero already, for nothing gathers. bf16 has the exponents of fp32, so gradients don't underflow and no scale is needed. But it has 8 significant bits: the smallest step at weight 0.1 is eight times that of fp16 (table of task 2), and the weight of task 1 doesn't move at all. So bf16 needs master weights.
// <!-- END SOLUTION -->

// %% [markdown] lang="zh" answer="two-cures" points=4
// <!-- BEGIN SOLUTION -->
// 损失缩放对付反向传播途中下溢的梯度。它对消失的更新量无效：更新之前缩放因子又被除掉，步长和原来一样小。主权重对付小于相邻两数间距一半的更新量；如果梯度已经是零，它就无能为力，因为没有东西可积累。bf16 的指数范围与 fp32 相同，梯度不会下溢，所以不需要缩放。但它只有 8 位有效位：权重为 0.1 时，最小步长是 fp16 的八倍（任务 2 的表），任务 1 中的权重完全不动。所以 bf16 需要主权重。
// <!-- END SOLUTION -->
