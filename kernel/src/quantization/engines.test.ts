import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { loadBackend } from '../start';
import type { EngineChoice } from '../execution/run-graph';
import { quantize } from './quantize';
import type { QuantizeOptions } from './options';

loadBackend();
afterEach(() => {
  tf.disposeVariables();
});

const { layers } = tf;
type Layer = tf.layers.Layer;
const IMAGE = [6, 6, 2];

/** What each engine makes of the same codes. */
async function results(
  model: tf.LayersModel,
  x: tf.Tensor,
  options: QuantizeOptions,
): Promise<number[][]> {
  const engines: EngineChoice[] = ['simulated', 'tensorflow', 'onnxruntime', 'auto'];
  const made: number[][] = [];
  for (const engine of engines) {
    const small = await quantize(model, { ...options, engine });
    made.push([...(small.predict(x) as tf.Tensor).dataSync()]);
    small.dispose();
  }
  return made;
}

function expectSame([first = [], ...others]: number[][], tolerance: number): void {
  const span = Math.max(...first.map(Math.abs));
  expect(first.every(Number.isFinite)).toBe(true);
  for (const other of others) {
    const error = Math.max(...other.map((y, i) => Math.abs(y - (first[i] ?? NaN))));
    expect(error).toBeLessThanOrEqual(tolerance * span);
  }
}

const KEPT: Readonly<Record<string, (name: string) => Layer>> = {
  dense: (name) => layers.dense({ name, units: 3 }),
  conv2d: (name) => layers.conv2d({ name, filters: 3, kernelSize: 2 }),
  'conv2d without bias': (name) =>
    layers.conv2d({ name, filters: 3, kernelSize: 2, useBias: false }),
  'conv2d with relu': (name) =>
    layers.conv2d({ name, filters: 3, kernelSize: 2, activation: 'relu' }),
  depthwiseConv2d: (name) => layers.depthwiseConv2d({ name, kernelSize: 2 }),
  separableConv2d: (name) => layers.separableConv2d({ name, filters: 3, kernelSize: 2 }),
  conv2dTranspose: (name) => layers.conv2dTranspose({ name, filters: 3, kernelSize: 2 }),
  'timeDistributed conv1d': (name) =>
    layers.timeDistributed({ name, layer: layers.conv1d({ filters: 3, kernelSize: 2 }) }),
};

test.each(Object.entries(KEPT))(
  'a layer that is kept in float between integers has float weights in every engine: %s',
  async (_, layer) => {
    const model = tf.sequential({
      layers: [
        layers.conv2d({ filters: 2, kernelSize: 1, inputShape: IMAGE }),
        layer('kept'),
        layers.conv2d({ filters: 2, kernelSize: 1 }),
      ],
    });
    // A bias in int32 with the scale of so small an input would not hold these.
    const first = model.layers[0]?.getWeights()[0] as tf.Tensor;
    model.layers[0]?.setWeights([tf.mul(first, 1e-8), tf.zeros([2])]);
    const kept = model.getLayer('kept');
    kept.setWeights(
      kept.getWeights().map((w, i) => tf.randomNormal(w.shape, 0, 100, 'float32', i)),
    );
    const x = tf.randomNormal([4, ...IMAGE], 0, 1, 'float32', 1);
    expectSame(await results(model, x, { calibrate: x, exclude: ['kept'] }), 0.02);
  },
);

test('whole numbers in int32 are looked up in every engine', async () => {
  const model = tf.sequential({
    layers: [
      layers.inputLayer({ inputShape: [3], dtype: 'int32' }),
      layers.embedding({ inputDim: 6, outputDim: 4 }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    ],
  });
  const x = tf.tensor2d([0, 1, 2, 3, 4, 5], [2, 3], 'int32');
  for (const mode of ['dynamic', 'weight-only'] as const) {
    expectSame(await results(model, x, { mode }), 0.01);
  }
});

test('weight-only products are of the floats that they are given, in every engine', async () => {
  const model = tf.sequential({
    layers: [layers.dense({ units: 4, inputShape: [32], activation: 'softsign' })],
  });
  const x = tf.randomNormal([5, 32], 0, 1, 'float32', 2);
  expectSame(await results(model, x, { mode: 'weight-only' }), 1e-6);
});

test('values too small for a scale are zeros in every engine', async () => {
  const model = tf.sequential({
    layers: [
      layers.dense({ units: 3, inputShape: [4] }),
      layers.dense({ units: 2, biasInitializer: 'ones' }),
    ],
  });
  const x = tf.fill([2, 4], 1e-40);
  for (const options of [
    { calibrate: x },
    { calibrate: x, activationScale: 'power-of-two', scaleRule: 'power-of-two' },
    { mode: 'dynamic' },
  ] as const) {
    expectSame(await results(model, x, options), 0.02);
  }
});
