import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { deviceFacts } from '../backend/load';
import { ensureBackend } from '../start';
import { multiHeadAttention } from '../layers/multi-head-attention';
import { positionEmbedding } from '../layers/position-embedding';
import { compareKvCache } from './comparison/compare-caches';
import { generate } from './generate';

vi.mock('../backend/binding', async (original) => ({
  ...(await original<typeof import('../backend/binding')>()),
  loadNative: () => {
    throw new Error('no library here');
  },
}));

beforeAll(async () => {
  await ensureBackend();
});

/** Without GELU, which WebAssembly has no kernel for. */
function attentionModel(): tf.LayersModel {
  const normal = (seed: number) => tf.initializers.randomNormal({ stddev: 1, seed });
  const tokens = tf.input({ shape: [8], dtype: 'int32' });
  let x = tf.layers
    .embedding({ inputDim: 7, outputDim: 8, embeddingsInitializer: normal(1) })
    .apply(tokens) as tf.SymbolicTensor;
  x = positionEmbedding({ maxLength: 8, seed: 2 }).apply(x) as tf.SymbolicTensor;
  const attention = multiHeadAttention({ numHeads: 2, keyDim: 4, causal: true, seed: 3 });
  x = tf.layers.add().apply([x, attention.apply(x) as tf.SymbolicTensor]) as tf.SymbolicTensor;
  const logits = tf.layers.dense({ units: 7, kernelInitializer: normal(4) }).apply(x);
  return tf.model({ inputs: tokens, outputs: logits as tf.SymbolicTensor });
}

describe('without TensorFlow', () => {
  it('generates, and keeps the cache in typed arrays of the true width', async () => {
    expect(deviceFacts().engine).toBe('wasm');
    const model = attentionModel();
    const greedy = { maxNewTokens: 5, temperature: 0 } as const;
    const { tokens, result } = await generate(model, [1, 2], { ...greedy, cache: 'int8' });
    expect(tokens).toEqual((await generate(model, [1, 2], { ...greedy, cache: 'none' })).tokens);
    // 2 x 2 heads x 6 tokens x (4 codes + a scale).
    expect(result.cacheBytes).toBe(2 * 2 * 6 * (4 + 2));
    const comparison = await compareKvCache(model, [1, 2, 3, 4, 5, 6, 0, 1, 2, 3], {
      windows: 2,
    });
    expect(comparison.result.storage).toBe('typed arrays');
    for (const { formula, measuredBytes, tokensPerSecond } of comparison.result.rows) {
      expect(measuredBytes).toBe(formula?.totalBytes ?? 0);
      expect(tokensPerSecond).toBeNull();
    }
    expect(String(comparison)).toContain('in typed arrays');
    model.dispose();
  });
});
