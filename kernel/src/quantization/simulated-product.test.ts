import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SimulatedProduct } from './simulated-product';
import { quantizeWeights } from './weights';
import { asymmetricParams, INT8 } from './scheme';

// tfjs's backend in plain JavaScript stands for every backend without integer kernels.
beforeAll(async () => {
  await tf.setBackend('cpu');
});

const SCHEME = { granularity: 'per-channel', rule: 'absmax/127', range: INT8 } as const;
const WEIGHTS = [0.5, -1, 0.25, 2, -0.75, 1];
const spec = {
  geometry: { kind: 'dense', inputs: 3, units: 2 } as const,
  weights: quantizeWeights(Float32Array.from(WEIGHTS), 2, SCHEME),
  bias: Float32Array.of(0.1, -0.2),
};
const x = [1, 2, 3];
const exact = [1 * 0.5 + 2 * 0.25 + 3 * -0.75 + 0.1, 1 * -1 + 2 * 2 + 3 * 1 - 0.2];

describe('a simulated product without TensorFlow', () => {
  it.each([
    ['dynamic', { kind: 'dynamic' } as const],
    ['static', { kind: 'static', params: asymmetricParams(0, 3) } as const],
    ['weight-only', { kind: 'float' } as const],
  ])('is within a step of the float result: %s', (_, scheme) => {
    const product = new SimulatedProduct(spec, scheme, 'no kernels');
    const y = tf.tidy(() => [...product.apply(tf.tensor2d([x])).dataSync()]);
    y.forEach((value, i) => {
      expect(Math.abs(value - (exact[i] ?? NaN))).toBeLessThan(0.05);
    });
    expect(product).toMatchObject({ execution: 'simulated', bytes: 6 + 8 + 8 });
    product.dispose();
  });

  it('frees its tensors', () => {
    const before = tf.memory().numTensors;
    const product = new SimulatedProduct(spec, { kind: 'dynamic' }, '');
    tf.tidy(() => product.apply(tf.tensor2d([x])).dataSync());
    product.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('quantizeWeights', () => {
  it('has a scale per channel, and the sums that undo a zero point', () => {
    const { codes, scales, sums, depth } = spec.weights;
    expect([...codes]).toEqual([85, -64, 42, 127, -127, 64]);
    expect(scales[0]).toBeCloseTo(0.75 / 127, 7);
    expect(scales[1]).toBeCloseTo(2 / 127, 7);
    expect([...sums]).toEqual([0, 127]);
    expect(depth).toBe(3);
  });

  it('shares the largest scale per tensor', () => {
    const shared = quantizeWeights(Float32Array.from(WEIGHTS), 2, {
      ...SCHEME,
      granularity: 'per-tensor',
    });
    expect(new Set(shared.scales).size).toBe(1);
    expect(shared.scales[0]).toBeCloseTo(2 / 127, 7);
  });
});
