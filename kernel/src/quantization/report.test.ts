import { expect, test } from 'vitest';
import { type LayerReport, reportBundle } from './report';

const row: LayerReport = {
  name: 'stem',
  kind: 'Conv2D',
  format: 'int8',
  execution: 'native',
  kernel: '_MklQuantizedConv2DWithBiasAndReluAndRequantize (u8 x s8 -> u8)',
  reason: 'exact',
  weightBytes: 1,
  floatWeightBytes: 4,
  activations: undefined,
};

test('a report names kernels briefly, in whole as their title and in text, and lists its notes', () => {
  const kernels = [row.kernel, '_MklQuantizedMatMulWithBias (u8 x s8 -> s32 -> f32)', 'tfjs'];
  const layers = kernels.map((kernel) => ({ ...row, kernel }));
  const notes = ['One <note>.', 'Another.'];
  const bundle = reportBundle({ title: 'm', layers, weightBytes: 3, floatWeightBytes: 12, notes });
  const [html, text] = ['text/html', 'text/plain'].map((type) => String(bundle[type]));
  // No space in what goes in and out, so that it stays on one line.
  expect(html).toContain('>QuantizedConv2D (u8\u00a0x\u00a0s8\u00a0→\u00a0u8)</td>');
  expect(html).toContain(
    '>QuantizedMatMul (u8\u00a0x\u00a0s8\u00a0→\u00a0s32\u00a0→\u00a0f32)</td>',
  );
  expect(html).toContain(
    'title="_MklQuantizedConv2DWithBiasAndReluAndRequantize (u8 x s8 -&gt; u8)"',
  );
  expect(html).toMatch(/<td style="[^"]*">tfjs<\/td>/);
  expect(html).toMatch(/<ul .*<li [^>]*>One &lt;note&gt;\.<\/li><li [^>]*>Another\.<\/li><\/ul>/);
  for (const kernel of kernels) expect(text).toContain(kernel);
});
