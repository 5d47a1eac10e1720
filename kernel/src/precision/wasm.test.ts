import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { deviceFacts } from '../backend/load';
import { ensureBackend } from '../start';
import { autocast } from './scope';
import { gradientRanges, recordGradients } from './ranges/gradient-ranges';
import { setPrecision } from './status';
import { QUIET as verbose } from './quiet.fixture';

vi.mock('../backend/binding', async (original) => ({
  ...(await original<typeof import('../backend/binding')>()),
  loadNative: () => {
    throw new Error('no library here');
  },
}));

beforeAll(async () => {
  await ensureBackend();
});

describe('without TensorFlow', () => {
  it('simulates every format and says so', () => {
    expect(deviceFacts().engine).toBe('wasm');
    const product = (format: 'bf16' | 'fp16' | 'tf32' | 'fp8', value: number): number =>
      autocast(
        format,
        () => tf.matMul(tf.tensor2d([[value, 448]]), tf.tensor2d([[1], [0]])).dataSync()[0] ?? NaN,
      );
    expect(product('bf16', 257)).toBe(256);
    expect(product('fp16', 2049)).toBe(2048);
    expect(product('tf32', 2049)).toBe(2048);
    expect(product('fp8', 17)).toBe(16);
    expect(setPrecision('bf16').execution).toBe('simulated');
    expect(() => setPrecision('bf16', { native: true })).toThrow(/isn't native/);
    setPrecision('fp32');
  });

  it("trains with loss scaling through tfjs's own optimizers, and records ranges", async () => {
    setPrecision('fp16');
    recordGradients(true, { every: 1 });
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    model.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
    const x = tf.tensor2d([
      [1, 2],
      [3, 1],
      [-1, 2],
      [0, 1],
    ]);
    const y = tf.tensor2d([[3], [4], [1], [1]]);
    const { history } = await model.fit(x, y, { epochs: 60, verbose });
    recordGradients(false);
    setPrecision('fp32');
    const losses = history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 20);
    expect(gradientRanges().payload).toMatchObject({ execution: 'simulated', recordedSteps: 60 });
  });
});
