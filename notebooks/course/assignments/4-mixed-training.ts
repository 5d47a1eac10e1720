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
// # Assignment 4. A mixed-precision training loop
//
// *Automatic mixed precision* (AMP) is four things in one loop: autocast, gradient accumulation, loss scaling and clipping. Each is a few lines; what goes wrong is their order. You write the parts and the loop, train with them, and then measure whether all this was of any use *on this machine*, which is another question than whether it works.
//
// **You will be able to**
//
// - say for each op in which format autocast runs it, and by which rule;
// - accumulate gradients of micro-batches of any size, and clip them by their global norm;
// - put scaling, accumulation, unscaling, clipping and the update in the right order, and skip a step;
// - predict a speedup by Amdahl's law, measure one with an interval, and explain the difference.
//
// **You need** Assignments 2 and 3, and 90 to 120 minutes on any laptop. In section 6 times are measured: close what else keeps the processor busy.
//
// **How it works.** As before: replace `throw new Error(...)`, run the cell, run `check`. Hidden tests use other inputs. Task 5 is tested with correct parts, so an error in one part costs its own points only.
//
// | task | 1 | 2 | 3 | 4 | 5 | 6 | 7 | question |
// |---|---|---|---|---|---|---|---|---|
// | points | 3 | 3 | 2 | 3 | 6 | 3 | 4 | 6 |

// %% [markdown] lang="zh"
// # 作业 4：混合精度训练循环
//
// *自动混合精度*（AMP，automatic mixed precision）就是一个循环里的四件事：autocast、梯度累积（gradient accumulation）、损失缩放和梯度裁剪（clipping）。每件事都只有几行，容易出错的是次序。你将写出各个零件和整个循环，用它们训练，然后测量：这一切*在这台机器上*究竟有没有用。这与它能否正确工作是两个问题。
//
// **学习目标**
//
// - 说出 autocast 让每个算子以哪种格式运行，依据哪条规则；
// - 对任意大小的微批次（micro-batch）累积梯度，并按全局范数（global norm）裁剪；
// - 把缩放、累积、还原、裁剪和更新排成正确的次序，并能跳过一步；
// - 用阿姆达尔定律（Amdahl's law）预测加速比，用区间测量加速比，并解释两者的差别。
//
// **先修与用时**：作业 2 和 3；90 至 120 分钟，任何笔记本电脑均可。第 6 节要测量时间：请关闭其他占用处理器的程序。
//
// **做法**：与之前相同：替换 `throw new Error(...)`，运行单元格，再运行 `check`。隐藏测试使用别的输入。任务 5 用正确的零件来测试，因此某个零件的错误只扣它自己的分。
//
// | 任务 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 问题 |
// |---|---|---|---|---|---|---|---|---|
// | 分值 | 3 | 3 | 2 | 3 | 6 | 3 | 4 | 6 |

// %%
import * as tf from '@tensorflow/tfjs';
import {
  autocast,
  castRule,
  clipByGlobalNorm,
  deviceFacts,
  display,
  DynamicLossScaler,
  GradientAccumulator,
  GradScaler,
  round,
  setLossScaler,
  svg,
} from 'halfnote';
import type { CastRule } from 'halfnote';
import { check, language, mustPass } from 'halfnote/course';
language('en');

type Low = 'fp16' | 'bf16';
type Float = 'fp32' | Low;
type Gradient = Float32Array[];
type Part = { gradient: Gradient; samples: number };

(['fp32', 'bf16', 'fp16'] as const).map(format => ({ format, ...deviceFacts().formats[format] }))

// %% [markdown] lang="en"
// The last table says what this machine computes itself (*native*) and what is only rounded as if (*simulated*). Keep it in mind for section 6.
//
// ## 1. What autocast does with an op
//
// Autocast goes by a table: each op has one of four rules.
//
// | rule | runs in | for example |
// |---|---|---|
// | `low` | the low format, whatever comes in | matrix products, convolutions |
// | `fp32` | fp32, whatever comes in | softmax, exp, log, sums, means, losses |
// | `promote` | the widest format among its inputs | add, multiply, concatenate |
// | `follow` | the widest format among its inputs; most have only one | relu, reshape, max-pooling |
//
// *Widest* is the format in which all the inputs are exact. fp16 has digits that bf16 lacks, and bf16 has exponents that fp16 lacks.
//
// **Task 1 (3 points).** `computeFormat(rule, inputs, low)`: the format in which an op with this rule runs. `inputs` are the formats of its inputs, at least one.

// %% [markdown] lang="zh"
// 最后的表说明哪些格式由这台机器直接计算（*native*，原生），哪些只是按该格式舍入（*simulated*，模拟）。第 6 节会用到它。
//
// ## 1. autocast 如何对待一个算子
//
// autocast 依据一张表，每个算子属于四条规则之一。
//
// | 规则 | 运行格式 | 例子 |
// |---|---|---|
// | `low` | 低精度格式，不论输入是什么 | 矩阵乘法、卷积 |
// | `fp32` | fp32，不论输入是什么 | softmax、exp、log、求和、均值、损失 |
// | `promote` | 输入中最宽的格式 | 加法、乘法、拼接 |
// | `follow` | 输入中最宽的格式；大多只有一个输入 | relu、reshape、最大池化 |
//
// *最宽*是指所有输入都能精确表示的格式。fp16 有 bf16 所没有的有效位，bf16 有 fp16 所没有的指数。
//
// **任务 1（3 分）。** `computeFormat(rule, inputs, low)` 返回遵循该规则的算子以哪种格式运行。`inputs` 是各输入的格式，至少一个。

// %% solution="compute-format"
function computeFormat(rule: CastRule, inputs: readonly Float[], low: Low): Float {
  // BEGIN SOLUTION
  if (rule === 'low') return low;
  if (rule === 'fp32') return 'fp32';
  return inputs.every(format => format === inputs[0]) ? inputs[0] : 'fp32';
  // END SOLUTION
}

// %%
check('compute-format', computeFormat)

// %% tests="compute-format-tests" points=3
mustPass('compute-format', computeFormat);
// BEGIN HIDDEN TESTS
mustPass('compute-format', computeFormat, [
  ['low', ['bf16'], 'fp16'],
  ['fp32', ['fp16', 'bf16'], 'fp16'],
  ['promote', ['bf16', 'fp16', 'bf16'], 'bf16'],
  ['promote', ['bf16', 'bf16'], 'fp16'],
  ['follow', ['fp16'], 'bf16'],
  ['follow', ['fp16', 'fp32'], 'fp16'],
  ['promote', ['fp32'], 'bf16'],
]);
// END HIDDEN TESTS

// %%
['MatMul', 'Conv2D', 'Softmax', 'Sum', 'Exp', 'AddV2', 'Mul', 'ConcatV2', 'Relu', 'MaxPool'].map(
  op => {
    const rule = castRule(op);
    return {
      op,
      rule,
      'fp16 in': computeFormat(rule, ['fp16'], 'fp16'),
      'fp16 and fp32 in': computeFormat(rule, ['fp16', 'fp32'], 'fp16'),
    };
  },
)

// %% [markdown] lang="en"
// ## 2. Accumulate
//
// A batch that doesn't fit into memory is cut into *micro-batches*; their gradients are added up, and the optimizer steps once. The loss of each micro-batch is a mean over its samples, so its gradient is, too. The last one is often smaller, and then the mean of the means isn't the mean.
//
// From here on a *gradient* is a list of arrays, one for each variable of the network (`type Gradient` in the first cell), and a *part* is the gradient of a micro-batch with the number of its samples.
//
// **Task 2 (3 points).** `meanGradient(parts)`: the gradient of the whole batch from those of its micro-batches. Each sample counts alike. Return new arrays.

// %% [markdown] lang="zh"
// ## 2. 梯度累积
//
// 内存放不下的批次要切成若干*微批次*，把它们的梯度累加起来，优化器只走一步。每个微批次的损失是其样本的平均值，因此梯度也是平均值。最后一个微批次往往较小，这时平均值的平均值并不等于总的平均值。
//
// 从这里开始，一个*梯度*是一组数组，网络的每个变量对应一个（见第一个单元格中的 `type Gradient`）；一个 `Part` 是一个微批次的梯度及其样本数。
//
// **任务 2（3 分）。** `meanGradient(parts)` 由各微批次的梯度求出整个批次的梯度。每个样本的权重相同。返回新的数组。

// %% solution="mean-gradient"
function meanGradient(parts: readonly Part[]): Gradient {
  // BEGIN SOLUTION
  const samples = parts.reduce((sum, part) => sum + part.samples, 0);
  return parts[0].gradient.map((first, variable) =>
    first.map(
      (_, i) =>
        parts.reduce((sum, part) => sum + part.gradient[variable][i] * part.samples, 0) / samples,
    ),
  );
  // END SOLUTION
}

// %%
check('mean-gradient', meanGradient)

// %% tests="mean-gradient-tests" points=3
mustPass('mean-gradient', meanGradient);
// BEGIN HIDDEN TESTS
mustPass('mean-gradient', meanGradient, [
  [[{ gradient: [Float32Array.of(1, -1), Float32Array.of(3)], samples: 5 }, { gradient: [Float32Array.of(2, 2), Float32Array.of(0)], samples: 15 }, { gradient: [Float32Array.of(-4, 8), Float32Array.of(1)], samples: 12 }]],
  [[{ gradient: [Float32Array.of(65504)], samples: 7 }, { gradient: [Float32Array.of(65504)], samples: 1 }]],
  [[{ gradient: [Float32Array.of(0.5)], samples: 3 }]],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 3. Clip
//
// Now and then a batch gives a gradient that is far too long, and one step in its direction undoes hours of training. *Clipping by global norm* shortens it without turning it: all variables are multiplied by the same factor.
//
// **Task 3 (2 points).** `globalNorm(gradient)`: the Euclidean length of the gradient, over all numbers of all its variables together.

// %% [markdown] lang="zh"
// ## 3. 梯度裁剪
//
// 有时某个批次会给出过长的梯度，沿它走一步就会毁掉数小时的训练。*按全局范数裁剪*只缩短梯度而不改变方向：所有变量乘以同一个因子。
//
// **任务 3（2 分）。** `globalNorm(gradient)` 返回梯度的欧几里得长度，所有变量的所有数合在一起计算。

// %% solution="global-norm"
function globalNorm(gradient: Gradient): number {
  // BEGIN SOLUTION
  return Math.sqrt(
    gradient.reduce(
      (sum, values) => values.reduce((total, value) => total + value * value, sum),
      0,
    ),
  );
  // END SOLUTION
}

// %%
check('global-norm', globalNorm)

// %% tests="global-norm-tests" points=2
mustPass('global-norm', globalNorm);
// BEGIN HIDDEN TESTS
mustPass('global-norm', globalNorm, [
  [[Float32Array.of(1, 2), Float32Array.of(2)]],
  [[Float32Array.of(-7)]],
  [[Float32Array.of(1e-4), Float32Array.of(1e-4, 1e-4, 1e-4)]],
  [[Float32Array.of(60000, 60000)]],
  [[Float32Array.of(0)]],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// **Task 4 (3 points).** `clip(gradient, limit)`: new arrays, with a global norm of at most `limit`. A gradient that is short enough stays as it is; one of zeros as well. You may call `globalNorm`, or compute the norm anew, so that this task doesn't depend on the last one.

// %% [markdown] lang="zh"
// **任务 4（3 分）。** `clip(gradient, limit)` 返回新的数组，其全局范数不超过 `limit`。足够短的梯度保持不变，全零的梯度也是。可以调用 `globalNorm`，也可以重新计算范数，使本任务不依赖上一个。

// %% solution="clip"
function clip(gradient: Gradient, limit: number): Gradient {
  // BEGIN SOLUTION
  const norm = Math.sqrt(
    gradient.reduce(
      (sum, values) => values.reduce((total, value) => total + value * value, sum),
      0,
    ),
  );
  const factor = norm > limit ? limit / norm : 1;
  return gradient.map(values => values.map(value => value * factor));
  // END SOLUTION
}

// %%
check('clip', clip)

// %% tests="clip-tests" points=3
mustPass('clip', clip);
// BEGIN HIDDEN TESTS
mustPass('clip', clip, [
  [[Float32Array.of(1, 2), Float32Array.of(2)], 1.5],
  [[Float32Array.of(1, 2), Float32Array.of(2)], 3],
  [[Float32Array.of(-10), Float32Array.of(0, 0)], 1],
  [[Float32Array.of(0)], 2],
  [[Float32Array.of(0.1)], 2],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 4. The loop
//
// **Task 5 (6 points).** `ampStep(parts, state, microBatches, limit)` is one step of the optimizer over the micro-batches 0, 1, …, `microBatches` − 1. What it needs is in `parts`:
//
// - `parts.backward(weights, i, scale)` runs micro-batch `i` with these weights, and gives its `samples` and its `gradient`, *multiplied by the scale*;
// - `parts.mean` is task 2, `parts.clip` is task 4;
// - `parts.unscale(gradient, scale)` gives `{ gradient, finite }`, as in Assignment 3;
// - `parts.update(weights, gradient)` gives the weights after an update.
//
// `state` has the `weights` and the `scaler`, a `DynamicLossScaler` of the library: `scaler.scale` is the scale in force, and `scaler.adjust(finite)` gives the scaler of the *next* step; the scaler itself never changes. Return the new `weights` and `scaler`, and in `applied` whether there was an update.
//
// Think about the order before you write. Which scale do micro-batches need that are added to each other? Is `limit` meant for the gradient or for its multiple? What happens if one micro-batch overflows, and what must happen exactly once?

// %% [markdown] lang="zh"
// ## 4. 循环
//
// **任务 5（6 分）。** `ampStep(parts, state, microBatches, limit)` 是优化器在微批次 0、1、…、`microBatches` − 1 上的一步。所需的零件都在 `parts` 中：
//
// - `parts.backward(weights, i, scale)` 用这些权重运行微批次 `i`，返回其样本数 `samples` 和梯度 `gradient`，该梯度*已乘以缩放因子*；
// - `parts.mean` 是任务 2，`parts.clip` 是任务 4；
// - `parts.unscale(gradient, scale)` 返回 `{ gradient, finite }`，与作业 3 相同；
// - `parts.update(weights, gradient)` 返回更新后的权重。
//
// `state` 中有权重 `weights` 和缩放器 `scaler`，后者是本库的 `DynamicLossScaler`：`scaler.scale` 是当前的缩放因子，`scaler.adjust(finite)` 给出*下一步*的缩放器；缩放器本身不会改变。请返回新的 `weights` 和 `scaler`，并用 `applied` 表示是否进行了更新。
//
// 动手之前先想好次序：要相加的几个微批次应该用怎样的缩放因子？`limit` 针对的是梯度本身还是它的倍数？如果有一个微批次上溢会怎样？哪些事必须恰好做一次？

// %%
type AmpParts = {
  backward: (weights: Gradient, microBatch: number, scale: number) => Part;
  mean: (parts: readonly Part[]) => Gradient;
  unscale: (gradient: Gradient, scale: number) => { gradient: Gradient; finite: boolean };
  clip: (gradient: Gradient, limit: number) => Gradient;
  update: (weights: Gradient, gradient: Gradient) => Gradient;
};
type AmpState = { weights: Gradient; scaler: DynamicLossScaler };
type AmpResult = AmpState & { applied: boolean };

// %% solution="amp-step"
function ampStep(parts: AmpParts, state: AmpState, microBatches: number, limit: number): AmpResult {
  // BEGIN SOLUTION
  const { weights, scaler } = state;
  const scaled = Array.from({ length: microBatches }, (_, i) =>
    parts.backward(weights, i, scaler.scale),
  );
  const { gradient, finite } = parts.unscale(parts.mean(scaled), scaler.scale);
  return {
    weights: finite ? parts.update(weights, parts.clip(gradient, limit)) : weights,
    scaler: scaler.adjust(finite),
    applied: finite,
  };
  // END SOLUTION
}

// %%
check('amp-step', ampStep)

// %% tests="amp-step-tests" points=6
mustPass('amp-step', ampStep);
// BEGIN HIDDEN TESTS
const given = (targets: number[], scale: number, goodSteps: number, limit: number) => (): [AmpParts, AmpState, number, number] => [
  {
    backward: (weights, i, by) => ({
      gradient: weights.map(values => values.map(value => round('fp16', (value - targets[i]) * by))),
      samples: 4 + i,
    }),
    mean: parts => parts[0].gradient.map((first, v) => first.map((_, i) => parts.reduce((sum, part) => sum + part.gradient[v][i], 0) / parts.length)),
    unscale: (gradient, by) => ({
      gradient: gradient.map(v => v.map(x => x / by)),
      finite: gradient.every(v => v.every(Number.isFinite)),
    }),
    clip: (gradient, most) => gradient.map(values => values.map(value => Math.max(-most, Math.min(most, value)))),
    update: (weights, gradient) => weights.map((values, v) => values.map((value, i) => value - 0.25 * gradient[v][i])),
  },
  { weights: [Float32Array.of(0.5, 2, -1)], scaler: new DynamicLossScaler({ growthInterval: 3 }, goodSteps, scale) },
  targets.length,
  limit,
];
mustPass('amp-step', ampStep, [
  given([1, 2, 3, 4], 256, 0, 10),
  given([1, 2, 3, 4], 256, 2, 0.25),
  given([100, -100], 2048, 1, 1),
  given([0.5], 32768, 2, 1),
  given([1, 500], 128, 2, 100),
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The network and the (synthetic) data are those of Assignment 3, without its tiny loss. Three trainings over the same batches of 64: one in fp32; one with your loop in four micro-batches of 16; one with what the library has for each part. `setLossScaler('none')` switches off the scaling that autocast would add by itself, so that yours is the only one.

// %% [markdown] lang="zh"
// 网络和（合成）数据与作业 3 相同，只是损失不再缩小。在同样的 64 样本批次上训练三次：一次用 fp32；一次用你的循环，分成四个 16 样本的微批次；一次用本库的对应零件。`setLossScaler('none')` 关闭 autocast 自带的缩放，只有你的缩放器起作用。

// %%
type Line = { name: string; color: string; points: readonly (readonly [number, number])[] };

function chart(lines: readonly Line[], xLabel: string, yLabel: string) {
  const all = lines.flatMap(line => line.points).filter(point => point.every(Number.isFinite));
  const range = (axis: 0 | 1) => [
    Math.min(...all.map(point => point[axis])),
    Math.max(...all.map(point => point[axis])),
  ];
  const [[left, right], [low, high]] = [range(0), range(1)];
  const px = (x: number) => 70 + ((x - left) / (right - left || 1)) * 470;
  const py = (y: number) => 250 - ((y - low) / (high - low || 1)) * 220;
  const said = (v: number) => String(Number(v.toPrecision(3)));
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(part => {
    const [x, y] = [left + part * (right - left), low + part * (high - low)];
    return `<text x="${px(x)}" y="268" text-anchor="middle">${said(x)}</text><text x="64" y="${py(y) + 4}" text-anchor="end">${said(y)}</text>
      <path d="M${px(x)} 250v4M70 ${py(y)}h470" stroke="#ddd" fill="none"/>`;
  });
  const dashes = ['', '7 3', '2 3', '9 3 2 3'];
  const drawn = lines.map(
    ({ name, color, points }, i) =>
      `<polyline points="${points
        .filter(point => point.every(Number.isFinite))
        .map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`)
        .join(
          ' ',
        )}" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes[i % 4]}"/>
     <path d="M552 ${40 + 22 * i}h28" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes[i % 4]}"/><text x="586" y="${44 + 22 * i}">${name}</text>`,
  );
  return svg(`<svg xmlns="http://www.w3.org/2000/svg" width="720" height="300" font-family="sans-serif" font-size="12" role="img" aria-label="${yLabel} / ${xLabel}">
    <rect width="100%" height="100%" fill="#fff"/>${ticks.join('')}${drawn.join('')}
    <text x="305" y="290" text-anchor="middle">${xLabel}</text><text x="70" y="18">${yLabel}</text></svg>`);
}

// %%
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

function build(width: number, inputs = 64): tf.Sequential {
  const kernelInitializer = (seed: number) => tf.initializers.glorotUniform({ seed });
  return tf.sequential({
    layers: [
      tf.layers.dense({
        name: 'hidden',
        units: width,
        activation: 'relu',
        kernelInitializer: kernelInitializer(1),
        inputShape: [inputs],
      }),
      tf.layers.dense({ name: 'classes', units: CLASSES, kernelInitializer: kernelInitializer(2) }),
    ],
  });
}
const variablesOf = (model: tf.LayersModel) =>
  model.trainableWeights.map(weight => weight.read() as tf.Variable);

function lossOf(model: tf.LayersModel, at: number, size: number): tf.Scalar {
  const [x, y] = [train.x.slice([at, 0], [size, 64]), train.y.slice([at, 0], [size, CLASSES])];
  return tf.losses.softmaxCrossEntropy(y, model.apply(x) as tf.Tensor) as tf.Scalar;
}
function accuracyOf(model: tf.LayersModel): number {
  return tf.tidy(
    () =>
      (model.predict(test.x) as tf.Tensor).argMax(-1).equal(test.y.argMax(-1)).mean().dataSync()[0],
  );
}

// %%
setLossScaler('none');
const [STEPS, LIMIT, RATE] = [100, 1, 0.3];
const batchAt = (step: number) => (step % 25) * 64;

function trainFp32() {
  const model = build(32);
  const optimizer = tf.train.sgd(RATE);
  const losses = Array.from({ length: STEPS }, (_, step) =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => lossOf(model, batchAt(step), 64),
        variablesOf(model),
      );
      optimizer.applyGradients(clipByGlobalNorm(grads, LIMIT).gradients);
      return value.dataSync()[0];
    }),
  );
  return { accuracy: accuracyOf(model), losses, skipped: 0 };
}

const valuesOf = (tensors: readonly tf.Tensor[]): Gradient =>
  tensors.map(tensor => tensor.dataSync() as Float32Array);

function trainYours() {
  const model = build(32);
  const variables = variablesOf(model);
  const losses: number[] = [];
  let skipped = 0;
  let state: AmpState = {
    weights: valuesOf(variables),
    scaler: new DynamicLossScaler({ growthInterval: 20 }),
  };
  for (let step = 0; step < STEPS; step++) {
    let loss = 0;
    const parts: AmpParts = {
      backward: (weights, i, scale) =>
        tf.tidy(() => {
          if (i === 0)
            variables.forEach((variable, v) =>
              variable.assign(tf.tensor(weights[v], variable.shape)),
            );
          const { value, grads } = autocast('fp16', () =>
            tf.variableGrads(
              () => lossOf(model, batchAt(step) + 16 * i, 16).mul<tf.Scalar>(scale),
              variables,
            ),
          );
          loss += value.dataSync()[0] / scale / 4;
          return { gradient: valuesOf(variables.map(({ name }) => grads[name])), samples: 16 };
        }),
      mean: meanGradient,
      unscale: (gradient, scale) => ({
        gradient: gradient.map(values => values.map(value => value / scale)),
        finite: gradient.every(values => values.every(Number.isFinite)),
      }),
      clip,
      update: (weights, gradient) =>
        weights.map((values, v) => values.map((value, i) => value - RATE * gradient[v][i])),
    };
    const result = ampStep(parts, state, 4, LIMIT);
    state = { weights: result.weights, scaler: result.scaler };
    if (!result.applied) skipped++;
    losses.push(loss);
  }
  variables.forEach((variable, v) =>
    tf.tidy(() => variable.assign(tf.tensor(state.weights[v], variable.shape))),
  );
  return { accuracy: accuracyOf(model), losses, skipped };
}

function trainLibrary() {
  const model = build(32);
  const optimizer = tf.train.sgd(RATE);
  const scaler = new GradScaler(new DynamicLossScaler({ growthInterval: 20 }));
  const accumulator = new GradientAccumulator({ steps: 4 });
  const losses = Array.from({ length: STEPS }, (_, step) =>
    tf.tidy(() => {
      let loss = 0;
      for (let i = 0; i < 4; i++) {
        const { value, grads } = autocast('fp16', () =>
          tf.variableGrads(
            () => scaler.scale(lossOf(model, batchAt(step) + 16 * i, 16)),
            variablesOf(model),
          ),
        );
        loss += value.dataSync()[0] / 4;
        accumulator.add(grads);
      }
      scaler.step(
        optimizer,
        clipByGlobalNorm(scaler.unscale(optimizer, accumulator.take()), LIMIT).gradients,
      );
      scaler.update();
      return loss;
    }),
  );
  return { accuracy: accuracyOf(model), losses, skipped: scaler.trace.skippedSteps };
}

// %%
const trainings = { fp32: trainFp32(), ampStep: trainYours(), GradScaler: trainLibrary() };
const colors = ['#666', '#3267c8', '#c85a32'];
display(
  chart(
    Object.entries(trainings).map(([name, { losses }], i) => ({
      name,
      color: colors[i],
      points: losses.map((loss, step) => [step, loss] as const),
    })),
    'step',
    'loss',
  ),
);
Object.entries(trainings).map(([loop, { accuracy, skipped, losses }]) => ({
  loop,
  accuracy,
  skipped,
  'last loss': losses[STEPS - 1],
}))

// %% [markdown] lang="en"
// The three lines should lie on each other. The steps that were skipped are those after the scale had grown too large. Mixed precision with a scaler is *as good as* fp32 here. Is it also faster?
//
// ## 5. What to expect
//
// Only the `low` ops get faster. By **Amdahl's law**, if a share *s* of a step's time is spent in them and they become *k* times as fast, the rest takes as long as before, and the casts between the formats come on top.
//
// **Task 6 (3 points).** `amdahl(share, factor, overhead)`: the speedup of the whole step, old time over new time. `overhead` is what comes on top, as a share of the *old* time.

// %% [markdown] lang="zh"
// 三条线应当重合。跳过（skipped）的是缩放因子增大到过大的那几步。在这里，带缩放器的混合精度与 fp32 *一样好*。它也更快吗？
//
// ## 5. 预期是多少
//
// 只有 `low` 类算子会变快。根据**阿姆达尔定律**：如果一步中有比例 *s* 的时间花在它们上面，它们变为原来的 *k* 倍快，其余部分耗时不变，格式之间的转换（cast）还要额外花时间。
//
// **任务 6（3 分）。** `amdahl(share, factor, overhead)` 返回整步的加速比，即原时间除以新时间。`overhead` 是额外开销，以*原*时间的比例表示。

// %% solution="amdahl"
function amdahl(share: number, factor: number, overhead: number): number {
  // BEGIN SOLUTION
  return 1 / (1 - share + share / factor + overhead);
  // END SOLUTION
}

// %%
check('amdahl', amdahl)

// %% tests="amdahl-tests" points=3
mustPass('amdahl', amdahl);
// BEGIN HIDDEN TESTS
mustPass('amdahl', amdahl, [
  [0.75, 3, 0],
  [0.2, 2, 0.15],
  [0.9, 8, 0.05],
  [0, 4, 0.1],
  [1, 0.5, 0],
  [0.3, 1, 0],
]);
// END HIDDEN TESTS

// %%
const shares = Array.from({ length: 21 }, (_, i) => i / 20);
chart(
  [
    {
      name: 'k = 2',
      color: '#3267c8',
      points: shares.map(share => [share, amdahl(share, 2, 0)] as const),
    },
    {
      name: 'k = 2, +10 %',
      color: '#c85a32',
      points: shares.map(share => [share, amdahl(share, 2, 0.1)] as const),
    },
    {
      name: 'k = 1, +10 %',
      color: '#666',
      points: shares.map(share => [share, amdahl(share, 1, 0.1)] as const),
    },
  ],
  'share',
  'speedup',
)

// %% [markdown] lang="en"
// ## 6. Measure
//
// One number is no measurement: run the same step twice, and it takes another time. So steps in fp32 and in the low format are timed in *pairs*, close to each other in time, and each pair gives a ratio, old time over new.
//
// **Task 7 (4 points).** `judge(ratios, t)` gives the interval of the mean ratio, and what it shows:
//
// - `low` and `high` are mean ∓ t · s / √n, with s the standard deviation of the sample (divide by n − 1) and t the factor of Student's distribution, which is given;
// - `verdict` is `'faster'` if even the low end is above 1, `'slower'` if even the high end is below 1, and `'no difference shown'` otherwise.

// %% [markdown] lang="zh"
// ## 6. 测量
//
// 一个数不叫测量：同一步运行两次，耗时也不同。因此 fp32 的步和低精度的步*成对*计时，两者在时间上紧挨着；每一对给出一个比值：原时间除以新时间。
//
// **任务 7（4 分）。** `judge(ratios, t)` 返回平均比值的区间及其结论：
//
// - `low` 和 `high` 为均值 ∓ t · s / √n，s 是样本标准差（除以 n − 1），系数 t 来自学生 t 分布（Student's t），由参数给出；
// - `verdict`：如果下端也大于 1，为 `'faster'`；如果上端也小于 1，为 `'slower'`；否则为 `'no difference shown'`（没有显示出差别）。

// %% solution="judge"
function judge(
  ratios: readonly number[],
  t: number,
): { low: number; high: number; verdict: 'faster' | 'slower' | 'no difference shown' } {
  // BEGIN SOLUTION
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const squares = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0);
  const half = (t * Math.sqrt(squares / (ratios.length - 1))) / Math.sqrt(ratios.length);
  const [low, high] = [mean - half, mean + half];
  return { low, high, verdict: low > 1 ? 'faster' : high < 1 ? 'slower' : 'no difference shown' };
  // END SOLUTION
}

// %%
check('judge', judge)

// %% tests="judge-tests" points=4
mustPass('judge', judge);
// BEGIN HIDDEN TESTS
mustPass('judge', judge, [
  [[1.1, 1.2, 1.15], 4.303],
  [[0.9, 1.2, 0.8, 1.1], 3.182],
  [[0.5, 0.5], 12.706],
  [[0.95, 0.96, 0.94, 0.97, 0.95], 2.776],
  [[1.001, 1.002, 1.003], 4.303],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Now the steps themselves: a small network (32 hidden units, batches of 64) and a wide one (1024 inputs, 1024 hidden units, batches of 256), in fp16 and in bf16. Eleven pairs each, in random order within a pair; the first is warm-up and isn't counted. t is 2.262, for ten ratios and 95 %.

// %% [markdown] lang="zh"
// 现在测量训练步本身：一个小网络（32 个隐藏单元，批次 64）和一个宽网络（1024 个输入、1024 个隐藏单元，批次 256），分别用 fp16 和 bf16。每种测十一对，每对内部次序随机；第一对用于预热，不计入。十个比值、95 % 时 t 为 2.262。

// %%
function stepOf(width: number, inputs: number, batch: number) {
  const model = build(width, inputs);
  const variables = variablesOf(model);
  const [x, y] = [
    tf.randomNormal([batch, inputs], 0, 1, 'float32', 5),
    tf
      .oneHot(
        Array.from({ length: batch }, (_, i) => i % CLASSES),
        CLASSES,
      )
      .toFloat(),
  ];
  const optimizer = tf.train.sgd(0.01);
  const gradients = () =>
    tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy(y, model.apply(x) as tf.Tensor) as tf.Scalar,
      variables,
    );
  return (format: Float) =>
    tf.tidy(() => {
      const { value, grads } = format === 'fp32' ? gradients() : autocast(format, gradients);
      optimizer.applyGradients(grads);
      value.dataSync();
    });
}
function secondsOf(work: () => void, times: number): number {
  const start = performance.now();
  for (let i = 0; i < times; i++) work();
  return (performance.now() - start) / times / 1000;
}
function pairs(step: (format: Float) => void, format: Low, times: number) {
  return Array.from({ length: 11 }, () => {
    const lowFirst = Math.random() < 0.5;
    const before = lowFirst ? secondsOf(() => step(format), times) : 0;
    const full = secondsOf(() => step('fp32'), times);
    const low = lowFirst ? before : secondsOf(() => step(format), times);
    return { full, low };
  }).slice(1);
}

const sizes = [
  { network: 'small', width: 32, inputs: 64, batch: 64, times: 24 },
  { network: 'wide', width: 1024, inputs: 1024, batch: 256, times: 2 },
];
const measured: { network: string; format: Low; pairs: { full: number; low: number }[] }[] = [];

// %%
measured.length = 0;
measured.push(...sizes.flatMap(({ network, width, inputs, batch, times }) => {
  const step = stepOf(width, inputs, batch);
  return (['fp16', 'bf16'] as const).map(format => ({
    network,
    format,
    pairs: pairs(step, format, times),
  }));
}));
measured.map(({ network, format, pairs }) => {
  const { low, high, verdict } = judge(
    pairs.map(({ full, low }) => full / low),
    2.262,
  );
  return {
    network,
    format,
    execution: deviceFacts().formats[format].execution,
    'fp32, ms': (1e3 * pairs[0].full).toFixed(2),
    speedup: `${low.toFixed(2)} … ${high.toFixed(2)}`,
    verdict,
  };
})

// %% [markdown] lang="en"
// Where did the time go? First the share of matrix products in a step in fp32, measured by running just these products; it is the *s* of your prediction. With *k* = 2, which is often claimed, and no overhead. The GFLOP/s say how well the processor was used: where they are few, most of that time was not spent multiplying.

// %% [markdown] lang="zh"
// 时间花在哪里了？首先是矩阵乘法在 fp32 一步中所占的比例：只运行这些乘法来测量，它就是预测中的 *s*。取常听说的 *k* = 2，不计开销。GFLOP/s 表示处理器的利用程度：数值很小时，这段时间大多并没有用于乘法。

// %%
function productsOf(width: number, inputs: number, batch: number) {
  const [x, w1, h, w2, d] = (
    [
      [batch, inputs],
      [inputs, width],
      [batch, width],
      [width, CLASSES],
      [batch, CLASSES],
    ] as const
  ).map(shape => tf.randomNormal([...shape]));
  return () =>
    tf.tidy(() => {
      const products = [
        tf.matMul(x, w1),
        tf.matMul(h, w2),
        tf.matMul(h, d, true),
        tf.matMul(d, w2, false, true),
        tf.matMul(x, h, true),
      ];
      products[4].slice([0, 0], [1, 1]).dataSync();
    });
}
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
sizes.map(({ network, width, inputs, batch, times }) => {
  const products = productsOf(width, inputs, batch);
  const productS = median(Array.from({ length: 9 }, () => secondsOf(products, times)));
  const stepS = median(
    measured
      .filter(row => row.network === network)
      .flatMap(({ pairs }) => pairs.map(({ full }) => full)),
  );
  const share = Math.min(1, productS / stepS);
  const flop = 2 * batch * (2 * inputs * width + 3 * width * CLASSES);
  return {
    network,
    'products, ms': (1e3 * productS).toFixed(2),
    'step, ms': (1e3 * stepS).toFixed(2),
    share: share.toFixed(2),
    'GFLOP/s': (flop / productS / 1e9).toFixed(1),
    'amdahl(share, 2, 0)': amdahl(share, 2, 0).toFixed(2),
  };
})

// %% [markdown] lang="en"
// Then what ran in which format, and what the casts took, for the wide network in fp16. Unfold the table to see single ops.

// %% [markdown] lang="zh"
// 再看宽网络在 fp16 下每个算子以哪种格式运行，转换花了多少时间。展开表格可以看到各个算子。

// %%
const wide = build(1024, 1024);
wide.compile({
  optimizer: 'sgd',
  loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits),
});
const wideX = tf.randomNormal([256, 1024], 0, 1, 'float32', 5);
const wideY = tf
  .oneHot(
    Array.from({ length: 256 }, (_, i) => i % CLASSES),
    CLASSES,
  )
  .toFloat();

// %%
// %precision fp16
// %explain wide --data wideX,wideY

// %%
// %precision fp32

// %% [markdown] lang="en"
// **Question (6 points).** "Mixed precision makes training twice as fast." Judge this sentence for *your machine*, in six to ten sentences, with your own figures:
//
// 1. For each of the four rows: what was measured, and is it the speedup that Amdahl's law allowed?
// 2. Which reasons apply where: a format that is only simulated, a share of products that is small, casts, the overhead of JavaScript per op? Name the figure that shows it.
// 3. What would have to be different (network, batch, hardware) for the sentence to hold, and how would you notice if it didn't?

// %% [markdown] lang="zh"
// **问题（6 分）**：“混合精度使训练快一倍。”请针对*你的机器*，用你自己的数据评判这句话，六到十句话：
//
// 1. 对四行结果逐一说明：测得的是什么？达到阿姆达尔定律所允许的加速比了吗？
// 2. 下列原因各适用于哪里：格式只是模拟的、乘法所占比例小、格式转换、JavaScript 每个算子的开销？请指出是哪个数据说明的。
// 3. 要使这句话成立，哪些条件（网络、批次、硬件）必须不同？如果不成立，你会如何发现？

// %% [markdown] lang="en" answer="faster" points=6
// <!-- BEGIN SOLUTION -->
// The figures differ by machine; what counts is that each claim names one.
//
// 1. Small network, fp16 and bf16: the intervals hold 1 or lie below it. Amdahl's law allowed little: products are a small share of the step. Wide network, fp16: no faster, or slower, for fp16 is simulated here (see the first table), so k is about 1 at best and casts come on top. Wide network, bf16: faster where bf16 is native; then the ratio is below amdahl(share, 2, 0), since casts are not free.
// 2. Simulated format: fp16, by `execution` in the first table and in `%explain`. Small share of products: `share` of the small network. Casts: the share that `%explain` gives. Overhead per op: the small network's GFLOP/s are a small part of the wide one's, so most of its time isn't spent multiplying.
// 3. Larger layers and batches, so that products dominate; hardware that multiplies in the low format; fewer casts (weights cast once). One notices by an interval of the ratio on one's own step, not by a data sheet: if it holds 1, nothing was gained. Memory may still be saved.
// <!-- END SOLUTION -->

// %% [markdown] lang="zh" answer="faster" points=6
// <!-- BEGIN SOLUTION -->
// 数据因机器而异，关键是每个论断都要指出具体数据。
//
// 1. 小网络，fp16 和 bf16：区间包含 1 或在 1 以下。阿姆达尔定律所允许的本来就少：乘法只占一步的一小部分。宽网络，fp16：没有变快甚至更慢，因为 fp16 在这里是模拟的（见第一张表），k 最多约为 1，还要加上转换。宽网络，bf16：在原生支持 bf16 的机器上更快；但比值小于 amdahl(share, 2, 0)，因为转换不是免费的。
// 2. 格式只是模拟的：fp16，见第一张表和 `%explain` 中的 `execution`。乘法比例小：小网络的 `share`。转换：`%explain` 给出的比例。每个算子的开销：小网络的 GFLOP/s 只有宽网络的一小部分，说明时间大多没有用于乘法。
// 3. 更大的层和批次，使乘法占主导；能以低精度格式做乘法的硬件；更少的转换（权重只转换一次）。要靠自己训练步的比值区间来发现，而不是靠产品说明书：如果区间包含 1，就没有任何收益。不过仍可能节省内存。
// <!-- END SOLUTION -->
