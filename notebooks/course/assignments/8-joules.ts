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
// # Assignment 8. Joules
//
// "Half the bits, half the energy." "Batching saves 80 %." Such claims are easy to make, and you can check them: on your own machine,
// with its own meters, and with an interval that says how far you can trust the answer.
//
// **You learn to**
//
// * get joules from samples of power, and from a counter that begins again;
// * measure the energy of your own code, and say how the figure came about;
// * tell what the machine draws idle, what lies above it, and whose it is;
// * give a mean with its 95 % interval, and know what the interval promises;
// * judge a claim: it holds, it is false, or the trials leave it open;
// * turn joules into grams of CO₂e, and report all this so that others can repeat it.
//
// **Time**: about 110 minutes. **Points**: 30, of which 23 are graded by tests and 7 by hand.
//
// **How it works.** Each task asks for one function. Write it in place of the line that throws. The cell below it *checks* your
// function: it shows the first case that is wrong, and gives a hint. The cell after that gives the points; it also has tests that you
// don't see. Readings in tests are given, so your machine may be busy, and may have no energy counter: that costs no points.

// %% [markdown] lang="zh"
// # 作业 8：焦耳
//
// “位数减半，能耗减半。”“批处理节能 80 %。”这样的说法很容易提出，而你可以检验它们：在自己的机器上，用它自己的测量手段，并给出一个区间，说明答案在多大程度上可信。
//
// **学习目标**
//
// * 由功率（power）采样，以及由会归零重计的计数器（counter），求出焦耳数；
// * 测量自己代码的能耗（energy），并说明数值的来历；
// * 区分机器的空闲（idle）能耗、高于空闲的部分，以及它属于谁；
// * 给出平均值及其 95 % 置信区间（confidence interval），并知道区间保证了什么；
// * 判断一个说法：成立、不成立，还是试验无法判断；
// * 把焦耳换算成二氧化碳当量（CO₂e）的克数，并写出别人能够复现的报告。
//
// **用时**：约 110 分钟。**分数**：30 分，其中 23 分自动评分，7 分人工评分。
//
// **做法。** 每个任务要你写一个函数，写在抛出错误的那一行处。它下面的单元格会*检查*你的函数：显示第一个不对的用例，并给出提示。再下面的单元格决定得分，其中还有你看不到的测试。测试所用的读数是给定的，所以机器忙碌、没有能量计数器都不会扣分。

// %%
import * as tf from '@tensorflow/tfjs';
import { autocast, measureEnergy, measureTrials, svg, whatIf } from 'halfnote';
import { check, checkAsync, errorHistogram, language, mustPass, mustPassAsync } from 'halfnote/course';
language('en');

// %% [markdown] lang="en"
// The next cell is given: it draws power over time, and intervals beside a claim. You don't have to read it.

// %% [markdown] lang="zh"
// 下一个单元格是现成的：它画出功率随时间的变化，以及区间与所声称的值。不必阅读。

// %% locked="pictures"
interface PowerSample { readonly timeS: number; readonly powerW: number }
interface Interval { readonly value: number; readonly low: number; readonly high: number }

function powerChart(samples: readonly PowerSample[], idleW: number) {
  const [endS, mostW] = [Math.max(...samples.map(s => s.timeS)), Math.max(...samples.map(s => s.powerW)) * 1.1];
  const x = (timeS: number) => (50 + (timeS / endS) * 520).toFixed(1);
  const y = (powerW: number) => (170 - (powerW / mostW) * 150).toFixed(1);
  const line = samples.map(s => `${x(s.timeS)},${y(s.powerW)}`).join(' ');
  const dots = samples.map(s => `<circle cx="${x(s.timeS)}" cy="${y(s.powerW)}" r="2.5" fill="#2a7de1"/>`).join('');
  return svg(`<svg width="600" height="200" font-family="sans-serif" font-size="12" role="img" aria-label="power over time">
    <rect width="100%" height="100%" fill="#fff"/>
    <polygon points="${x(0)},${y(0)} ${line} ${x(endS)},${y(0)}" fill="#2a7de1" opacity="0.25"/>
    <rect x="50" y="${y(idleW)}" width="520" height="${170 - Number(y(idleW))}" fill="#888" opacity="0.4"/>
    <polyline points="${line}" fill="none" stroke="#2a7de1" stroke-width="1.5"/>${dots}
    <text x="4" y="20">${mostW.toFixed(0)} W</text><text x="4" y="${y(idleW)}">${idleW} W</text>
    <text x="50" y="190">0 s</text><text x="540" y="190">${endS.toFixed(1)} s</text></svg>`);
}

function intervalChart(rows: readonly (Interval & { readonly name: string })[], mark: number, unit = '') {
  const ends = [mark, ...rows.flatMap(({ low, high }) => [low, high])].filter(Number.isFinite);
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const x = (value: number) => (210 + ((Math.min(Math.max(value, from), to) - from) / (to - from)) * 360).toFixed(1);
  const bars = rows.map(({ name, value, low, high }, i) => {
    const [y, hue] = [24 + i * 18, low <= mark && mark <= high ? '#2a7de1' : '#d9822b'];
    return `<text x="4" y="${y + 4}">${name}: ${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})</text><path d="M${x(low)} ${y}H${x(high)}" stroke="${hue}" stroke-width="3"/>
      <circle cx="${x(value)}" cy="${y}" r="4" fill="${hue}"/>`;
  }).join('');
  const height = 40 + rows.length * 18;
  return svg(`<svg width="600" height="${height}" font-family="sans-serif" font-size="12" role="img" aria-label="intervals">
    <rect width="100%" height="100%" fill="#fff"/>
    <path d="M${x(mark)} 12V${height - 20}" stroke="#24292f" stroke-dasharray="4 3"/>${bars}
    <text x="${x(mark)}" y="${height - 6}" text-anchor="middle">${mark}${unit}</text></svg>`);
}

function randomNumbers(seed: number) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

// %% [markdown] lang="en"
// ## 1. Joules below a curve
//
// A joule is a watt for a second. A GPU tells its power some ten times a second; energy is the area below that curve. Between two samples
// we take the power as a straight line, so each pair of neighbors gives $\frac{P_1 + P_2}{2} \cdot (t_2 - t_1)$: the *trapezoidal rule*.
//
// Here are **simulated** samples of a machine that draws 20 W idle (grey) and works for a while. They are not evenly spaced: a busy
// machine reads its meter late.

// %% [markdown] lang="zh"
// ## 1. 曲线下的焦耳
//
// 1 焦耳（joule）就是 1 瓦持续 1 秒。GPU 每秒报告约十次功率；能量就是这条曲线下的面积。两个采样点之间我们把功率看作直线，于是每一对相邻采样贡献 $\frac{P_1 + P_2}{2} \cdot (t_2 - t_1)$，即*梯形法则*（trapezoidal rule）。
//
// 下面是**模拟**的采样：一台机器空闲时消耗 20 W（灰色），并工作了一段时间。采样的间隔并不相等：机器忙时，读数会延迟。

// %%
const random = randomNumbers(8);
const trace: PowerSample[] = [{ timeS: 0, powerW: 20 }];
while (trace[trace.length - 1].timeS < 6) {
  const timeS = trace[trace.length - 1].timeS + 0.1 + 0.3 * random.uniform();
  trace.push({ timeS, powerW: (timeS > 1.5 && timeS < 4 ? 85 : 20) + 2 * random.normal() });
}
powerChart(trace, 20)

// %% [markdown] lang="en"
// **Task 1 (3 points).** `powerEnergy(samples)` gives the joules between the first sample and the last one, by the trapezoidal rule.

// %% [markdown] lang="zh"
// **任务 1（3 分）。** `powerEnergy(samples)` 用梯形法则给出第一个与最后一个采样之间的焦耳数。

// %% solution="power-energy"
function powerEnergy(samples: readonly PowerSample[]): number {
  // BEGIN SOLUTION
  let energyJ = 0;
  for (let i = 1; i < samples.length; i++) {
    const [before, after] = [samples[i - 1], samples[i]];
    energyJ += ((before.powerW + after.powerW) / 2) * (after.timeS - before.timeS);
  }
  return energyJ;
  // END SOLUTION
}

// %%
check('power-energy', powerEnergy)

// %% tests="power-energy-tests" points=3
mustPass('power-energy', powerEnergy);
// BEGIN HIDDEN TESTS
mustPass('power-energy', powerEnergy, [
  [[{ timeS: 0, powerW: 0 }, { timeS: 0.25, powerW: 8 }, { timeS: 4, powerW: 8 }, { timeS: 4.5, powerW: 0 }]],
  [[{ timeS: 100, powerW: 61 }, { timeS: 100.1, powerW: 250 }, { timeS: 107, powerW: 33 }, { timeS: 107, powerW: 40 }]],
  [Array.from({ length: 50 }, (_, i) => ({ timeS: i ** 1.5, powerW: 30 + (i % 7) * 11 }))],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// How often must one read? The same simulated trace, with fewer and fewer samples of it:

// %% [markdown] lang="zh"
// 要多久读一次才够？还是同一段模拟数据，取的采样越来越少：

// %%
[1, 2, 4, 8].map(every => {
  const kept = trace.filter((_, i) => i % every === 0 || i === trace.length - 1);
  return { samples: kept.length, energyJ: Number(powerEnergy(kept).toFixed(1)) };
})

// %% [markdown] lang="en"
// ## 2. A counter that begins again
//
// Processors of Intel and AMD count their energy themselves (RAPL): a register counts microjoules, and begins again at 0 when it has come to
// the end of its range, `rangeUj`. At 100 W a range of 262,143,328,850 µJ lasts about 44 minutes: short enough to happen within a training.
//
// **Task 2 (2 points).** `counterEnergy(counts, rangeUj)` gives the joules between the first reading and the last one. A reading that is
// lower than the one before means: the counter reached `rangeUj` and began again at 0, once. It may happen more than once in a list.

// %% [markdown] lang="zh"
// ## 2. 会归零的计数器
//
// Intel 和 AMD 的处理器自己累计能量（RAPL）：一个寄存器以微焦（µJ）计数，到达量程 `rangeUj` 时又从 0 开始。功率为 100 W 时，262 143 328 850 µJ 的量程约 44 分钟就用完，一次训练中就可能发生。
//
// **任务 2（2 分）。** `counterEnergy(counts, rangeUj)` 给出第一个与最后一个读数之间的焦耳数。若某个读数小于前一个，就表示计数器到达 `rangeUj` 后又从 0 开始了一次。一串读数中可以发生多次。

// %% solution="counter-energy"
function counterEnergy(counts: readonly number[], rangeUj: number): number {
  // BEGIN SOLUTION
  let countedUj = 0;
  for (let i = 1; i < counts.length; i++) {
    const step = counts[i] - counts[i - 1];
    countedUj += step < 0 ? step + rangeUj : step;
  }
  return countedUj / 1e6;
  // END SOLUTION
}

// %%
check('counter-energy', counterEnergy)

// %% tests="counter-energy-tests" points=2
mustPass('counter-energy', counterEnergy);
// BEGIN HIDDEN TESTS
mustPass('counter-energy', counterEnergy, [
  [[262_000_000_000, 100_000_000, 250_000_000_000, 262_143_328_850, 5], 262_143_328_850],
  [[0, 0, 0], 65_532_610_987],
  [[65_000_000_000, 1_000_000_000, 64_000_000_000, 63_000_000_000], 65_532_610_987],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 3. Your machine
//
// Not every machine lets you read a counter. Where none can be read, Halfnote *models* the energy from the load of the processor, says so, and
// gives a wide interval. `%%carbon` reports on a cell. Look for **how** the joules came about (counter, estimated, modelled) and for the interval:

// %% [markdown] lang="zh"
// ## 3. 你的机器
//
// 不是每台机器都允许读取计数器。读不到时，Halfnote 根据处理器的负载用*模型*推算能耗，会加以说明，并给出很宽的区间。`%%carbon` 报告一个单元格的能耗。请注意焦耳数的**来历**（counter 计数器、estimated 估计、modelled 模型）和区间：

// %%
// %%carbon
const matrix = tf.randomNormal([512, 512], 0, 1, 'float32', 1);
for (let i = 0; i < 20; i++) tf.tidy(() => { tf.matMul(matrix, matrix).sum().dataSync(); });

// %% [markdown] lang="en"
// **Task 3 (3 points).** `measureWork(work)` runs `work` once within `await measureEnergy('work', work)` and gives what came of it as
// `{ energyJ, lowJ, highJ, durationS, method }`. What `measureEnergy` gives has `energyJ`, `interval.low`, `interval.high`, `durationS` and
// `method`. Your joules are your machine's: tests look at the fields and their bounds only.

// %% [markdown] lang="zh"
// **任务 3（3 分）。** `measureWork(work)` 在 `await measureEnergy('work', work)` 中运行一次 `work`，并以 `{ energyJ, lowJ, highJ, durationS, method }` 的形式返回结果。`measureEnergy` 的结果有 `energyJ`、`interval.low`、`interval.high`、`durationS` 和 `method`。每台机器的焦耳数不同：测试只看这些字段及其范围。

// %%
interface Measured {
  readonly energyJ: number;
  readonly lowJ: number;
  readonly highJ: number;
  readonly durationS: number;
  readonly method: string;
}

// %% solution="measure-work"
async function measureWork(work: () => void | Promise<void>): Promise<Measured> {
  // BEGIN SOLUTION
  const { energyJ, interval, durationS, method } = await measureEnergy('work', work);
  return { energyJ, lowJ: interval.low, highJ: interval.high, durationS, method };
  // END SOLUTION
}

// %%
await checkAsync('measure-work', measureWork)

// %% tests="measure-work-tests" points=3
await mustPassAsync('measure-work', measureWork);
// BEGIN HIDDEN TESTS
const sleeping = () => new Promise<void>(resolve => setTimeout(resolve, 320));
await mustPassAsync('measure-work', measureWork, [() => [sleeping, 0.3]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The same work twice. Are the joules the same? And does one interval hold the other figure?

// %% [markdown] lang="zh"
// 同样的工作做两遍。焦耳数一样吗？一个的区间包含另一个的值吗？

// %%
const products = () => { for (let i = 0; i < 30; i++) tf.tidy(() => { tf.matMul(matrix, matrix).sum().dataSync(); }); };
[await measureWork(products), await measureWork(products)]

// %% [markdown] lang="en"
// ## 4. Whose joules?
//
// A machine draws power when it does nothing, and other programs run beside yours. So say which **boundary** a figure has:
//
// * `idleJ`, what the machine would have drawn anyway: its idle power for the time of the work;
// * `aboveIdleJ`, the rest of the machine's joules;
// * `ownJ`, the work's part of what lies above idle: the share that it has of the processor time used by all programs.
//
// Idle power is measured, too, so it scatters, and `aboveIdleJ` of a little work may come out below 0. Leave it so: if only the figures
// below 0 are cut off, the mean of many is too large.
//
// **Task 4 (3 points).** `energyAccounts(window)` gives `{ idleJ, aboveIdleJ, ownJ }`. Where no processor time was used, `ownJ` is 0.

// %% [markdown] lang="zh"
// ## 4. 谁的焦耳？
//
// 机器什么都不做时也要耗电，而且别的程序也在运行。所以必须说明一个数值的**边界**（boundary）：
//
// * `idleJ`：机器无论如何都要消耗的部分，即空闲功率乘以这段时间；
// * `aboveIdleJ`：整机能耗中其余的部分；
// * `ownJ`：高于空闲的部分中属于这项工作的份额，按它占所有程序所用 CPU 时间的比例计算。
//
// 空闲功率也是测出来的，也有波动，所以很小的工作的 `aboveIdleJ` 可能小于 0。请保留负值：如果只截去负值，许多次的平均值就会偏大。
//
// **任务 4（3 分）。** `energyAccounts(window)` 给出 `{ idleJ, aboveIdleJ, ownJ }`。没有用到 CPU 时间时，`ownJ` 为 0。

// %%
interface MachineWindow {
  readonly machineJ: number;
  readonly durationS: number;
  readonly idleW: number;
  readonly ownCpuS: number;
  readonly allCpuS: number;
}

// %% solution="energy-accounts"
function energyAccounts(window: MachineWindow): { idleJ: number; aboveIdleJ: number; ownJ: number } {
  // BEGIN SOLUTION
  const { machineJ, durationS, idleW, ownCpuS, allCpuS } = window;
  const idleJ = idleW * durationS;
  const aboveIdleJ = machineJ - idleJ;
  const ownJ = allCpuS === 0 ? 0 : (aboveIdleJ * ownCpuS) / allCpuS;
  return { idleJ, aboveIdleJ, ownJ };
  // END SOLUTION
}

// %%
check('energy-accounts', energyAccounts)

// %% tests="energy-accounts-tests" points=3
mustPass('energy-accounts', energyAccounts);
// BEGIN HIDDEN TESTS
mustPass('energy-accounts', energyAccounts, [
  [{ machineJ: 480, durationS: 12, idleW: 15, ownCpuS: 7, allCpuS: 28 }],
  [{ machineJ: 29.5, durationS: 3, idleW: 10, ownCpuS: 0.4, allCpuS: 0.5 }],
  [{ machineJ: 33, durationS: 3, idleW: 10, ownCpuS: 0, allCpuS: 0 }],
  [{ machineJ: 33, durationS: 3, idleW: 10, ownCpuS: 0, allCpuS: 2 }],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The trace of part 1 once more, by account. The work had the processor for 2.5 s of the 3 s that all programs used (simulated, too):

// %% [markdown] lang="zh"
// 再看第 1 部分的数据，按各项分开。这项工作占用 CPU 2.5 s，所有程序共 3 s（也是模拟的）：

// %%
energyAccounts({ machineJ: powerEnergy(trace), durationS: trace[trace.length - 1].timeS, idleW: 20, ownCpuS: 2.5, allCpuS: 3 })

// %% [markdown] lang="en"
// ## 5. An interval
//
// One trial says nothing about how much trials scatter. Of $n$ trials, take the mean $\bar x$ and the standard deviation
// $s = \sqrt{\sum (x_i - \bar x)^2 / (n - 1)}$. The 95 % interval of the mean is $\bar x \pm t \cdot s / \sqrt n$. The factor $t$ is
// Student's, for $n - 1$ degrees of freedom: `T95[n - 1]`. For many trials it comes near 1.96; for few it is much larger.

// %% [markdown] lang="zh"
// ## 5. 区间
//
// 一次试验（trial）不能说明试验之间有多大波动。对 $n$ 次试验，取平均值 $\bar x$ 和标准差（standard deviation）$s = \sqrt{\sum (x_i - \bar x)^2 / (n - 1)}$。平均值的 95 % 区间是 $\bar x \pm t \cdot s / \sqrt n$。系数 $t$ 取自由度（degrees of freedom）为 $n - 1$ 的学生 t 分布：`T95[n - 1]`。试验很多时它接近 1.96，很少时则大得多。

// %%
const T95 = [
  Infinity, 12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.306, 2.26216, 2.22814, 2.20099, 2.17881, 2.16037, 2.14479, 2.13145,
  2.11991, 2.10982, 2.10092, 2.09302, 2.08596, 2.07961, 2.07387, 2.06866, 2.0639, 2.05954, 2.05553, 2.05183, 2.04841, 2.04523, 2.04227,
];

// %% [markdown] lang="en"
// **Task 5 (4 points).** `meanInterval(values)` gives `{ value, low, high }` for 1 to 31 values. Of a single value nothing is known but
// itself: its interval goes from `-Infinity` to `Infinity`.

// %% [markdown] lang="zh"
// **任务 5（4 分）。** `meanInterval(values)` 对 1 到 31 个值给出 `{ value, low, high }`。只有一个值时，对波动一无所知：区间为 `-Infinity` 到 `Infinity`。

// %% solution="mean-interval"
function meanInterval(values: readonly number[]): Interval {
  // BEGIN SOLUTION
  const n = values.length;
  const value = values.reduce((sum, x) => sum + x, 0) / n;
  if (n === 1) return { value, low: -Infinity, high: Infinity };
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  const half = T95[n - 1] * Math.sqrt(squares / (n - 1) / n);
  return { value, low: value - half, high: value + half };
  // END SOLUTION
}

// %%
check('mean-interval', meanInterval)

// %% tests="mean-interval-tests" points=4
mustPass('mean-interval', meanInterval);
// BEGIN HIDDEN TESTS
mustPass('mean-interval', meanInterval, [
  [[0.31, 0.28, 0.35, 0.3, 0.29, 0.33]],
  [[100, 101]],
  [[42.5]],
  [Array.from({ length: 31 }, (_, i) => 50 + (i * 37) % 13)],
  [[-0.2, 0.1, 0.05]],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// What does "95 %" promise? Here are 20 **simulated** experiments of four trials each. The truth is known: 10 J. Intervals that miss it are
// orange. Below, the same of 4000 experiments: how many of 100 intervals hold the truth, with `T95`, and with 1.96?

// %% [markdown] lang="zh"
// “95 %”保证了什么？下面是 20 个**模拟**实验，每个四次试验。真值已知：10 J。没有包含真值的区间为橙色。再下面对 4000 个实验统计：每 100 个区间中有多少个包含真值？分别用 `T95` 和 1.96。

// %%
const draws = randomNumbers(42);
const experiments = Array.from({ length: 4000 }, () => Array.from({ length: 4 }, () => 10 + draws.normal()));
intervalChart(experiments.slice(0, 20).map((values, i) => ({ name: `${i + 1}`, ...meanInterval(values) })), 10, ' J')

// %%
const held = (reach: number) => {
  const hits = experiments.map(meanInterval).filter(({ value, high }) => Math.abs(value - 10) <= (high - value) * reach);
  return `${((100 * hits.length) / experiments.length).toFixed(1)} %`;
};
({ T95: held(1), '1.96': held(1.96 / T95[3]) })

// %%
errorHistogram(experiments.map(values => meanInterval(values).value - 10), { unit: 'J', bins: 31 })

// %% [markdown] lang="en"
// ## 6. Two claims
//
// Trials come in **pairs**: the baseline and the other way, one after the other. A machine that gets warm or busy changes both of a pair, and
// the *saving* of the pair, $1 - \text{other} / \text{baseline}$, stays. So take the saving of each pair, and of these the mean and its interval.
//
// A claim says "saves at least so much". It
//
// * **holds**, if even the low end of the interval is not below the claim: `'holds'`;
// * is **false**, if even the high end is below the claim: `'false'`;
// * is **open** otherwise: `'open'`. Not shown is not refuted. More trials can narrow the interval.
//
// **Task 6 (5 points).** `judgeClaim(trials, claimed)` gives `{ value, low, high, verdict }`: the mean saving with its interval, and the
// verdict. `claimed` is a share: 0.3 for 30 %.

// %% [markdown] lang="zh"
// ## 6. 两个说法
//
// 试验是**成对**（paired）进行的：基线（baseline）和另一种做法，一个接一个。机器变热或变忙会同时影响一对中的两个，而这一对的*节省率* $1 - \text{other} / \text{baseline}$ 不受影响。所以先求每一对的节省率，再求它们的平均值和区间。
//
// 一个说法的形式是“至少节省这么多”。它
//
// * **成立**，若连区间的下限都不低于所声称的值：`'holds'`；
// * **不成立**，若连区间的上限都低于所声称的值：`'false'`；
// * 否则**无法判断**：`'open'`。没有被证实不等于被推翻。更多的试验可以使区间变窄。
//
// **任务 6（5 分）。** `judgeClaim(trials, claimed)` 给出 `{ value, low, high, verdict }`：节省率的平均值及其区间，以及判断。`claimed` 是比例：30 % 写作 0.3。

// %%
interface Trial { readonly baselineJ: number; readonly otherJ: number }
interface Judgment extends Interval { readonly verdict: 'holds' | 'false' | 'open' }

// %% solution="judge-claim"
function judgeClaim(trials: readonly Trial[], claimed: number): Judgment {
  // BEGIN SOLUTION
  const saved = meanInterval(trials.map(({ baselineJ, otherJ }) => 1 - otherJ / baselineJ));
  const verdict = saved.low >= claimed ? 'holds' : saved.high < claimed ? 'false' : 'open';
  return { ...saved, verdict };
  // END SOLUTION
}

// %%
check('judge-claim', judgeClaim)

// %% tests="judge-claim-tests" points=5
mustPass('judge-claim', judgeClaim);
// BEGIN HIDDEN TESTS
const hiddenTrials = Array.from({ length: 12 }, (_, i) => ({ baselineJ: 5 * 1.3 ** i, otherJ: 5 * 1.3 ** i * (0.62 + 0.02 * ((i * 5) % 7)) }));
mustPass('judge-claim', judgeClaim, [0, 0.1, 0.3, 0.32, 0.35, 0.5].map((claimed): [typeof hiddenTrials, number] => [hiddenTrials, claimed]));
mustPass('judge-claim', judgeClaim, [[[{ baselineJ: 3, otherJ: 1 }], 0.5], [[{ baselineJ: 4, otherJ: 5 }, { baselineJ: 4, otherJ: 5.1 }], 0]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Now two claims about a small network and 32 images, on **your** machine:
//
// * **A.** "To predict all images in one batch saves at least 30 % against one image at a time."
// * **B.** "BF16 halves the energy: with half the bits, the same batch saves at least 50 %."
//
// Write down what you expect before you run the next cell. `measureTrials` lets the three ways take turns in a random order, for about ten
// seconds. Its first line says whether the measurement is VALID; on a busy machine it isn't, and says why.

// %% [markdown] lang="zh"
// 现在在**你的**机器上检验关于一个小网络和 32 幅图像的两个说法：
//
// * **A.** “一次预测整批图像，比逐幅预测至少节能 30 %。”
// * **B.** “BF16 使能耗减半：位数减半，同样的一批至少节能 50 %。”
//
// 运行下一个单元格之前，先写下你的预期。`measureTrials` 让三种做法按随机顺序轮流进行，约需十秒。第一行说明测量是否有效（VALID）；机器忙时无效（INVALID），并说明原因。

// %%
const network = tf.sequential({ layers: [
  tf.layers.dense({ units: 64, activation: 'relu', inputShape: [64] }),
  tf.layers.dense({ units: 10, activation: 'softmax' }),
] });
const images = tf.randomUniform([32, 64], 0, 1, 'float32', 1);
const predict = (input: tf.Tensor) => { (network.predict(input) as tf.Tensor).dataSync(); };
const oneByOne = () => tf.tidy(() => { for (let i = 0; i < 32; i++) predict(images.slice([i, 0], [1, 64])); });
const batch = () => tf.tidy(() => predict(images));
const inBf16 = () => { autocast('bf16', batch); };
const measured = await measureTrials({ oneByOne, batch, inBf16 }, { trials: 6, budgetS: 7, coolDownS: 0.05 });
measured

// %% [markdown] lang="en"
// Its trials as pairs, by round, in joules of one run; and what your functions say of them. These are the joules *attributed* to the
// work, as in the table: unlike `ownJ`, they hold a share of the idle joules. Where they are modelled, the model may be wrong as a whole; that is the
// same for both of a pair, and mostly cancels in the saving.

// %% [markdown] lang="zh"
// 把试验按轮次配成对，取每次运行的焦耳数；再看你的函数怎么说。这里取的是表中*归属*（attributed）于这项工作的焦耳数：与 `ownJ` 不同，其中也含一份空闲能耗。若焦耳数由模型推算，模型可能整体偏离；这种偏离对一对中的两个相同，在节省率中大多抵消。

// %%
function pairsOf(baseline: string, other: string): Trial[] {
  const joules = (name: string) => measured.result.trials.filter(({ variant }) => variant === name)
    .sort((a, b) => a.round - b.round).map(({ window, runs }) => window.energyJ.value / runs);
  const others = joules(other);
  return joules(baseline).map((baselineJ, i) => ({ baselineJ, otherJ: others[i] }));
}
const claimA = judgeClaim(pairsOf('oneByOne', 'batch'), 0.3);
const claimB = judgeClaim(pairsOf('batch', 'inBf16'), 0.5);
[{ claim: 'A', ...claimA }, { claim: 'B', ...claimB }]

// %% [markdown] lang="en"
// The dashed line is claim A's 30 % in the first picture, claim B's 50 % in the second. An interval right of the line: the claim holds;
// left of it: false; across it (blue): open.

// %% [markdown] lang="zh"
// 第一幅图的虚线是说法 A 的 30 %，第二幅是说法 B 的 50 %。区间在虚线右侧：成立；在左侧：不成立；跨过虚线（蓝色）：无法判断。

// %%
intervalChart([{ name: 'A: batch', ...claimA }], 0.3)

// %%
intervalChart([{ name: 'B: BF16', ...claimB }], 0.5)

// %% [markdown] lang="en"
// ## 7. Grams
//
// A kilowatt-hour is $3.6 \cdot 10^6$ J. How many grams of CO₂e it causes is the *intensity* of the grid, in g/kWh. A data center takes *PUE*
// joules for each joule of its computers (cooling, conversion). So $\text{grams} = \frac{E}{3.6 \cdot 10^6} \cdot \text{intensity} \cdot \text{PUE}$.
// Both the energy and the intensity have intervals: sources disagree about a grid. The low end of the product is that of both low ends, and
// so with the high ones, since nothing here is below 0.
//
// **Task 7 (3 points).** `energyGrams(energyJ, gramsPerKWh, pue)` gives grams as `{ value, low, high }`.

// %% [markdown] lang="zh"
// ## 7. 克
//
// 一千瓦时是 $3.6 \cdot 10^6$ J。它造成多少克 CO₂e，就是电网的*碳强度*（carbon intensity），单位 g/kWh。数据中心的计算机每用 1 焦耳，总共要用
// *PUE*（电能利用效率，power usage effectiveness）焦耳（用于散热、变换）。所以 $\text{克数} = \frac{E}{3.6 \cdot 10^6} \cdot \text{碳强度} \cdot \text{PUE}$。能量和碳强度都有区间：不同来源对同一电网的说法不同。这里没有负数，所以乘积的下限由两个下限得到，上限由两个上限得到。
//
// **任务 7（3 分）。** `energyGrams(energyJ, gramsPerKWh, pue)` 以 `{ value, low, high }` 的形式给出克数。

// %% solution="energy-grams"
function energyGrams(energyJ: Interval, gramsPerKWh: Interval, pue: number): Interval {
  // BEGIN SOLUTION
  const grams = (joules: number, intensity: number) => (joules / 3.6e6) * intensity * pue;
  return {
    value: grams(energyJ.value, gramsPerKWh.value),
    low: grams(energyJ.low, gramsPerKWh.low),
    high: grams(energyJ.high, gramsPerKWh.high),
  };
  // END SOLUTION
}

// %%
check('energy-grams', energyGrams)

// %% tests="energy-grams-tests" points=3
mustPass('energy-grams', energyGrams);
// BEGIN HIDDEN TESTS
mustPass('energy-grams', energyGrams, [
  [{ value: 5.4e9, low: 5e9, high: 6e9 }, { value: 342, low: 342, high: 381 }, 1.1],
  [{ value: 7, low: 1, high: 30 }, { value: 472.9, low: 472.9, high: 472.9 }, 1],
  [{ value: 0, low: 0, high: 0.5 }, { value: 44, low: 31, high: 56 }, 2],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The same joules on other grids. `whatIf` knows their intensities, with sources; nothing is looked up on the network:

// %% [markdown] lang="zh"
// 同样的焦耳，换到别的电网。`whatIf` 知道它们的碳强度及来源，不需要联网查询：

// %%
const run = await measureEnergy('predicting 200 batches', () => { for (let i = 0; i < 200; i++) batch(); });
whatIf(run, { regions: ['FRA', 'DEU', 'CHN', 'POL'] })

// %% [markdown] lang="en"
// ## 8. The report
//
// **Question (7 points).** Write a report of your measurement of claims A and B, so that somebody else could repeat it and would know how
// far to trust it. 150 to 250 words:
//
// 1. What was measured, on which machine, how often, and how the joules came about. What is below the table of `measured` names the
//    meters; `%doctor` tells more of the machine.
// 2. The boundary: whose joules are they? What is not in them?
// 3. Each claim: the saving with its interval, and the verdict. Was the measurement valid?
// 4. Why does A come out as it does, and why B? On what machine might B come out otherwise?
// 5. Grams of CO₂e of a million such batches on a grid of your choice, with the interval. `measured.figures('batch')?.energyJ` has `value`,
//    `low` and `high` of one batch. Compute it in a cell of your own; below the
//    table of `whatIf` stands the intensity of each grid with its interval.

// %% [markdown] lang="zh"
// ## 8. 报告
//
// **问题（7 分）。** 为说法 A 和 B 的测量写一份报告，使别人能够复现，并知道可信到什么程度。250 到 400 字：
//
// 1. 测了什么，在什么机器上，测了多少次，焦耳数的来历。`measured` 的表格下方写明了测量手段，`%doctor` 给出机器的更多信息。
// 2. 边界：是谁的焦耳？不包括什么？
// 3. 每个说法：节省率及其区间，以及判断。测量有效吗？
// 4. A 的结果为什么是这样？B 呢？在什么样的机器上 B 可能不同？
// 5. 在你选择的电网上，一百万个这样的批次的 CO₂e 克数及其区间。`measured.figures('batch')?.energyJ` 有一个批次的 `value`、`low` 和 `high`。请在自己添加的单元格中计算；各电网的碳强度及其区间写在 `whatIf` 的表格下方。

// %% [markdown] answer="report" points=7 lang="en"
// <!-- BEGIN SOLUTION -->
//
// *(Figures are your machine's; this is the form.)* On a server with two processor threads, without a GPU and without a counter that may be
// read, three ways to predict 32 images took turns in random order, in six rounds. Each trial runs the work many times and divides. The joules
// are **modelled** from the load of the processor. The interval of a single figure is wide, for the model may be off as a whole; but that is
// the same for all ways and cancels in the ratios, so the savings are known better than the joules.
//
// They are joules attributed to our code. Power supply, screen, network and the making of the machine are not in them.
//
// A: the interval of the saving lies wholly above 30 %: the claim holds. B: it lies wholly below 50 %, around 0: false, on
// this machine. Other programs ran, so the measurement was INVALID for its absolute figures; it should be repeated on a quiet machine.
//
// A: 32 calls cost 32 times the overhead of calling operations, and the products themselves are tiny. B: the same overhead stays,
// casts are added, and this processor has no instructions for BF16, so it converts and multiplies in FP32. With BF16 units and large
// products B might come out otherwise.
//
// Grams: energy of one batch times 10⁶, low and high, put into `energyGrams` with France's 44 (31 to 56) g/kWh. The interval of the
// joules is the wider one.
//
// <!-- END SOLUTION -->

// %% [markdown] answer="report" points=7 lang="zh"
// <!-- BEGIN SOLUTION -->
//
// *（数值因机器而异，这里给出形式。）*在一台有两个处理器线程、没有 GPU、也没有可读计数器的服务器上，三种预测 32 幅图像的做法按随机顺序轮流进行，共六轮。每次试验把工作重复多次再取平均。焦耳数是根据处理器负载用**模型**推算的。单个数值的区间很宽，因为模型可能整体偏离；但这种偏离对各种做法相同，在比值中抵消，所以节省率比焦耳数更可靠。
//
// 这些是归于我们代码的焦耳。电源、屏幕、网络以及制造机器的能耗不在其中。
//
// A：节省率的区间全部高于 30 %，成立。B：区间全部低于 50 %，在 0 附近：在这台机器上不成立。当时有别的程序在运行，所以就绝对数值而言测量无效（INVALID），应在空闲的机器上重做。
//
// A：调用 32 次，就要付出 32 次调用运算的开销，而乘法本身很小。B：同样的开销还在，又增加了类型转换，而且这个处理器没有 BF16 指令，要先转换再用 FP32 相乘。若有 BF16 计算单元且矩阵很大，B 的结果可能不同。
//
// 克数：一个批次的能量乘以 10⁶，连同下限和上限，与法国的 44（31 到 56）g/kWh 一起代入 `energyGrams`。其中焦耳的区间更宽。
//
// <!-- END SOLUTION -->
