// ---
// jupyter:
//   halfnote:
//     files:
//     - ../../data/text.txt.gz
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
// # Assignment 7. A KV cache in few bits
//
// A transformer writes token by token, and each new token looks back at all earlier ones: at their *keys* and *values*.
// These never change, so they are kept. That is the KV cache, and with long texts it is larger than the model. You write
// one, show that it changes nothing but the cost, and then keep it in 8, 4 and 2 bits, until the text suffers.
//
// **You will be able to**
//
// * compute what a cache takes, for any model;
// * write attention of one query over a cache, and a step of decoding with it;
// * measure a language model by its perplexity;
// * quantize groups of numbers, pack the codes into bytes, and count what the scales cost;
// * say which numbers of a cache should share a scale, and weigh memory against perplexity.
//
// **Time**: about 110 minutes. **Points**: 32, of which 24 are graded by tests and 8 by hand. **You need** assignment 5
// (asymmetric quantization).
//
// **How it works**: eight functions are yours to write, with plain arrays of numbers. Below each stands `check(...)`, which
// tells the first case that is wrong, what was expected, and a hint. The tests that give points call your functions with
// other arguments. Two questions are answered in words.

// %% [markdown] lang="zh"
// # 作业 7：用很少的位保存 KV 缓存
//
// Transformer 逐个 token 地生成文本，每个新 token 都要回看之前所有的 token：看它们的*键*（key）与*值*（value）。键和值不会再变，所以保存下来，这就是 KV 缓存（KV cache）；文本很长时，它比模型本身还大。你将写出一个 KV 缓存，说明它只改变代价而不改变结果，然后用 8、4、2 位来保存它，直到文本受损。
//
// **学习目标**
//
// * 计算任意模型的缓存需要多少内存；
// * 写出单个查询对缓存的注意力（attention），以及带缓存的一步解码；
// * 用困惑度（perplexity）衡量语言模型；
// * 分组量化，把编码打包成字节，并计算缩放因子的开销；
// * 说明缓存中哪些数应当共用缩放因子，并在内存与困惑度之间权衡。
//
// **用时**：约 110 分钟。**分数**：32 分，其中 24 分自动评分，8 分人工评分。**先修**：作业 5（非对称量化）。
//
// **做法**：共有八个函数由你来写，都用普通的数组。每个函数下面都有 `check(...)`，它指出第一个不对的用例、期望的结果，并给出提示。计分的测试会用另外的参数调用你的函数。另有两道文字题。

// %%
import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CharacterVocabulary, compareKvCache, MultiHeadAttention, positionEmbedding, round, roundHalfEven, scaledDotProductAttention, svg, transformerBlock } from 'halfnote';
import { check, errorHistogram, language, mustPass } from 'halfnote/course';
language('en');

// %% [markdown] lang="en"
// A helper that draws points on a plane, and one that draws numbers as a map. Run the cell; there is nothing to do in it.

// %% [markdown] lang="zh"
// 两个画图的辅助函数：平面上的点，以及用颜色表示数值的热图。运行即可，无需修改。

// %%
function picture(title: string, width: number, height: number, body: string) {
  return svg(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}" font-family="system-ui,sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/><text x="8" y="16" font-weight="600">${title}</text>${body}</svg>`);
}
interface Point { name: string; x: number; y: number; series: number }
function scatter(title: string, points: readonly Point[]) {
  const colors = ['#0969da', '#bc4c00', '#1a7f37'];
  const ys = points.map(point => point.y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const at = (x: number) => 60 + (Math.log2(x / 2) / Math.log2(24)) * 520;
  const up = (y: number) => 240 - ((y - low) / (high - low || 1)) * 190;
  const grid = Array.from({ length: 5 }, (_, i) => low + (i / 4) * (high - low)).map(y =>
    `<line x1="60" x2="580" y1="${up(y)}" y2="${up(y)}" stroke="#ddd"/><text x="54" y="${up(y) + 4}" text-anchor="end">${y.toFixed(2)}</text>`);
  const ticks = [2, 4, 8, 16, 32].map(x => `<text x="${at(x)}" y="258" text-anchor="middle">${x}</text>`);
  const drawn = points.map(({ name, x, y, series }) =>
    `<circle cx="${at(x)}" cy="${up(y)}" r="4" fill="${colors[series]}"/><text x="${at(x) + 7}" y="${up(y) - 6 - 13 * series}" fill="${colors[series]}">${name}</text>`);
  return picture(title, 620, 270, [...grid, ...ticks, ...drawn].join(''));
}
function heatmap(title: string, rows: readonly (readonly number[])[], cell = 9) {
  const most = Math.max(...rows.flat().map(Math.abs));
  const cells = rows.flatMap((row, r) => row.map((x, c) =>
    `<rect x="${10 + c * cell}" y="${28 + r * cell}" width="${cell}" height="${cell}" fill="${x < 0 ? '#bc4c00' : '#0969da'}" fill-opacity="${(Math.abs(x) / most).toFixed(3)}"/>`));
  return picture(title, Math.max(420, 20 + rows[0].length * cell), 38 + rows.length * cell, cells.join(''));
}

// %% [markdown] lang="en"
// ## 1. What it takes
//
// For each token, each layer keeps a key and a value in each head of keys and values (`kvHeads`; several query heads may
// share one), each a vector of `headDim` numbers.
//
// ### Task 1: bytes (2 points)
//
// `cacheBytes({ layers, heads, kvHeads, headDim, tokens, batch }, bits)` gives the bytes of keys and values, at `bits` a
// number.

// %% [markdown] lang="zh"
// ## 1. 需要多少内存
//
// 对每个 token，每一层在每个键值头（`kvHeads`；多个查询头可以共用一个）中保存一个键和一个值，各是 `headDim` 个数的向量。
//
// ### 任务 1：字节数（2 分）
//
// `cacheBytes({ layers, heads, kvHeads, headDim, tokens, batch }, bits)` 返回每个数占 `bits` 位时键和值的总字节数。

// %%
interface Dimensions { layers: number; heads: number; kvHeads: number; headDim: number; tokens: number; batch: number }

// %% solution="cache-bytes"
function cacheBytes(of: Dimensions, bits: number): number {
  // BEGIN SOLUTION
  return 2 * of.layers * of.kvHeads * of.headDim * of.tokens * of.batch * bits / 8;
  // END SOLUTION
}

// %%
check('cache-bytes', cacheBytes)

// %% tests="cache-bytes-tests" points=2
mustPass('cache-bytes', cacheBytes);
// BEGIN HIDDEN TESTS
mustPass('cache-bytes', cacheBytes, [
  [{ layers: 3, heads: 6, kvHeads: 2, headDim: 16, tokens: 100, batch: 5 }, 2],
  [{ layers: 28, heads: 28, kvHeads: 4, headDim: 128, tokens: 32768, batch: 1 }, 8],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Two models, of the shape of Llama 2 7B and of Llama 3 8B, by your formula in 16 bits. The library's table adds what scales take:

// %% [markdown] lang="zh"
// 两个模型，形状分别与 Llama 2 7B 和 Llama 3 8B 相同，按你的公式、16 位计算。库的表格还计入缩放因子的开销：

// %%
const llama2 = { layers: 32, heads: 32, kvHeads: 32, headDim: 128, tokens: 4096, batch: 1 };
const llama3 = { ...llama2, kvHeads: 8 };
console.log(`4096 tokens: ${(cacheBytes(llama2, 16) / 1e9).toFixed(2)} GB with 32 heads of keys and values, ${(cacheBytes(llama3, 16) / 1e9).toFixed(2)} GB with 8`);

// %%
// %kvcache --layers 32 --heads 32 --kv-heads 8 --head-dim 128 --sequence 4096 --formats fp16,int8,int4,int2

// %% [markdown] lang="en"
// ## 2. Attention with a cache
//
// The query $q$ of the newest token is compared with every key, and mixes the values:
//
// $$p = \mathrm{softmax}\!\left(\frac{q\cdot k_1}{\sqrt d}, \ldots, \frac{q\cdot k_n}{\sqrt d}\right),\qquad \text{out} = \sum_t p_t\, v_t$$
//
// ### Task 2: one query (3 points)
//
// `attend(query, keys, values)` gives `out`. `query` has $d$ numbers, `keys` and `values` are arrays of such vectors, one
// per token. Large scores must not overflow: softmax stays the same if the largest score is taken off all.

// %% [markdown] lang="zh"
// ## 2. 带缓存的注意力
//
// 最新 token 的查询（query）$q$ 与每个键比较，并据此混合各个值：
//
// $$p = \mathrm{softmax}\!\left(\frac{q\cdot k_1}{\sqrt d}, \ldots, \frac{q\cdot k_n}{\sqrt d}\right),\qquad \text{out} = \sum_t p_t\, v_t$$
//
// ### 任务 2：一个查询（3 分）
//
// `attend(query, keys, values)` 返回 `out`。`query` 有 $d$ 个数，`keys` 与 `values` 是这种向量的数组，每个 token 一个。得分很大时不能溢出：所有得分减去最大值，softmax 不变。

// %% solution="attend"
function attend(query: number[], keys: number[][], values: number[][]): number[] {
  // BEGIN SOLUTION
  const scores = keys.map(key => key.reduce((sum, k, i) => sum + k * query[i], 0) / Math.sqrt(query.length));
  const largest = Math.max(...scores);
  const parts = scores.map(score => Math.exp(score - largest));
  const total = parts.reduce((a, b) => a + b, 0);
  return values[0].map((_, i) => parts.reduce((sum, part, t) => sum + part / total * values[t][i], 0));
  // END SOLUTION
}

// %%
check('attend', attend)

// %% tests="attend-tests" points=3
mustPass('attend', attend);
// BEGIN HIDDEN TESTS
mustPass('attend', attend, [
  [[0.3, -1.2], [[1, 2], [-1, 0.5], [0, 0], [2, -2]], [[1, 1], [2, 0], [0, 3], [-1, -1]]],
  [[-5000, 1, 1], [[1, 0, 0], [-1, 0, 0]], [[1, 2, 3], [4, 5, 6]]],
  [[2, 2, 2, 2, 2, 2, 2, 2, 2], [[1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, -1]], [[1], [0]]],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ### Task 3: a step (3 points)
//
// `decodeStep(cache, query, key, value)` gives `{ output, keys, values }`: what the newest token attends to, with itself
// among the tokens, and the cache after it. Leave the cache that is given as it is.

// %% [markdown] lang="zh"
// ### 任务 3：一步解码（3 分）
//
// `decodeStep(cache, query, key, value)` 返回 `{ output, keys, values }`：最新 token 的注意力结果（它也能看见自己），以及这一步之后的缓存。不要改动传入的缓存。

// %%
interface Cache { keys: number[][]; values: number[][] }

// %% solution="decode-step"
function decodeStep(cache: Cache, query: number[], key: number[], value: number[]): Cache & { output: number[] } {
  // BEGIN SOLUTION
  const keys = [...cache.keys, key];
  const values = [...cache.values, value];
  return { output: attend(query, keys, values), keys, values };
  // END SOLUTION
}

// %%
check('decode-step', decodeStep)

// %% tests="decode-step-tests" points=3
mustPass('decode-step', decodeStep);
// BEGIN HIDDEN TESTS
mustPass('decode-step', decodeStep, [
  [{ keys: [], values: [] }, [0.5, 1], [3, -3], [2, 9]],
  [{ keys: [[1, 2], [3, 1]], values: [[4, 4], [-1, 0]] }, [1, -1], [0.5, 0.5], [7, 8]],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Is it the same as attention over the whole text at once? 40 tokens with random queries, keys and values, token by token
// with your cache, and in one call of the library with a causal mask. And how often was a key compared with a query: with
// the cache, and without, where each step begins anew?

// %% [markdown] lang="zh"
// 它与一次处理整段文本的注意力相同吗？40 个 token，查询、键、值都是随机数：一边用你的缓存逐个 token 处理，一边用库函数带因果掩码（causal mask）一次算完。另外，键与查询比较了多少次：有缓存时，以及没有缓存、每步从头算起时？

// %%
const [TOKENS, WIDTH] = [40, 16];
const [q, k, v] = [1, 2, 3].map(seed => tf.randomNormal([1, 1, TOKENS, WIDTH], 0, 1, 'float32', seed) as tf.Tensor4D);
const rowsOf = (x: tf.Tensor4D) => x.arraySync()[0][0];
const whole = rowsOf(scaledDotProductAttention(q, k, v, { causal: true }) as tf.Tensor4D);
let cache: Cache = { keys: [], values: [] };
const stepwise = rowsOf(q).map((query, t) => {
  const { output, ...next } = decodeStep(cache, query, rowsOf(k)[t], rowsOf(v)[t]);
  cache = next;
  return output;
});
const apart = Math.max(...stepwise.flatMap((row, t) => row.map((x, i) => Math.abs(x - whole[t][i]))));
const steps = Array.from({ length: TOKENS }, (_, i) => i + 1);
console.log(`largest difference ${apart.toExponential(1)}; the cache holds ${cache.keys.length} keys`);
console.log(`comparisons: ${steps.reduce((a, n) => a + n, 0)} with the cache, ${steps.reduce((a, n) => a + n * (n + 1) / 2, 0)} without`);

// %% [markdown] lang="en"
// ## 3. A model, and how good it is
//
// A small transformer learns English, character by character, for some seconds. It is no author, but its cache is a real one.

// %% [markdown] lang="zh"
// ## 3. 一个模型，以及它有多好
//
// 一个小的 Transformer 用几秒钟逐字符学习英文。它当不了作家，但它的缓存是真的。

// %%
const text = gunzipSync(readFileSync('text.txt.gz')).toString().toLowerCase();
const vocabulary = new CharacterVocabulary(text);
const cut = Math.floor(0.9 * text.length);
const [training, heldOut] = [vocabulary.encode(text.slice(0, cut)), vocabulary.encode(text.slice(cut))];
const [LENGTH, BATCH, STEPS, BLOCKS] = [64, 16, 280, ['first']];

const input = tf.input({ shape: [LENGTH], dtype: 'int32' });
const embeddingsInitializer = tf.initializers.randomNormal({ stddev: 0.1, seed: 1 });
const embedding = tf.layers.embedding({ inputDim: vocabulary.size, outputDim: 64, embeddingsInitializer });
const positions = positionEmbedding({ maxLength: LENGTH, seed: 2 });
let x = positions.apply(embedding.apply(input)) as tf.SymbolicTensor;
for (const [i, name] of BLOCKS.entries()) x = transformerBlock(x, { name, numHeads: 2, mlpDim: 128, causal: true, seed: 10 * (i + 1) });
const norm = tf.layers.layerNormalization();
const head = tf.layers.dense({ units: vocabulary.size, kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }) });
const model = tf.model({ name: 'characters', inputs: input, outputs: head.apply(norm.apply(x)) as tf.SymbolicTensor });

function windows(codes: ArrayLike<number>, starts: ArrayLike<number>) {
  const shifted = (by: number) => tf.tensor2d(Array.from(starts, start => Array.from({ length: LENGTH }, (_, i) => codes[start + by + i])), undefined, 'int32');
  return { x: shifted(0), y: shifted(1) };
}
const optimizer = tf.train.adam(0.006);
let loss = 0;
for (let step = 0; step < STEPS; step++) {
  const starts = tf.tidy(() => tf.randomUniform([BATCH], 0, training.length - LENGTH - 1, 'int32', step).dataSync());
  const { x, y } = windows(training, starts);
  const value = optimizer.minimize(() => {
    const logits = (model.apply(x, { training: true }) as tf.Tensor).reshape([-1, vocabulary.size]);
    return tf.losses.softmaxCrossEntropy(tf.oneHot(y.flatten(), vocabulary.size), logits).asScalar();
  }, true)!;
  if (step === STEPS - 1) loss = value.dataSync()[0];
  tf.dispose([x, y, value]);
}
console.log(`${model.countParams()} weights, ${vocabulary.size} characters; loss after ${STEPS} steps ${loss.toFixed(2)}`);

// %% [markdown] lang="en"
// ### Task 4: perplexity (3 points)
//
// How surprised is a model by a text that it has not seen? At each position it gives *logits*, one per character; softmax
// makes probabilities $p$ of them. Perplexity is
//
// $$\exp\!\left(-\frac1n \sum_{i=1}^n \ln p_i(\text{target}_i)\right)$$
//
// as if it chose among so many characters with equal chances. `perplexity(logits, targets)` gives it: `logits` is an array
// with the logits of each position, `targets` has the index of the right character of each. Mind overflow, as in task 2.

// %% [markdown] lang="zh"
// ### 任务 4：困惑度（3 分）
//
// 模型对没见过的文本有多“惊讶”？在每个位置它给出一组 *logits*，每个字符一个；softmax 把它们变成概率 $p$。困惑度为
//
// $$\exp\!\left(-\frac1n \sum_{i=1}^n \ln p_i(\text{target}_i)\right)$$
//
// 相当于在这么多个字符中等概率地选择。`perplexity(logits, targets)` 返回它：`logits` 是各位置 logits 的数组，`targets` 是各位置正确字符的下标。与任务 2 一样注意溢出。

// %% solution="perplexity"
function perplexity(logits: number[][], targets: ArrayLike<number>): number {
  // BEGIN SOLUTION
  const losses = logits.map((row, i) => {
    const largest = Math.max(...row);
    return Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0)) + largest - row[targets[i]];
  });
  return Math.exp(losses.reduce((a, b) => a + b, 0) / losses.length);
  // END SOLUTION
}

// %%
check('perplexity', perplexity)

// %% tests="perplexity-tests" points=3
mustPass('perplexity', perplexity);
// BEGIN HIDDEN TESTS
mustPass('perplexity', perplexity, [
  [[[0, 0, 0, 0, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6, 7, 8]], [3, 0]],
  [[[800, -800], [-800, -799]], [0, 1]],
  [[[0.1, 0.2, 0.3]], [1]],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The held-out text in 96 windows. `predictions` runs the model's own layers, and lets a function have a look at the keys
// and values of each block on the way: it may hand on others. That is how a cache in few bits will be tried.

// %% [markdown] lang="zh"
// 留出的文本分成 96 个窗口。`predictions` 运行模型自己的各层，并让一个函数在途中查看每个块的键和值：它可以交回另外的数。稍后就这样来试用少位数的缓存。

// %%
type Through = (heads: tf.Tensor4D, what: 'keys' | 'values') => tf.Tensor4D;

function predictions(tokens: tf.Tensor2D, through: Through): tf.Tensor2D {
  return tf.tidy(() => {
    let x = positions.apply(embedding.apply(tokens)) as tf.Tensor;
    for (const block of BLOCKS) {
      const layer = (part: string) => model.getLayer(`${block}_${part}`);
      const attention = layer('attention') as MultiHeadAttention;
      const normed = layer('norm1').apply(x) as tf.Tensor;
      const [query, key, value] = (['query', 'key', 'value'] as const).map(name => attention.heads(name, normed));
      const attended = scaledDotProductAttention(query, through(key, 'keys'), through(value, 'values'), { causal: true });
      x = tf.add(x, attention.join(attended as tf.Tensor4D));
      x = tf.add(x, layer('mlp2').apply(layer('mlp1').apply(layer('norm2').apply(x))) as tf.Tensor);
    }
    return (head.apply(norm.apply(x)) as tf.Tensor).reshape([-1, vocabulary.size]) as tf.Tensor2D;
  });
}
const held = windows(heldOut, Array.from({ length: 96 }, (_, i) => Math.floor(i * (heldOut.length - LENGTH - 1) / 96)));
const targets = held.y.flatten().dataSync();
const perplexityThrough = (through: Through) => {
  const logits = predictions(held.x, through);
  const result = perplexity(logits.arraySync(), targets);
  logits.dispose();
  return result;
};
const plain = perplexityThrough(heads => heads);
const counts = new Map<number, number>();
for (const code of training) counts.set(code, (counts.get(code) ?? 0) + 1);
const frequencies = Array.from({ length: vocabulary.size }, (_, code) => Math.log((counts.get(code) ?? 0) + 1));
console.log(`perplexity ${plain.toFixed(2)}; by frequency alone ${perplexity(Array.from(targets, () => frequencies), targets).toFixed(2)}; by chance ${vocabulary.size}`);

// %% [markdown] lang="en"
// ## 4. Fewer bits
//
// A cache is quantized in *groups*: some numbers share a scale and a minimum. Keys and values are not centered and need no
// exact zero, so a code counts steps from the smallest number of the group:
//
// $$\text{scale} = \frac{\max - \min}{2^b - 1},\qquad q = \mathrm{clamp}\!\left(\mathrm{round}\!\left(\frac{x - \min}{\text{scale}}\right), 0, 2^b-1\right),\qquad \hat x = q\cdot\text{scale} + \min$$
//
// ### Task 5: a group (4 points)
//
// `quantizeGroup(values, bits)` gives `{ codes, scale, min }`. Scale and minimum are *stored in fp16*: round both
// (`round('fp16', x)`), and compute the codes with what is stored. Round half to even. Where all numbers are the same take
// scale 1.

// %% [markdown] lang="zh"
// ## 4. 更少的位
//
// 缓存按*组*（group）量化：若干个数共用一个缩放因子和一个最小值。键和值不以零为中心，也不需要精确的零，所以编码从组内最小的数开始数步：
//
// $$\text{scale} = \frac{\max - \min}{2^b - 1},\qquad q = \mathrm{clamp}\!\left(\mathrm{round}\!\left(\frac{x - \min}{\text{scale}}\right), 0, 2^b-1\right),\qquad \hat x = q\cdot\text{scale} + \min$$
//
// ### 任务 5：一组数（4 分）
//
// `quantizeGroup(values, bits)` 返回 `{ codes, scale, min }`。缩放因子与最小值*以 fp16 保存*：两者都要舍入（`round('fp16', x)`），并用保存下来的值计算编码。编码舍入到最近，居中取偶。若所有数相同，缩放因子取 1。

// %% solution="quantize-group"
function quantizeGroup(values: number[], bits: number): { codes: number[]; scale: number; min: number } {
  // BEGIN SOLUTION
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const min = round('fp16', low);
  const scale = high === low ? 1 : round('fp16', (high - low) / (2 ** bits - 1));
  const codes = values.map(x => Math.min(2 ** bits - 1, Math.max(0, roundHalfEven((x - min) / scale))));
  return { codes, scale, min };
  // END SOLUTION
}

// %%
check('quantize-group', quantizeGroup)

// %% tests="quantize-group-tests" points=4
mustPass('quantize-group', quantizeGroup);
// BEGIN HIDDEN TESTS
mustPass('quantize-group', quantizeGroup, [
  [[0.3, 0.31, 0.9, -2.7, 1.1], 4],
  [[-7, -7], 2],
  [[3000.7, 3001.2, 3003.9, 3002], 2],
  [[0, 1, 2, 3, 0.5, 1.5, 2.5], 2],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ### Task 6: into bytes (3 points), and out of them (2 points)
//
// Codes save memory only when they are packed. `packCodes(codes, bits)` (2, 4 or 8 bits) gives a `Uint8Array`: the first
// code takes the *lowest* bits of the first byte, the next one those above. The rest of the last byte is 0.
//
// `unpackCodes(packed, bits, count)` gives the `count` codes back.

// %% [markdown] lang="zh"
// ### 任务 6：打包成字节（3 分）与取出（2 分）
//
// 编码只有打包之后才节省内存。`packCodes(codes, bits)`（2、4 或 8 位）返回 `Uint8Array`：第一个编码占第一个字节的*最低*几位，下一个在其上方。最后一个字节余下的位为 0。
//
// `unpackCodes(packed, bits, count)` 取回 `count` 个编码。

// %% solution="pack-codes"
function packCodes(codes: number[], bits: number): Uint8Array {
  // BEGIN SOLUTION
  const each = 8 / bits;
  const packed = new Uint8Array(Math.ceil(codes.length / each));
  codes.forEach((code, i) => { packed[Math.floor(i / each)] |= code << (bits * (i % each)); });
  return packed;
  // END SOLUTION
}

// %%
check('pack-codes', packCodes)

// %% tests="pack-codes-tests" points=3
mustPass('pack-codes', packCodes);
// BEGIN HIDDEN TESTS
mustPass('pack-codes', packCodes, [[[3, 0, 1, 2, 1, 1], 2], [[10, 5, 3], 4], [[200, 1], 8], [[], 4]]);
// END HIDDEN TESTS

// %% solution="unpack-codes"
function unpackCodes(packed: ArrayLike<number>, bits: number, count: number): number[] {
  // BEGIN SOLUTION
  const each = 8 / bits;
  return Array.from({ length: count }, (_, i) =>
    (packed[Math.floor(i / each)] >> (bits * (i % each))) & (2 ** bits - 1));
  // END SOLUTION
}

// %%
check('unpack-codes', unpackCodes)

// %% tests="unpack-codes-tests" points=2
mustPass('unpack-codes', unpackCodes);
// BEGIN HIDDEN TESTS
mustPass('unpack-codes', unpackCodes, [[[0xe4, 0x1b], 2, 8], [[0xba, 0x0c], 4, 3], [[255, 7], 8, 2]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// A group of 32 numbers has 32 codes, and a scale and a minimum of 16 bits each. So a number takes more than `bits`; how
// much more depends on the size of the group. The last two columns are what your functions really make of 32 numbers:

// %% [markdown] lang="zh"
// 一组 32 个数有 32 个编码，外加各 16 位的一个缩放因子和一个最小值。所以每个数所占的位数多于 `bits`；多多少取决于组的大小。最后两列是你的函数对 32 个数实际产生的结果：

// %%
const bitsPerNumber = (bits: number, group: number) => bits + 32 / group;
const sample = Array.from(tf.randomNormal([32], 0, 1, 'float32', 9).dataSync());
[8, 4, 2].map(bits => {
  const { codes } = quantizeGroup(sample, bits);
  const packed = packCodes(codes, bits);
  const same = unpackCodes(packed, bits, codes.length).every((code, i) => code === codes[i]);
  return {
    bits,
    'groups of 8': bitsPerNumber(bits, 8), 'groups of 32': bitsPerNumber(bits, 32), 'groups of 128': bitsPerNumber(bits, 128),
    'bytes of 32 numbers': packed.length + 4, 'codes come back': same,
  };
})

// %% [markdown] lang="en"
// ## 5. The model reads through your cache
//
// First each token's key and value form a group in each head: 32 numbers. The model then sees $\hat k$ and $\hat v$ in place
// of $k$ and $v$.

// %% [markdown] lang="zh"
// ## 5. 模型通过你的缓存来读
//
// 先让每个 token 的键（值）在每个头中自成一组：32 个数。于是模型看到的是 $\hat k$ 与 $\hat v$，而不是 $k$ 与 $v$。

// %%
type Round = (rows: number[][], bits: number) => number[][];
const perToken: Round = (rows, bits) => rows.map(row => {
  const { codes, scale, min } = quantizeGroup(row, bits);
  return unpackCodes(packCodes(codes, bits), bits, codes.length).map(code => code * scale + min);
});
const byHead = (heads: tf.Tensor4D, round: (rows: number[][]) => number[][]) =>
  tf.tensor4d(heads.arraySync().map(sequence => sequence.map(round)), heads.shape);

const measured = [8, 4, 2].map(bits => ({ bits, perplexity: perplexityThrough(heads => byHead(heads, rows => perToken(rows, bits))) }));
[{ cache: 'fp32', 'bits a number': 32, perplexity: plain.toFixed(3) },
  ...measured.map(({ bits, perplexity }) => ({ cache: `${bits} bits, a scale per token`, 'bits a number': bitsPerNumber(bits, 32), perplexity: perplexity.toFixed(3) }))]

// %% [markdown] lang="en"
// Why do 2 bits hurt? Here are the keys of one head, tokens downward and channels to the right (blue is positive, brown
// negative), and below how far 2 bits move them. Which numbers are alike: those of a row, or those of a column?

// %% [markdown] lang="zh"
// 为什么 2 位会造成损害？下图是一个头的键，向下为 token，向右为通道（蓝色为正，棕色为负）；再下面是 2 位使它们移动了多少。彼此相近的是同一行的数，还是同一列的数？

// %%
const seen: Record<string, number[][]> = {};
predictions(held.x, (heads, what) => {
  seen[what] ??= heads.arraySync()[0][0];
  return heads;
}).dispose();
heatmap('keys of the first head: 64 tokens by 32 channels', seen.keys)

// %%
errorHistogram(perToken(seen.keys, 2).flatMap((row, t) => row.map((x, i) => x - seen.keys[t][i])))

// %% [markdown] lang="en"
// ### Task 7: a scale per channel (4 points)
//
// A channel changes slowly from token to token, and in large models some channels are large for *every* token. A group that
// runs along a token holds large and small channels together; one that runs along the tokens of *one channel* holds numbers
// that are alike. This is how KIVI (Liu et al. 2024) treats keys.
//
// `keysPerChannel(keys, bits, group)` gives the keys, [tokens][width], rounded in groups of `group` neighboring tokens of
// one channel, by `quantizeGroup` and back. The last group may be smaller.

// %% [markdown] lang="zh"
// ### 任务 7：逐通道缩放（4 分）
//
// 同一通道从一个 token 到下一个变化缓慢；在大模型中，有些通道对*每个* token 都很大。沿 token 方向的组把大通道与小通道混在一起；沿*同一通道*的各 token 分组，组内的数就彼此相近。KIVI（Liu 等 2024）就是这样处理键的。
//
// `keysPerChannel(keys, bits, group)` 返回舍入后的键，形状仍为 [tokens][width]：同一通道中相邻的 `group` 个 token 为一组，用 `quantizeGroup` 量化再还原。最后一组可以较小。

// %% solution="keys-per-channel"
function keysPerChannel(keys: number[][], bits: number, group: number): number[][] {
  // BEGIN SOLUTION
  const out = keys.map(key => [...key]);
  for (let c = 0; c < keys[0].length; c++) {
    for (let start = 0; start < keys.length; start += group) {
      const values = keys.slice(start, start + group).map(key => key[c]);
      const { codes, scale, min } = quantizeGroup(values, bits);
      codes.forEach((code, i) => { out[start + i][c] = code * scale + min; });
    }
  }
  return out;
  // END SOLUTION
}

// %%
check('keys-per-channel', keysPerChannel)

// %% tests="keys-per-channel-tests" points=4
mustPass('keys-per-channel', keysPerChannel);
// BEGIN HIDDEN TESTS
mustPass('keys-per-channel', keysPerChannel, [
  [[[5, 0.1], [6, 0.3], [5.5, 0.15], [9, 0.2], [8, 0.7]], 2, 3],
  [[[1, -1, 2], [0.9, -1.3, 2.2]], 4, 32],
]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Does it help keys, and values? At 2 bits, first only the keys go through codes, then only the values, each grouped in both
// ways. The error is the root mean square of what rounding changes. The text is short: a few hundredths of perplexity may be
// chance.

// %% [markdown] lang="zh"
// 它对键、对值是否有帮助？2 位时，先只让键经过编码，再只让值经过编码，各用两种分组方式。误差是舍入所引起变化的均方根（RMS）。文本很短：困惑度相差零点零几可能只是偶然。

// %%
const GROUP = 32;
function rmsError(rows: number[][], rounded: number[][]) {
  const squares = rows.flatMap((row, t) => row.map((x, c) => (x - rounded[t][c]) ** 2));
  return Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
}
const ways = { 'per token': (rows: number[][]) => perToken(rows, 2), 'per channel': (rows: number[][]) => keysPerChannel(rows, 2, GROUP) };
(['keys', 'values'] as const).flatMap(only => Object.entries(ways).map(([way, round]) => ({
  only, way,
  'error of the first head': rmsError(seen[only], round(seen[only])).toFixed(3),
  perplexity: perplexityThrough((heads, what) => what === only ? byHead(heads, round) : heads).toFixed(3),
})))

// %% [markdown] lang="en"
// The whole picture: memory against perplexity, with keys per token and per channel (values stay per token, as in KIVI).
// Both pay the same number of bits. The table below the picture has the bytes of 24 sequences.

// %% [markdown] lang="zh"
// 完整的图景：内存与困惑度的关系，键分别按 token 和按通道量化（值仍按 token，与 KIVI 相同）。两者所占的位数相同。图下的表给出 24 个序列的字节数。

// %%
const perChannel = [8, 4, 2].map(bits => ({
  bits,
  perplexity: perplexityThrough((heads, what) => byHead(heads, rows => what === 'keys' ? keysPerChannel(rows, bits, GROUP) : perToken(rows, bits))),
}));
scatter('Perplexity by bits a number, scales included', [
  { name: 'fp32', x: 32, y: plain, series: 2 },
  ...measured.map(({ bits, perplexity }) => ({ name: `${bits}, per token`, x: bitsPerNumber(bits, 32), y: perplexity, series: 0 })),
  ...perChannel.map(({ bits, perplexity }) => ({ name: `${bits}, channel`, x: bitsPerNumber(bits, GROUP), y: perplexity, series: 1 })),
])

// %%
const ourModel = { layers: BLOCKS.length, heads: 2, kvHeads: 2, headDim: 32, tokens: LENGTH, batch: 24 };
[{ cache: 'fp32', bytes: cacheBytes(ourModel, 32), perplexity: plain.toFixed(3) },
  ...measured.map(({ bits, perplexity }) => ({ cache: `${bits} bits, per token`, bytes: cacheBytes(ourModel, bitsPerNumber(bits, 32)), perplexity: perplexity.toFixed(3) })),
  ...perChannel.map(({ bits, perplexity }) => ({ cache: `${bits} bits, keys per channel`, bytes: cacheBytes(ourModel, bitsPerNumber(bits, GROUP)), perplexity: perplexity.toFixed(3) }))]

// %% [markdown] lang="en"
// ### Question A (4 points)
//
// 1. At 2 bits, what do scales per channel gain here in error and in perplexity, for keys and for values? Explain it by the
//    map of the keys, use the figures, and say which differences you would not rely on.
// 2. Our experiment cheats a little: the scale of a channel was computed from 32 tokens at once, also for the first of them.
//    What can a real decoder not know, and what does it have to do with the newest tokens? What does that cost?

// %% [markdown] lang="zh"
// ### 问题 A（4 分）
//
// 1. 2 位时，逐通道缩放对键、对值各带来多少好处（误差和困惑度）？请用键的热图解释，引用数值，并说明哪些差别不足为凭。
// 2. 我们的实验有一点“作弊”：通道的缩放因子是由 32 个 token 一起算出的，对其中第一个 token 也是如此。真正的解码器不可能知道什么？它必须怎样处理最新的 token？代价是什么？

// %% [markdown] answer="question-a" points=4 lang="en"
// <!-- BEGIN SOLUTION -->
//
// 1. (Each run has its own figures.) At the same number of bits the error of the keys falls by about a third, and what
//    perplexity rises above fp32 by roughly a quarter; the error of the values falls by a tenth, and a difference of their
//    perplexity in the third decimal is no gain. The keys' gain, 0.05 here, is near what chance could do, but the library's KL
//    in section 6 says the same: 0.021 nats in place of 0.043. In the map of the keys, columns are runs of one
//    color: a channel changes slowly from token to token, and some are large. Along a token the range of a group is set by
//    these few, and four codes have to do for it; along a channel the range is that of neighbors. It is a modest gain, for
//    this small model has no channel that is large for every token, as large models have.
// 2. It cannot know the keys of tokens that are still to come, so the range of an unfinished group is unknown. The newest
//    tokens wait in 16 or 32 bits until there are 32 of them, and are then quantized together. So up to 31 tokens take full
//    memory: much in a short text, nothing in a long one. (The library's cache does so.)
//
// <!-- END SOLUTION -->

// %% [markdown] answer="question-a" points=4 lang="zh"
// <!-- BEGIN SOLUTION -->
//
// 1.（各次运行的数值不同。）位数相同时，键的误差下降约三分之一，困惑度高出 fp32 的部分减少约四分之一；值的误差减少约十分之一，而困惑度在第三位小数上的差别算不上好处。键的好处（这里为 0.05）接近偶然所能造成的差别，但第 6 节中库的 KL 散度也支持它：0.021 nat，而不是 0.043 nat。键的热图中，列方向上颜色连成一段：同一通道从一个 token 到下一个变化缓慢，而且有的通道很大。沿 token 分组时，组的范围由这几个通道决定，而只有四个编码可用；沿通道分组时，范围由相邻的数决定。好处不算大，因为这个小模型没有像大模型那样对每个 token 都很大的通道。
// 2. 它不可能知道尚未出现的 token 的键，所以未完成的组的范围是未知的。最新的 token 以 16 或 32 位等待，直到凑满 32 个再一起量化。因此最多有 31 个 token 占用全部内存：短文本中比例很大，长文本中可以忽略。（库的缓存就是这样做的。）
//
// <!-- END SOLUTION -->

// %% [markdown] lang="en"
// ## 6. The library's
//
// The same model with the library's caches, which do wait with the newest keys. It measures the bytes that are really held.
// Its figures differ from yours: 24 windows at other places (compare with its own fp32), the newest keys in full, and a zero
// point of one byte in place of a minimum in fp16. KL and the share of equal top tokens compare every single prediction with
// that in fp32, so they tell caches apart more surely than perplexity does.

// %% [markdown] lang="zh"
// ## 6. 库中的实现
//
// 同一个模型，使用库的缓存，它确实让最新的键等待。它测量实际占用的字节。数值与你的不同：24 个窗口的位置不同（请与它自己的 fp32 相比），最新的键保持全精度，而且用一个字节的零点代替 fp16 的最小值。KL 散度和首选 token 一致的比例把每一次预测与 fp32 的相比较，因此比困惑度更能可靠地区分各种缓存。

// %%
const library = await compareKvCache(model, text.slice(cut), {
  vocabulary, windows: 24, speed: false,
  formats: ['fp32', 'int8', 'int4', 'int2', { format: 'int2', keys: 'per-channel' }],
});
library

// %% [markdown] lang="en"
// ### Question B (4 points)
//
// A GPU with 24 GB (10⁹ bytes each) holds the weights of Llama 3 8B in int8 (take 8 GB). How many users with 32 768 tokens
// each fit beside them, with a cache in 16 bits, and in 8 and 4 bits with groups of 32, scale and minimum in fp16? Compute with `cacheBytes` and
// `bitsPerNumber`, show the code or the numbers, and say which of the three you would offer, and what you would measure on
// your own model first.

// %% [markdown] lang="zh"
// ### 问题 B（4 分）
//
// 一块 24 GB（1 GB = 10⁹ 字节）的 GPU 存放 int8 的 Llama 3 8B 权重（按 8 GB 计）。其余内存可容纳多少个用户（每人 32 768 个 token）？缓存为 16 位，或者为 8 位、4 位，每组 32 个数，缩放因子与最小值为 fp16。请用 `cacheBytes` 与 `bitsPerNumber` 计算，给出代码或数值，并说明三者中你会选择哪一个，以及应先在自己的模型上测量什么。

// %% [markdown] answer="question-b" points=4 lang="en"
// <!-- BEGIN SOLUTION -->
//
// With `{ layers: 32, heads: 32, kvHeads: 8, headDim: 128, tokens: 32768, batch: 1 }` a user takes 4.29 GB in 16 bits, 2.42
// GB in 8 bits (9 bits a number) and 1.34 GB in 4 bits (5 bits a number); 16 GB are free, so 3, 6 and 11 users fit. I would
// offer 8 bits, where the loss is not seen in our measurement, or 4 bits with keys per channel, once perplexity (or the
// task's own score) on long texts of our users, and tokens per second, were measured: our small model with 64 tokens says
// nothing about 32 768. Memory for activations and the newest tokens has to be left free, too.
//
// <!-- END SOLUTION -->

// %% [markdown] answer="question-b" points=4 lang="zh"
// <!-- BEGIN SOLUTION -->
//
// 取 `{ layers: 32, heads: 32, kvHeads: 8, headDim: 128, tokens: 32768, batch: 1 }`：每个用户 16 位时 4.29 GB，8 位时（每个数 9 位）2.42 GB，4 位时（每个数 5 位）1.34 GB；可用内存为 16 GB，因此可容纳 3、6、11 个用户。我会选 8 位，我们的测量中看不出损失；或者选 4 位并对键逐通道缩放，但要先在我们用户的长文本上测量困惑度（或任务本身的得分）以及每秒 token 数：只有 64 个 token 的小模型说明不了 32 768 个 token 的情况。还要为激活值和最新的 token 留出内存。
//
// <!-- END SOLUTION -->

// %% [markdown] lang="en"
// ## Where to go on
//
// * `notebooks/quantization/kv-cache.ipynb` writes text through such caches, and measures their speed.
// * `%kvcache model --batch 8` in JupyterLab has sliders for length and batch, and says what fits a device.

// %% [markdown] lang="zh"
// ## 接下来
//
// * `notebooks/quantization/kv-cache.ipynb` 用这样的缓存生成文本，并测量速度。
// * 在 JupyterLab 中，`%kvcache model --batch 8` 带有长度与批量的滑块，并告诉你设备能容纳多少。
