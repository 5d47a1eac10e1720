import type { CastRule } from '../../../precision/autocast-table';
import { exact } from '../../comparisons';
import { defineCheck } from '../../definition';

type Float = 'fp32' | 'fp16' | 'bf16';
type Low = 'fp16' | 'bf16';

function widest(inputs: readonly Float[]): Float {
  const [first = 'fp32'] = inputs;
  return inputs.every((format) => format === first) ? first : 'fp32';
}

/** In which format autocast runs an op. */
export const COMPUTE_FORMAT = defineCheck({
  what: { en: 'the format of an op', zh: '算子的运行格式' },
  reference: (rule: CastRule, inputs: readonly Float[], low: Low): Float => {
    if (rule === 'low') return low;
    return rule === 'fp32' ? 'fp32' : widest(inputs);
  },
  comparison: exact,
  cases: [
    {
      args: ['low', ['fp32', 'fp32'], 'fp16'],
      hint: {
        en: 'A product runs in the low format whatever comes in: that is what autocast is for.',
        zh: '不论输入是什么，乘法都以低精度格式运行：这正是 autocast 的用途。',
      },
    },
    {
      args: ['low', ['fp16', 'fp32'], 'bf16'],
      hint: { en: 'The low format is given.', zh: '低精度格式由参数给出。' },
    },
    {
      args: ['fp32', ['bf16'], 'bf16'],
      hint: {
        en: 'Softmax and its like run in FP32 whatever comes in.',
        zh: '不论输入是什么，softmax 之类都以 FP32 运行。',
      },
    },
    {
      args: ['follow', ['bf16'], 'bf16'],
      hint: { en: 'ReLU stays in the format of its input.', zh: 'ReLU 保持其输入的格式。' },
    },
    {
      args: ['follow', ['fp32'], 'fp16'],
      hint: {
        en: 'An op that follows isn’t made low by autocast: what comes in counts.',
        zh: '`follow` 类算子不会被 autocast 变成低精度：取决于输入。',
      },
    },
    {
      args: ['promote', ['fp16', 'fp32'], 'fp16'],
      hint: {
        en: 'In which format are both inputs exact?',
        zh: '两个输入在哪种格式中都能精确表示？',
      },
    },
    {
      args: ['promote', ['fp16', 'fp16'], 'bf16'],
      hint: {
        en: 'Both inputs are exact in their own format: nothing wider is needed.',
        zh: '两个输入在各自的格式中就是精确的：不需要更宽的格式。',
      },
    },
    {
      args: ['promote', ['fp16', 'bf16'], 'fp16'],
      hint: {
        en: 'Neither of the two has all the numbers of the other.',
        zh: '这两种格式都不能包含对方的所有数。',
      },
    },
    {
      args: ['promote', ['bf16', 'bf16', 'fp32'], 'bf16'],
      hint: {
        en: 'All the inputs count, not the first two.',
        zh: '所有输入都要考虑，而不只是前两个。',
      },
    },
  ],
  mistakes: [
    {
      wrong: (rule: CastRule, inputs: readonly Float[], low: Low): Float => {
        if (rule === 'low') return low;
        return rule === 'fp32' ? 'fp32' : (inputs[0] ?? 'fp32');
      },
      hint: {
        en: 'You take the format of the first input. The others would lose digits or overflow.',
        zh: '你取了第一个输入的格式。其他输入会丢失有效位或上溢。',
      },
    },
    {
      wrong: (rule: CastRule, inputs: readonly Float[], low: Low): Float => {
        if (rule === 'fp32') return 'fp32';
        return rule === 'low' || !inputs.includes('fp32') ? low : 'fp32';
      },
      hint: {
        en: 'Without an FP32 input you answer with the low format. The inputs may be in another one.',
        zh: '没有 FP32 输入时，你一律回答低精度格式。但输入可能是另一种格式。',
      },
    },
    {
      wrong: (rule: CastRule, inputs: readonly Float[], low: Low): Float => {
        if (rule === 'low') return low;
        if (rule === 'fp32' || inputs.includes('fp32')) return 'fp32';
        return inputs.includes('bf16') ? 'bf16' : 'fp16';
      },
      hint: {
        en: 'BF16 has the wider exponents, and still lacks digits that FP16 has.',
        zh: 'BF16 的指数范围更宽，但仍缺少 FP16 所有的有效位。',
      },
    },
    {
      wrong: (rule: CastRule, inputs: readonly Float[], low: Low): Float =>
        rule === 'fp32' ? 'fp32' : rule === 'low' || rule === 'follow' ? low : widest(inputs),
      hint: {
        en: 'Ops that follow go by their inputs, not by the low format.',
        zh: '`follow` 类算子取决于输入，而不是低精度格式。',
      },
    },
  ],
});
