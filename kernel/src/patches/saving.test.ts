import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

async function loadedFrom(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      saved = artifacts;
      const info = { dateSaved: new Date(), modelTopologyType: 'JSON' } as const;
      return Promise.resolve({ modelArtifactsInfo: info });
    }),
  );
  return tf.loadLayersModel(tf.io.fromMemory(saved));
}

const LAYERS: Readonly<Record<string, () => tf.layers.Layer>> = {
  'separable convolutions with a depth multiplier': () =>
    tf.layers.separableConv2d({
      filters: 3,
      kernelSize: 2,
      depthMultiplier: 2,
      inputShape: [4, 4, 2],
    }),
  'the activation gelu_new': () =>
    tf.layers.dense({ units: 3, activation: 'gelu_new', inputShape: [4, 4, 2] }),
};

test.each(Object.entries(LAYERS))('a model is loaded as it was saved: %s', async (_, layer) => {
  const model = tf.sequential({ layers: [layer()] });
  const loaded = await loadedFrom(model);
  const x = tf.randomNormal([2, 4, 4, 2], 0, 1, 'float32', 1);
  const [before, after] = [model, loaded].map((one) => (one.predict(x) as tf.Tensor).dataSync());
  expect(after).toEqual(before);
});
