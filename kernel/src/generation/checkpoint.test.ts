import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../start';
import { decoderFromCheckpoint } from './checkpoint';
import { cases, tokens } from './checkpoint.fixture';
import type { CheckpointConfig } from './checkpoint-config';

beforeAll(() => {
  loadBackend();
});

/** The fixture's weights, made again. */
function tensorsOf(name: 'llama' | 'qwen2'): Record<string, tf.Tensor> {
  const entries = Object.entries(cases[name].shapes).map(([key, shape], index) => {
    const gain = key.includes('norm') ? 1 : 0;
    const values = Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, i) => gain + Math.fround(0.4 * Math.sin(12.9898 * (i + 1) + index)),
    );
    return [key, tf.tensor(values, shape)] as const;
  });
  return Object.fromEntries(entries);
}

describe('a decoder from a checkpoint', () => {
  it.each(['llama', 'qwen2'] as const)("gives the logits of Hugging Face's %s", (name) => {
    const { config, logits } = cases[name];
    const model = decoderFromCheckpoint(tensorsOf(name), config);
    const given = (
      model.predict(tf.tensor2d([...tokens.map((row) => [...row])])) as tf.Tensor
    ).dataSync();
    const worst = logits.reduce((most, x, i) => Math.max(most, Math.abs(x - (given[i] ?? NaN))), 0);
    expect(given).toHaveLength(logits.length);
    expect(worst).toBeLessThan(1e-4);
    model.dispose();
  });

  it('takes a table that is held twice, and what follows from theta', () => {
    const tensors = tensorsOf('qwen2');
    const derived = { 'model.layers.0.self_attn.rotary_emb.inv_freq': tf.ones([2]) };
    const table = tensors['model.embed_tokens.weight'] as tf.Tensor;
    const model = decoderFromCheckpoint(
      { ...tensors, ...derived, 'lm_head.weight': table },
      cases.qwen2.config,
    );
    expect(model.getLayer('embedding').getWeights()[0]?.dataSync()).toEqual(table.dataSync());
    model.dispose();
  });

  it.each<readonly [string, Partial<CheckpointConfig>, RegExp]>([
    ['another activation', { hidden_act: 'gelu' }, /hidden_act is 'gelu'/],
    ['another kind', { model_type: 'granite' }, /model_type is 'granite'/],
    ['another kind without sizes', { model_type: 'gpt2', hidden_size: undefined as never }, /gpt2/],
    [
      'codes for weights',
      { quantization_config: { quant_method: 'gptq', bits: 4 } },
      /quantized already \("gptq"\)/,
    ],
    ['scaled positions', { rope_parameters: { rope_type: 'llama3' } }, /of type "llama3"/],
    ['a window', { sliding_window: 8 }, /last 8 of 32 positions/],
    ['no size', { hidden_size: undefined as never }, /hidden_size is undefined/],
    ['another size', { intermediate_size: 32 }, /gate_proj.weight' is \[24, 16\], .* \[32, 16\]/],
    ['another number of blocks', { num_hidden_layers: 3 }, /'model.layers.2.*' is missing/],
    ['fewer blocks', { num_hidden_layers: 1 }, /'model.layers.1.* and 8 more tensors/],
  ])('is refused with %s', (_, changed, message) => {
    const { config } = cases.llama;
    expect(() => decoderFromCheckpoint(tensorsOf('llama'), { ...config, ...changed })).toThrow(
      message,
    );
  });
});
