import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { deviceFacts } from '../../backend/load';
import { multiHeadAttention } from '../../layers/multi-head-attention';
import { clearSeed, setSeed } from '../../patches/seed';
import { ensureBackend } from '../../start';
import { roofline } from '../roofline/roofline';
import { throughput } from '../throughput/throughput';
import { modelCost } from './model-cost';

vi.mock('../../backend/binding', async (original) => ({
  ...(await original<typeof import('../../backend/binding')>()),
  loadNative: () => {
    throw new Error('no library here');
  },
}));

beforeAll(async () => {
  await ensureBackend();
});
afterEach(() => {
  clearSeed();
});

const network = (): tf.Sequential =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, activation: 'relu' }),
      tf.layers.depthwiseConv2d({ kernelSize: 3 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3 }),
    ],
  });

describe('without TensorFlow', () => {
  it('counts the same products', async () => {
    expect(deviceFacts().engine).toBe('wasm');
    const { result } = await modelCost(network(), { batchSize: 5 });
    expect(result.layers.map(({ forwardFlops }) => forwardFlops / 5)).toEqual([
      2 * 36 * 4 * 9,
      2 * 16 * 4 * 9,
      0,
      2 * 64 * 3,
    ]);
    const x = tf.input({ shape: [4, 8] });
    const y = multiHeadAttention({ numHeads: 2, keyDim: 4 }).apply(x) as tf.SymbolicTensor;
    const attention = await modelCost(tf.model({ inputs: x, outputs: y }));
    expect(attention.result.forwardFlops).toBe(2 * 4 * 4 * 4 * 4 + 4 * 2 * 4 * 8 * 8);
  });

  it('measures fp32, and has no roof for what is simulated', async () => {
    const model = network();
    const { roofs, points } = (await roofline(model, { batchSize: 2 })).result;
    expect(roofs.map(({ peakFlopPerS }) => peakFlopPerS !== null)).toEqual([true, false, false]);
    expect(points.map(({ format }) => format)).toEqual(['fp32', 'fp32', 'fp32']);
    const data = { x: tf.ones([2, 8, 8, 1]) };
    const { rows } = (await throughput(model, { data, batchSizes: [2], seconds: 0.01 })).result;
    expect(rows[0]?.samplesPerS).toBeGreaterThan(0);
  }, 120_000);

  it('draws by the seed', () => {
    const draw = (): number[] => {
      setSeed(42);
      const logits = tf.tensor1d([0.1, 0.2, 0.3, 0.4]);
      return [...tf.multinomial(logits, 32).dataSync(), ...tf.randomNormal([4]).dataSync()];
    };
    expect(draw()).toEqual(draw());
  });
});
