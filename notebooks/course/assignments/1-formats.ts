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
// # Assignment 1. Bits, formats, rounding
//
// A network is trained in 16 bits and deployed in 8 or 4. What such a number can be, and what happens to one that it can't be, is
// decided by a few bits. In this assignment you write, by hand, what the processor does: turn a number into bits, read bits as a
// number, and round.
//
// **You learn to**
//
// * write a number in binary, its whole part and its fraction;
// * read and write the code of a floating-point number: sign, exponent, significand;
// * tell normal numbers, subnormal ones, infinities and NaN apart;
// * round to nearest, ties to even, and say why ties matter;
// * choose between FP16, BF16, FP8 E4M3 and FP8 E5M2 for what you want to store.
//
// **Time**: about 90 minutes. **Points**: 30, of which 24 are graded by tests and 6 by hand.
//
// **How it works.** Each task asks for one function. Write it in place of the line that throws. The cell below it *checks* your
// function: it shows the first case that is wrong, bit by bit, and gives a hint. The cell after that gives the points; it also has
// tests that you don't see, with other numbers. Write the functions yourself: what `halfnote` has for this is only there to check.

// %% [markdown] lang="zh"
// # 作业 1：位、格式与舍入
//
// 网络用 16 位训练，用 8 位甚至 4 位部署。这样的数能表示什么、不能表示的数会变成什么，都由寥寥几位决定。在这次作业里，你要亲手写出处理器所做的事：把数变成位，把位读成数，以及舍入（rounding）。
//
// **学习目标**
//
// * 把一个数写成二进制，包括整数部分和小数部分；
// * 读写浮点数（floating-point number）的编码：符号（sign）、指数（exponent）、尾数（significand）；
// * 区分正规数（normal）、次正规数（subnormal）、无穷大（infinity）和 NaN；
// * 做“舍入到最近，居中取偶”（round half to even），并说明为什么居中的情形很重要；
// * 根据要存储的内容，在 FP16、BF16、FP8 E4M3 和 FP8 E5M2 之间做出选择。
//
// **用时**：约 90 分钟。**分数**：30 分，其中 24 分自动评分，6 分人工评分。
//
// **做法。** 每个任务要你写一个函数，写在抛出错误的那一行处。它下面的单元格会*检查*你的函数：逐位显示第一个不对的用例，并给出提示。再下面的单元格决定得分，其中还有你看不到的测试，用的是别的数。函数请自己写：`halfnote` 里现成的功能只用来检查。

// %%
import { explain } from 'halfnote';
import { check, errorHistogram, language, mustPass, numberLine } from 'halfnote/course';
language('en');

// %% [markdown] lang="en"
// ## 1. Whole numbers: divide by two
//
// Divide a whole number by two again and again. The remainders are its binary digits; the *last* one stands first.

// %% [markdown] lang="zh"
// ## 1. 整数：除以二
//
// 把一个整数反复除以二。余数就是它的二进制数字，*最后*得到的余数排在最前。

// %%
explain(13)

// %% [markdown] lang="en"
// **Task 1 (2 points).** `toBinary(n)` gives the binary digits of a whole number `n` from 0 to 2⁵³ as text: `toBinary(13)` is
// `'1101'`. Do it by dividing; `n.toString(2)` is not the point.

// %% [markdown] lang="zh"
// **任务 1（2 分）。** `toBinary(n)` 以文本形式给出 0 到 2⁵³ 之间的整数 `n` 的二进制数字：`toBinary(13)` 是 `'1101'`。请用除法实现，不要用 `n.toString(2)`。

// %% solution="to-binary"
function toBinary(n: number): string {
  // BEGIN SOLUTION
  let digits = '';
  let rest = n;
  do {
    digits = String(rest % 2) + digits;
    rest = Math.floor(rest / 2);
  } while (rest > 0);
  return digits;
  // END SOLUTION
}

// %%
check('to-binary', toBinary)

// %% tests="to-binary-tests" points=2
mustPass('to-binary', toBinary);
// BEGIN HIDDEN TESTS
mustPass('to-binary', toBinary, [[2], [6], [255], [256], [12345], [2 ** 31], [2 ** 45 - 3], [2 ** 53]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 2. Fractions: multiply by two
//
// A fraction is doubled. The digit before the point is the next bit; go on with what is behind the point. Some fractions end,
// 0.625 for example. One tenth doesn't.

// %% [markdown] lang="zh"
// ## 2. 小数：乘以二
//
// 小数则反复乘以二。小数点前的数字就是下一位，再用小数点后的部分继续。有些小数会结束，例如 0.625。十分之一却不会。

// %%
explain(0.1)

// %% [markdown] lang="en"
// **Task 2 (2 points).** `fractionBits(x, count)` gives the first `count` binary digits behind the point of a number `x` with
// 0 ≤ x < 1, cut off and not rounded: `fractionBits(0.625, 3)` is `'101'`.

// %% [markdown] lang="zh"
// **任务 2（2 分）。** `fractionBits(x, count)` 给出满足 0 ≤ x < 1 的数 `x` 在小数点后的前 `count` 位二进制数字，直接截断而不舍入：`fractionBits(0.625, 3)` 是 `'101'`。

// %% solution="fraction-bits"
function fractionBits(x: number, count: number): string {
  // BEGIN SOLUTION
  let digits = '';
  let rest = x;
  while (digits.length < count) {
    rest *= 2;
    const digit = Math.floor(rest);
    digits += digit;
    rest -= digit;
  }
  return digits;
  // END SOLUTION
}

// %%
check('fraction-bits', fractionBits)

// %% tests="fraction-bits-tests" points=2
mustPass('fraction-bits', fractionBits);
// BEGIN HIDDEN TESTS
mustPass('fraction-bits', fractionBits, [[0.5, 1], [0.75, 6], [0.3, 20], [1 / 3, 9], [0.9999, 8], [2 ** -20, 24]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 3. What is cut off
//
// Digits that don't fit are rounded. The nearest number wins; only a number midway between two needs a rule. School rounds halves
// up. Over many numbers that pushes sums upward, so floating point takes *the even one of the two*: 2.5 becomes 2, and 3.5 becomes 4.

// %% [markdown] lang="zh"
// ## 3. 被舍去的部分
//
// 放不下的数字要舍入。取最近的数；只有恰在两数中间时才需要规则。学校里教的是“五入”，数多了会让总和偏大，所以浮点数取*两者中的偶数*：
// 2.5 变为 2，3.5 变为 4。

// %% [markdown] lang="en"
// **Task 3 (2 points).** `roundHalfEven(x)` gives the whole number nearest to `x`, and of two the even one.

// %% [markdown] lang="zh"
// **任务 3（2 分）。** `roundHalfEven(x)` 给出离 `x` 最近的整数；若有两个，取偶数。

// %% solution="round-half-even"
function roundHalfEven(x: number): number {
  // BEGIN SOLUTION
  const down = Math.floor(x);
  const rest = x - down;
  if (rest < 0.5) return down;
  if (rest > 0.5) return down + 1;
  return down % 2 === 0 ? down : down + 1;
  // END SOLUTION
}

// %%
check('round-half-even', roundHalfEven)

// %% tests="round-half-even-tests" points=2
mustPass('round-half-even', roundHalfEven);
// BEGIN HIDDEN TESTS
mustPass('round-half-even', roundHalfEven, [[0], [0.5], [1.5], [-0.5], [-1.5], [-7.25], [1e15 + 0.5], [123456.5], [-123457.5], [8.75]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// The difference, seen over halves only: `Math.round` leans to one side.

// %% [markdown] lang="zh"
// 只看恰为一半的数，差别就很明显：`Math.round` 偏向一侧。

// %%
const halves = Array.from({ length: 1000 }, (_, i) => i - 500 + 0.5);
errorHistogram(halves.map(x => Math.round(x) - x), { bins: 9 })

// %%
errorHistogram(halves.map(x => roundHalfEven(x) - x), { bins: 9 })

// %% [markdown] lang="en"
// ## 4. Reading a code: FP16
//
// An FP16 code has 1 bit of sign $s$, 5 bits of exponent field $e$, and 10 bits of significand field $f$, from the highest bit to the
// lowest. The *bias* of the exponent is $2^{5-1}-1 = 15$.
//
// | exponent field | significand field | value |
// |---|---|---|
// | 1 to 30 | any | normal: $(-1)^s \cdot (1 + f/2^{10}) \cdot 2^{e-15}$ |
// | 0 | any | zero or subnormal: $(-1)^s \cdot (f/2^{10}) \cdot 2^{1-15}$ |
// | 31 | 0 | infinity, with its sign |
// | 31 | not 0 | NaN |
//
// The 1 before the point of a normal number isn't stored. Other formats are divided alike: E5M2, E4M3 and E3M4 have 8 bits, and are
// named by how many are exponent and how many significand; BF16 has 8 and 7. Look at a few numbers, and at their neighbors near 0:

// %% [markdown] lang="zh"
// ## 4. 读编码：FP16
//
// FP16 的编码从高位到低位依次是 1 位符号 $s$、5 位指数域 $e$ 和 10 位尾数域 $f$。指数的*偏置*（bias）是 $2^{5-1}-1 = 15$。
//
// | 指数域 | 尾数域 | 值 |
// |---|---|---|
// | 1 到 30 | 任意 | 正规数：$(-1)^s \cdot (1 + f/2^{10}) \cdot 2^{e-15}$ |
// | 0 | 任意 | 零或次正规数：$(-1)^s \cdot (f/2^{10}) \cdot 2^{1-15}$ |
// | 31 | 0 | 带符号的无穷大 |
// | 31 | 非 0 | NaN |
//
// 正规数小数点前的 1 不存储。其他格式的划分方式相同：E5M2、E4M3 和 E3M4 各有 8 位，以指数位数和尾数位数命名；BF16 有 8 位指数和 7 位尾数。看几个数，再看 0 附近的数：

// %%
// %inspect 6.5 --formats fp16,bf16,e4m3,e5m2

// %%
// %inspect 0.00001 --formats fp16,bf16,e4m3,e5m2

// %%
numberLine(['e4m3', 'e5m2', 'e3m4'], { from: 0, to: 0.125, marks: [0.1] })

// %% [markdown] lang="en"
// Between two powers of two the steps are equal; at each power of two they double. Below the smallest normal number (the other
// color) they get no finer. Without subnormal numbers there would be a gap around 0, and `x - y` could be 0 for `x` and `y` that differ.
//
// **Task 4 (4 points).** `decodeFp16(code)` gives the value of a code from 0 to 65535. `(code >> 10) & 31` is the exponent field.

// %% [markdown] lang="zh"
// 两个 2 的幂之间步长相等，每过一个 2 的幂步长加倍。在最小的正规数以下（另一种颜色），步长不再变细。若没有次正规数，0 附近就会有空隙，`x` 与 `y` 不同时 `x - y` 也可能为 0。
//
// **任务 4（4 分）。** `decodeFp16(code)` 给出 0 到 65535 之间的编码的值。`(code >> 10) & 31` 就是指数域。

// %% solution="decode-fp16"
function decodeFp16(code: number): number {
  // BEGIN SOLUTION
  const sign = code >> 15 === 1 ? -1 : 1;
  const field = (code >> 10) & 31;
  const fraction = (code & 1023) / 1024;
  if (field === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (field === 0) return sign * fraction * 2 ** -14;
  return sign * (1 + fraction) * 2 ** (field - 15);
  // END SOLUTION
}

// %%
check('decode-fp16', decodeFp16)

// %% tests="decode-fp16-tests" points=4
mustPass('decode-fp16', decodeFp16);
// BEGIN HIDDEN TESTS
mustPass('decode-fp16', decodeFp16, Array.from({ length: 1024 }, (_, i): [number] => [i * 64 + (i % 64)]));
mustPass('decode-fp16', decodeFp16, [[0], [0x03ff], [0x83ff], [0x7c00], [0xfe01], [0xfbff]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 5. Eight bits: E4M3
//
// FP8 comes as E5M2, which is divided like FP16 with fewer bits of significand, and as **E4M3**: 1 bit of sign, 4 of exponent with
// bias 7, 3 of significand. With so few codes E4M3 gives up infinities. Its highest exponent field holds numbers like all the others;
// only the codes with all seven bits of exponent and significand set are NaN.

// %% [markdown] lang="zh"
// ## 5. 八位：E4M3
//
// FP8 有两种。E5M2 的划分方式与 FP16 相同，只是尾数位更少；**E4M3** 则是 1 位符号、4 位指数（偏置 7）和 3 位尾数。编码太少，E4M3 放弃了无穷大：它最大的指数域和别的指数域一样表示数，只有指数和尾数七位全为 1 的编码是 NaN。

// %% [markdown] lang="en"
// **Task 5 (3 points).** `decodeE4m3(code)` gives the value of a code from 0 to 255.

// %% [markdown] lang="zh"
// **任务 5（3 分）。** `decodeE4m3(code)` 给出 0 到 255 之间的编码的值。

// %% solution="decode-e4m3"
function decodeE4m3(code: number): number {
  // BEGIN SOLUTION
  const sign = code >> 7 === 1 ? -1 : 1;
  const field = (code >> 3) & 15;
  const fraction = (code & 7) / 8;
  if ((code & 127) === 127) return NaN;
  if (field === 0) return sign * fraction * 2 ** -6;
  return sign * (1 + fraction) * 2 ** (field - 7);
  // END SOLUTION
}

// %%
check('decode-e4m3', decodeE4m3)

// %% tests="decode-e4m3-tests" points=3
mustPass('decode-e4m3', decodeE4m3);
// BEGIN HIDDEN TESTS
mustPass('decode-e4m3', decodeE4m3, Array.from({ length: 256 }, (_, code): [number] => [code]));
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 6. Rounding to any format
//
// A *layout* says how many bits are exponent and how many significand. FP16, BF16 and E5M2 differ in nothing else:

// %% [markdown] lang="zh"
// ## 6. 舍入到任意格式
//
// *布局*（layout）说明指数和尾数各占多少位。FP16、BF16 和 E5M2 的差别仅在于此：

// %%
interface Layout {
  readonly exponentBits: number;
  readonly significandBits: number;
}
const FP16: Layout = { exponentBits: 5, significandBits: 10 };
const BF16: Layout = { exponentBits: 8, significandBits: 7 };
const E5M2: Layout = { exponentBits: 5, significandBits: 2 };

// %% [markdown] lang="en"
// To round $x \neq 0$:
//
// 1. The exponent is $\lfloor \log_2 |x| \rfloor$, but not below $1 - \text{bias}$, that of the smallest normal number.
// 2. The *step* there is $2^{\text{exponent} - \text{significandBits}}$ (one *unit in the last place*, ulp).
// 3. Divide $x$ by the step, round to a whole number, and multiply by the step again.
// 4. What is then beyond the largest number, $(2 - 2^{-\text{significandBits}}) \cdot 2^{\text{bias}}$, is infinite.
//
// The bias is $2^{\text{exponentBits}-1} - 1$. Powers of two, and dividing and multiplying by them, are exact in JavaScript's 64 bits.
//
// **Task 6 (4 points).** `roundTo(x, layout)` gives the number of the layout that is nearest to `x`, ties to even. Infinities and NaN
// stay as they are. Use your `roundHalfEven`.

// %% [markdown] lang="zh"
// 对 $x \neq 0$ 舍入：
//
// 1. 指数是 $\lfloor \log_2 |x| \rfloor$，但不小于 $1 - \text{bias}$，即最小正规数的指数。
// 2. 此处的*步长*是 $2^{\text{exponent} - \text{significandBits}}$，即一个 ulp（unit in the last place，最末位单位）。
// 3. 用 $x$ 除以步长，舍入为整数，再乘以步长。
// 4. 结果若超过最大的数 $(2 - 2^{-\text{significandBits}}) \cdot 2^{\text{bias}}$，就是无穷大。
//
// 偏置是 $2^{\text{exponentBits}-1} - 1$。2 的幂，以及乘除 2 的幂，在 JavaScript 的 64 位中都是精确的。
//
// **任务 6（4 分）。** `roundTo(x, layout)` 给出该布局中离 `x` 最近的数，居中取偶。无穷大和 NaN 保持不变。请使用你写的 `roundHalfEven`。

// %% solution="round-to"
function roundTo(x: number, { exponentBits, significandBits }: Layout): number {
  // BEGIN SOLUTION
  if (x === 0 || !Number.isFinite(x)) return x;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), 1 - bias);
  const step = 2 ** (exponent - significandBits);
  const rounded = roundHalfEven(x / step) * step;
  const largest = (2 - 2 ** -significandBits) * 2 ** bias;
  return Math.abs(rounded) > largest ? Math.sign(x) * Infinity : rounded;
  // END SOLUTION
}

// %%
check('round-to', roundTo)

// %% tests="round-to-tests" points=4
mustPass('round-to', roundTo);
// BEGIN HIDDEN TESTS
const hiddenNumbers = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 1.37 ** (i * 2 - 60) * (1 + i / 97));
for (const layout of [FP16, BF16, E5M2, { exponentBits: 4, significandBits: 3 }, { exponentBits: 2, significandBits: 3 }])
  mustPass('round-to', roundTo, hiddenNumbers.map((x): [number, Layout] => [x, layout]));
mustPass('round-to', roundTo, [[Infinity, FP16], [NaN, BF16], [1 + 2 ** -8, BF16], [1 + 3 * 2 ** -8, BF16], [61440, E5M2], [61439, E5M2], [2 ** -25, FP16]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// Now look at what rounding does to 10,000 numbers. Counted in steps, the errors lie evenly between −½ and ½, as here in BF16; as
// a part of the number they are the larger, the fewer bits of significand there are.

// %% [markdown] lang="zh"
// 现在看看舍入对 10 000 个数做了什么。以步长计，误差均匀地分布在 −½ 与 ½ 之间，这里以 BF16 为例；相对于数本身，尾数位越少误差越大。

// %%
const numbers = Array.from({ length: 10_000 }, (_, i) => 1 + i / 10_000);
errorHistogram(numbers.map(x => (roundTo(x, BF16) - x) / 2 ** -7), { unit: 'ulp' })

// %%
[['FP16', FP16], ['BF16', BF16], ['E5M2', E5M2]].map(([name, layout]) => ({
  format: name,
  'largest relative error': Math.max(...numbers.map(x => Math.abs(roundTo(x, layout as Layout) - x) / x)),
}))

// %% [markdown] lang="en"
// ## 7. Writing a code
//
// The code of a number is put together from its fields: $\text{sign} \cdot 2^{15} + \text{exponent field} \cdot 2^{10} + \text{significand
// field}$. Round first: 4095.9 becomes 4096, which has another exponent.

// %% [markdown] lang="zh"
// ## 7. 写编码
//
// 一个数的编码由各个域拼成：$\text{符号} \cdot 2^{15} + \text{指数域} \cdot 2^{10} + \text{尾数域}$。请先舍入：4095.9 会变成 4096，指数就不同了。

// %% [markdown] lang="en"
// **Task 7 (4 points).** `encodeFp16(x)` gives the FP16 code of any number, rounded as in task 6. Any NaN will do for NaN. The sign is
// that of `x`, also where `x` is −0 or becomes 0: `Object.is(x, -0)` tells −0 from 0.

// %% [markdown] lang="zh"
// **任务 7（4 分）。** `encodeFp16(x)` 给出任意数的 FP16 编码，舍入方式同任务 6。NaN 用任何一个 NaN 编码都可以。符号取 `x` 的符号，即使 `x` 是 −0 或被舍入为 0：`Object.is(x, -0)` 可以区分 −0 与 0。

// %% solution="encode-fp16"
function encodeFp16(x: number): number {
  // BEGIN SOLUTION
  if (Number.isNaN(x)) return 0x7e00;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const rounded = Math.abs(roundTo(x, FP16));
  if (rounded === Infinity) return sign + 0x7c00;
  if (rounded < 2 ** -14) return sign + rounded / 2 ** -24;
  const exponent = Math.floor(Math.log2(rounded));
  const significand = (rounded / 2 ** exponent - 1) * 1024;
  return sign + (exponent + 15) * 1024 + significand;
  // END SOLUTION
}

// %%
check('encode-fp16', encodeFp16)

// %% tests="encode-fp16-tests" points=4
mustPass('encode-fp16', encodeFp16);
// BEGIN HIDDEN TESTS
mustPass('encode-fp16', encodeFp16, Array.from({ length: 120 }, (_, i): [number] => [(i % 2 === 0 ? 1 : -1) * 1.37 ** (i - 60) * (1 + i / 97)]));
mustPass('encode-fp16', encodeFp16, [[Infinity], [-Infinity], [65504], [65519.99], [-65520], [2 ** -14], [2 ** -14 - 2 ** -25], [2 ** -24], [-(2 ** -26)], [1023.75]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 8. BF16 in two instructions
//
// BF16 has the exponent of FP32: its code is the upper half of FP32's. So processors convert by integer arithmetic. Cutting the lower
// half off rounds toward zero. To round to nearest, add to the code before cutting: just under half of what the last bit is worth, and one
// more where the last bit that stays is 1. A carry into the exponent is right: the next power of two follows, and after the largest
// number infinity.

// %% [markdown] lang="zh"
// ## 8. 两条指令得到 BF16
//
// BF16 的指数与 FP32 相同：它的编码就是 FP32 编码的高半部分。因此处理器用整数运算来转换。直接截掉低半部分是向零舍入。要舍入到最近，就在截断之前给编码加上一个数：略小于保留的最后一位的一半；若保留的最后一位是 1，再加一。进位到指数也是对的：接着是下一个 2 的幂，最大的数之后是无穷大。

// %% [markdown] lang="en"
// **Task 8 (3 points).** `bf16FromFp32(code)` gives the BF16 code (0 to 65535) of an FP32 code (0 to 2³² − 1), rounded to nearest, ties
// to even. A NaN has to stay one. Mind that `>>` takes numbers from 2³¹ on for negative; `>>>` doesn't.

// %% [markdown] lang="zh"
// **任务 8（3 分）。** `bf16FromFp32(code)` 给出 FP32 编码（0 到 2³² − 1）对应的 BF16 编码（0 到 65535），舍入到最近，居中取偶。NaN 必须仍是 NaN。注意 `>>` 把 2³¹ 以上的数当作负数，`>>>` 则不会。

// %% solution="bf16-from-fp32"
function bf16FromFp32(code: number): number {
  // BEGIN SOLUTION
  const magnitude = code & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7fc0;
  const isOdd = (code >>> 16) & 1;
  return (code + 0x7fff + isOdd) >>> 16;
  // END SOLUTION
}

// %%
check('bf16-from-fp32', bf16FromFp32)

// %% tests="bf16-from-fp32-tests" points=3
mustPass('bf16-from-fp32', bf16FromFp32);
// BEGIN HIDDEN TESTS
mustPass('bf16-from-fp32', bf16FromFp32, Array.from({ length: 200 }, (_, i): [number] => [(i * 21_474_837 + (i % 5) * 0x4000) % 2 ** 32]));
mustPass('bf16-from-fp32', bf16FromFp32, [[0], [0x80000000], [0x7f800000], [0xff800000], [0xffffffff], [0xff800001], [0x00008000], [0x00018000], [0x7f7f8000]]);
// END HIDDEN TESTS

// %% [markdown] lang="en"
// ## 9. Which format for what
//
// The two questions that are left have no function. Look at the numbers first.

// %% [markdown] lang="zh"
// ## 9. 什么场合用什么格式
//
// 剩下的两个问题不用写函数。请先看一看数。

// %%
// %inspect 0.000003 --formats fp32,fp16,bf16

// %%
// %inspect 90000 --formats fp32,fp16,bf16

// %% [markdown] lang="en"
// **Question 1 (3 points).** A gradient is 3·10⁻⁶ and an activation is 90,000. What becomes of each in FP16, and what in BF16? In which of
// the two would you train without any further measures, and what do you pay for that? Answer in three to five sentences, with numbers.

// %% [markdown] lang="zh"
// **问题 1（3 分）。** 某个梯度是 3·10⁻⁶，某个激活值是 90 000。它们在 FP16 中会怎样，在 BF16 中又会怎样？如果不采取别的措施，你会用哪一种格式训练，代价是什么？请用三到五句话回答，并给出数字。

// %% [markdown] answer="why-bf16" points=3 lang="en"
// <!-- BEGIN SOLUTION -->
// In FP16 3·10⁻⁶ is subnormal: it lies below 2⁻¹⁴ ≈ 6.1·10⁻⁵, where the step is 2⁻²⁴ ≈ 6·10⁻⁸, so it keeps about 50 steps, and its relative
// error is up to 1 %. 90,000 is beyond 65504 and becomes infinite. BF16 has the exponents of FP32: both are normal numbers there. I would train
// in BF16, and pay with precision: 8 significant bits instead of 11, a relative error of up to 2⁻⁹ ≈ 0.2 % instead of 2⁻¹² ≈ 0.02 %.
// <!-- END SOLUTION -->

// %% [markdown] answer="why-bf16" points=3 lang="zh"
// <!-- BEGIN SOLUTION -->
// 在 FP16 中 3·10⁻⁶ 是次正规数：它小于 2⁻¹⁴ ≈ 6.1·10⁻⁵，那里的步长是 2⁻²⁴ ≈ 6·10⁻⁸，所以只剩约 50 步，相对误差可达 1 %。90 000 超过 65504，变为无穷大。BF16 的指数与 FP32 相同，两者在其中都是正规数。我会用 BF16 训练，代价是精度：有效位从 11 位减到 8 位，相对误差上限从 2⁻¹² ≈ 0.02 % 变为 2⁻⁹ ≈ 0.2 %。
// <!-- END SOLUTION -->

// %%
numberLine(['e4m3', 'e5m2'], { from: 0, to: 8 })

// %% [markdown] lang="en"
// **Question 2 (3 points).** In FP8 training, weights and activations are usually held in E4M3 and gradients in E5M2. Why? Use the number
// lines above, the largest numbers (448 and 57344) and the smallest positive ones (2⁻⁹ and 2⁻¹⁶), and say what would go wrong the other way round.

// %% [markdown] lang="zh"
// **问题 2（3 分）。** 在 FP8 训练中，权重和激活值通常用 E4M3，梯度用 E5M2。为什么？请利用上面的数轴、最大的数（448 与 57344）和最小的正数（2⁻⁹ 与 2⁻¹⁶）来说明，并指出反过来会出什么问题。

// %% [markdown] answer="which-fp8" points=3 lang="en"
// <!-- BEGIN SOLUTION -->
// Weights and activations lie within a few powers of two, and a scale brings them into the range of E4M3. There its third bit of significand
// halves the step: E4M3 has twice as many numbers between two powers of two. Gradients spread over many more powers of two. E5M2 reaches
// from 2⁻¹⁶ to 57344, so small ones don't become 0 and large ones don't overflow, and a coarse gradient is still right on average. The other way round,
// weights would be twice as coarse, and many gradients in E4M3 would be 0 below half of 2⁻⁹.
// <!-- END SOLUTION -->

// %% [markdown] answer="which-fp8" points=3 lang="zh"
// <!-- BEGIN SOLUTION -->
// 权重和激活值集中在少数几个 2 的幂之间，用一个缩放因子就能放进 E4M3 的范围。E4M3 多一位尾数，步长减半：两个 2 的幂之间的数多一倍。梯度分布在多得多的 2 的幂上。E5M2 从 2⁻¹⁶ 到 57344，小梯度不会变成 0，大梯度不会溢出，而粗略的梯度平均起来仍然是对的。反过来，权重会粗一倍，而许多梯度在 E4M3 中小于 2⁻⁹ 的一半，会变成 0。
// <!-- END SOLUTION -->
