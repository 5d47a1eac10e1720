import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { compare } from '../analysis/comparison/compare';
import { deviceFacts } from '../backend/load';
import { ensureBackend } from '../start';
import { quantize } from './quantize';

vi.mock('../backend/binding', async (original) => ({
  ...(await original<typeof import('../backend/binding')>()),
  loadNative: () => {
    throw new Error('no library here');
  },
}));

beforeAll(async () => {
  await ensureBackend();
});

function classifier(): tf.Sequential {
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [8], units: 16, activation: 'relu', kernelInitializer }),
      tf.layers.dense({ units: 4, activation: 'softmax', kernelInitializer }),
    ],
  });
}

describe('without TensorFlow', () => {
  it.each(['int8', 'int4', 'log4'] as const)('weights in %s compute and go', async (weights) => {
    expect(deviceFacts().engine).toBe('wasm');
    const model = classifier();
    const x = tf.randomNormal([10, 8], 0, 1, 'float32', 3);
    const small = await quantize(model, { weights });
    const [exact, near] = [model, small].map((each) => (each.predict(x) as tf.Tensor).dataSync());
    expect(Math.abs((exact?.[0] ?? 0) - (near?.[0] ?? 1))).toBeLessThan(0.3);
    expect(() => {
      small.dispose();
    }).not.toThrow();
  });

  it('int8 keeps its row in a table', async () => {
    const comparison = await compare(classifier(), {
      formats: ['fp32', 'bf16', 'int8'],
      data: { x: tf.randomNormal([16, 8], 0, 1, 'float32', 3) },
      repeats: 3,
      measureEnergy: false,
    });
    expect(comparison.row('bf16')).toMatchObject({ execution: 'simulated' });
    expect(comparison.row('int8')?.maxError).toBeGreaterThan(0);
  });
});
