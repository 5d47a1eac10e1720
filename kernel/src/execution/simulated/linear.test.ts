import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LinearOp } from '../../graph/quantized-graph';
import { asymmetricParams } from '../../integer/affine';
import { Value } from '../value';
import { SimulatedAffine } from './boundary';
import { SimulatedLinear } from './linear';

// tfjs's backend in plain JavaScript stands for every backend without integer kernels.
beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** [[0.5, -1], [0.25, 2], [-0.75, 1]] in int8, by hand: 0.75 / 127 and 2 / 127 a code. */
const op = {
  kind: 'linear',
  geometry: { kind: 'dense', inputs: 3, units: 2 },
  weights: {
    format: 'int8',
    codes: Int8Array.of(85, -64, 42, 127, -127, 64),
    depth: 3,
    channels: 2,
    scales: Float32Array.of(0.75 / 127, 2 / 127),
    groupSize: 3,
  },
  bias: Float32Array.of(0.1, -0.2),
  activation: 'linear',
} as const satisfies Omit<LinearOp, 'input'>;
const exact = [1 * 0.5 + 2 * 0.25 + 3 * -0.75 + 0.1, 1 * -1 + 2 * 2 + 3 * 1 - 0.2];

describe('a simulated product without TensorFlow', () => {
  test.each(['dynamic', 'static', 'float'] as const)(
    'is within a step of the float result, and frees its tensors: %s',
    (input) => {
      const x = tf.tensor2d([[1, 2, 3]]);
      const before = tf.memory().numTensors;
      const params = input === 'static' ? asymmetricParams(0, 3) : undefined;
      const node = new SimulatedLinear({ ...op, input }, params, 'no kernels');
      expect(node).toMatchObject({ execution: 'simulated', weightBytes: 6 + 8 + 8 });
      const affine = params && new SimulatedAffine(params);
      const value = new Value({ kind: 'float', tensor: x }, affine, true);
      const { tensor } = node.run([value]);
      tensor.dataSync().forEach((y, i) => {
        expect(Math.abs(y - (exact[i] ?? NaN))).toBeLessThan(0.05);
      });
      tensor.dispose();
      value.dispose();
      node.dispose();
      expect(tf.memory().numTensors).toBe(before);
      x.dispose();
    },
  );
});
