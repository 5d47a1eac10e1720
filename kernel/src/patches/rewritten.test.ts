import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { onOp } from '../backend/load';
import { loadBackend } from '../start';
import { installPatches, undoPatches } from './install';
import { rewritten } from './rewritten';

type Layer = () => tf.layers.Layer;

const random = (shape: number[], seed: number): Tensor =>
  tf.randomNormal(shape, 0, 2, 'float32', seed);
const SHAPE = [3, 5, 8];

interface Results {
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly ops: number;
}

/** Forward, and gradients for the input and the weights, by the weight's name. */
function results(make: Layer): Results {
  let ops = 0;
  const stop = onOp(() => (ops += 1));
  const layer = make();
  const values = new Map<string, Float32Array>();
  const note = (name: string, tensor: Tensor): void => {
    values.set(name, tensor.dataSync<'float32'>().slice());
  };
  tf.tidy(() => {
    const factor = random(SHAPE, 2);
    const x = random(SHAPE, 1);
    const call = (input: Tensor): Tensor => layer.apply(input, { training: true }) as Tensor;
    const loss = (input: Tensor): tf.Scalar => tf.sum(tf.mul(call(input), factor));
    note('y', call(x));
    note('dx', tf.grad(loss)(x));
    if (layer.weights.length === 0) return;
    const { grads } = tf.variableGrads(() => loss(x));
    for (const [name, grad] of Object.entries(grads)) note(name.split('/').at(-1) ?? '', grad);
  });
  stop();
  tf.disposeVariables();
  return { values, ops };
}

const normal = (seed: number) => tf.initializers.randomNormal({ mean: 1, stddev: 1, seed });
const initial = { gammaInitializer: normal(3), betaInitializer: normal(4) };
const norm =
  (options: object): Layer =>
  () =>
    tf.layers.layerNormalization({ epsilon: 1e-2, ...initial, ...options });

/** What is made of tfjs's layers, and what must come to the same. */
const cases: Record<string, { readonly layer: Layer; readonly same?: Layer }> = {
  gelu: { layer: () => tf.layers.activation({ activation: 'gelu' }) },
  'layer normalization': { layer: norm({}) },
  // tfjs's own cannot be trained without factor or offset: a factor of 1 and an offset of 0 are the same.
  'layer normalization without factor': {
    layer: norm({ scale: false }),
    same: norm({ gammaInitializer: 'ones' }),
  },
  'layer normalization without offset': {
    layer: norm({ center: false }),
    same: norm({ betaInitializer: 'zeros' }),
  },
  'layer normalization over an inner axis': { layer: norm({ axis: 1 }) },
};
const originals = new Map<string, Results>();

beforeAll(() => {
  const facts = loadBackend();
  undoPatches(rewritten[0]);
  for (const [name, { layer, same }] of Object.entries(cases)) {
    originals.set(name, results(same ?? layer));
  }
  installPatches(facts);
});

describe.each(Object.entries(cases))('%s', (name, { layer }) => {
  it("gives tfjs's values and gradients", () => {
    const expected = originals.get(name)?.values;
    const { values } = results(layer);
    expect(values.size).toBeGreaterThan(1);
    for (const [what, value] of values) {
      const reference = expected?.get(what) ?? new Float32Array();
      const scale = reference.reduce((max, x) => Math.max(max, Math.abs(x)), 1);
      expect(value).toHaveLength(reference.length);
      value.forEach((x, k) => {
        expect(Math.abs(x - (reference[k] ?? NaN)), `${what}[${k}]`).toBeLessThan(2e-5 * scale);
      });
    }
  });

  // An inner axis is moved to the end and back, which takes what the gradient saves.
  if (!name.includes('inner')) {
    it('takes fewer operations', () => {
      expect(results(layer).ops).toBeLessThan(originals.get(name)?.ops ?? 0);
    });
  }
});
