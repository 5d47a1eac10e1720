import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { FLOAT_TYPES, float32s, python } from '../../formats/ml-dtypes.fixture';
import { TRAINED_FLOAT_FORMATS } from '../../formats/weight-names';
import { limits } from '../../formats/limits';
import { decodeWeights } from '../../graph/weight-codes';
import { loadBackend } from '../../start';
import { quantize } from '../quantize';
import { convertQat } from './convert';
import type { QatOptions } from './options';
import { prepareQat } from './prepare';

beforeAll(() => {
  loadBackend();
});

const init = (seed: number) => tf.initializers.glorotNormal({ seed });
const network = (withNorm = false): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.dense({ name: 'hidden', inputShape: [12], units: 8, kernelInitializer: init(1) }),
      ...(withNorm ? [tf.layers.batchNormalization({ name: 'norm' })] : []),
      tf.layers.activation({ name: 'relu', activation: 'relu' }),
      tf.layers.dense({ name: 'head', units: 3, kernelInitializer: init(2) }),
    ],
  });
const rows = (seed: number): tf.Tensor2D => tf.randomNormal([16, 12], 0, 1, 'float32', seed);
const numbers = (y: tf.Tensor | tf.Tensor[]): number[] => [
  ...([y].flat()[0] as tf.Tensor).dataSync(),
];
const furthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));

/** tfjs's own type of it is an enumeration that has no name outside. */
const QUIET = { verbose: 0 } as unknown as tf.ModelFitArgs;

async function trained(options: QatOptions, model = network()): Promise<tf.LayersModel> {
  const student = prepareQat(model, options);
  student.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
  await student.fit(rows(3), tf.zeros([16, 3]), { epochs: 3, shuffle: false, ...QUIET });
  return student;
}

describe('training for weights in floats', () => {
  test.each(TRAINED_FLOAT_FORMATS)(
    '%s: what is trained is what is converted, with the codes of quantize, as ml_dtypes rounds them',
    async (weights) => {
      const student = await trained({ weights });
      const small = await convertQat(student);
      expect(small.mode).toBe('weight-only');
      const x = rows(4);
      expect(furthest(numbers(small.predict(x)), numbers(student.predict(x)))).toBeLessThan(2e-6);
      // The trained kernels in a float model, quantized after training.
      const float = network();
      for (const name of ['hidden', 'head']) {
        float.getLayer(name).setWeights(student.getLayer(name).getWeights().slice(0, 2));
      }
      const after = await quantize(float, { weights });
      const codes = ({ graph }: typeof small): unknown[] =>
        graph.nodes.flatMap(({ op }) => (op.kind === 'linear' ? [op.weights] : []));
      expect(codes(small)).toEqual(codes(after));
      const kernel = numbers(float.getLayer('hidden').getWeights()[0] as tf.Tensor);
      const max = limits(weights).max;
      const judged = python(
        `w = get(np.float32).reshape(12, 8)\ns = (np.abs(w).max(0) / np.float32(${max})).astype(np.float32)\n` +
          `put((np.clip(w / s, -${max}, ${max}).astype(${FLOAT_TYPES[weights as 'e4m3']}).astype(np.float32) * s).astype(np.float32))`,
        Float32Array.from(kernel),
      );
      const [op] = small.graph.nodes.flatMap(({ op: own }) => (own.kind === 'linear' ? [own] : []));
      if (op === undefined) throw new Error('no product');
      expect(furthest([...decodeWeights(op.weights)], [...float32s(judged)])).toBeLessThan(1e-9);
    },
  );

  test('passes gradients as if nothing were rounded, and lowers the loss', async () => {
    const student = prepareQat(network(), { weights: 'fp4' });
    student.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
    const history = await student.fit(rows(3), tf.zeros([16, 3]), { epochs: 20, ...QUIET });
    const losses = history.history['loss'] as number[];
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? NaN));
  });

  test('folds a normalization into the codes, its sign too', async () => {
    const model = network(true);
    const norm = model.getLayer('norm');
    const [gamma, ...others] = norm.getWeights();
    norm.setWeights([
      tf.mul(gamma as tf.Tensor, tf.tensor1d([1, -1, 2, -2, 0.5, 1, 0, 1])),
      ...others,
    ]);
    for (const weights of ['fp8', 'e4m3fnuz', 'fp4'] as const) {
      const student = await trained({ weights }, model);
      const small = await convertQat(student);
      const x = rows(5);
      const expected = numbers(student.predict(x));
      expect(furthest(numbers(small.predict(x)), expected)).toBeLessThan(1e-5);
    }
  });

  test.each<[QatOptions, RegExp]>([
    [{ weights: 'fp8', activations: 'uint8' }, /trained beside activations in fp32, not in uint8/],
    [{ weights: 'int8', layers: { head: 'fp8' } }, /trained beside activations in fp32/],
    [{ weights: 'fp8', scaleRule: 'learned' }, /Scale rule 'learned' is not for e4m3/],
    [
      { weights: 'mxfp8' },
      /Weights cannot be trained in 'mxfp8_e4m3', whose scales are those of blocks/,
    ],
    [
      { weights: 'fp16' },
      /Weights cannot be trained in 'fp16', which is what a precision policy trains in/,
    ],
  ])('is refused where it cannot be: %j', (options, message) => {
    expect(() => prepareQat(network(), options)).toThrow(message);
  });
});
