import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadNpy } from '../../export/arrays/array-files';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { ensureBackend } from '../../start';
import { chooseBits } from '../sensitivity/choose-bits';
import { layerSensitivity } from '../sensitivity/sensitivity';
import { quantize } from '../quantize';
import { at, makeModels } from './models.fixture';

let model: OnnxModel;
let x: tf.Tensor;

beforeAll(async () => {
  await ensureBackend();
  makeModels();
  model = await loadOnnx(at('cnn.onnx'));
  x = await loadNpy(at('cnn_held.npy'));
});

describe('layerSensitivity of an ONNX model', () => {
  it('gives for each product what quantizing it alone gives', async () => {
    const found = await layerSensitivity(model, { data: { x }, formats: ['int8', 'int4'] });
    expect(found.rows.map(({ layer, format }) => `${layer} ${format}`)).toEqual(
      ['first', 'second', 'third', 'fourth', 'head'].flatMap((n) => [`${n} int8`, `${n} int4`]),
    );
    const expected = (await model.predict(x)) as tf.Tensor;
    for (const layer of ['first', 'head']) {
      const small = await quantize(model, { weights: 'int4', include: layer });
      const y = (await small.predict(x)) as tf.Tensor;
      const noise = tf.sum(tf.square(tf.sub(expected, y))).dataSync()[0] ?? NaN;
      const signal = tf.sum(tf.square(expected)).dataSync()[0] ?? NaN;
      expect(found.row(layer, 'int4')?.sqnrDb).toBeCloseTo(10 * Math.log10(signal / noise), 1);
      await small.dispose();
    }
    for (const row of found.rows.filter(({ format }) => format === 'int8'))
      expect(row.sqnrDb).toBeGreaterThan((found.row(row.layer, 'int4')?.sqnrDb ?? NaN) + 10);
    expect(String(found)).toContain('Most sensitive in int4:');
  });

  it('leaves no tensors behind of examples that it splits into batches', async () => {
    const many = tf.randomNormal([40, 3, 16, 16]);
    const before = tf.memory().numTensors;
    await layerSensitivity(model, { data: { x: many }, formats: ['int8'] });
    const none = { x: tf.zeros([0, 3, 16, 16]) };
    await expect(layerSensitivity(model, { data: none })).rejects.toThrow('no samples');
    none.x.dispose();
    expect(tf.memory().numTensors).toBe(before);
    many.dispose();
  });

  it('is what there is for such a model: what needs layers refuses it, and says so', async () => {
    await expect(
      chooseBits(model as never, { budget: { meanBits: 4 }, data: { x } }),
    ).rejects.toThrow(
      "chooseBits() takes a model of tfjs; 'cnn.onnx' is an ONNX model, which ONNX Runtime runs as a whole",
    );
  });

  it('says what it cannot measure', async () => {
    const data = { x };
    await expect(layerSensitivity(model, { data, metric: 'accuracy' as 'sqnr' })).rejects.toThrow(
      'allowed for an ONNX model is sqnr',
    );
    await expect(layerSensitivity(model, { data, units: 2 } as never)).rejects.toThrow(
      "can't be measured with `units`. Allowed: formats, data, metric, granularity, scaleRule.",
    );
    await expect(layerSensitivity(model, { data: { x, y: x } } as never)).rejects.toThrow(
      'scored against no labels: no use for `y`. Allowed: x.',
    );
    await expect(layerSensitivity(model, { data: { x: tf.zeros([2, 3]) } })).rejects.toThrow(
      'takes x [batch, 3, 16, 16]',
    );
  });
});
