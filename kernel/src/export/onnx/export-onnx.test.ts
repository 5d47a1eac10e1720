import * as tf from '@tensorflow/tfjs';
import { onnx } from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { groupNormalization } from '../../layers/group-normalization';
import { loadBackend } from '../../start';
import { describe, expect, it } from 'vitest';
import { exportOnnx } from './export-onnx';

loadBackend();

const operators = (bytes: Uint8Array): string[] =>
  (onnx.ModelProto.decode(bytes).graph?.node ?? []).map((node) => node.opType ?? '');

async function run(bytes: Uint8Array, x: tf.Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes);
  const [input = ''] = session.inputNames;
  const feeds = { [input]: new Tensor('float32', x.dataSync<'float32'>(), x.shape) };
  const [output] = Object.values(await session.run(feeds));
  return output?.data as Float32Array;
}

function cnn(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 3],
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        padding: 'same',
      }),
      tf.layers.batchNormalization(),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 6, kernelSize: 3, activation: 'relu' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 5, activation: 'softmax' }),
    ],
  });
}

describe('exportOnnx', () => {
  it('gives ONNX Runtime a model with the outputs of predict, for any batch', async () => {
    const model = cnn();
    const bytes = exportOnnx(model);
    for (const batch of [1, 3]) {
      const x = tf.randomNormal([batch, 8, 8, 3], 0, 1, 'float32', batch);
      const expected = (model.predict(x) as tf.Tensor).dataSync();
      const actual = await run(bytes, x);
      expect(actual.length).toBe(expected.length);
      actual.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i] ?? NaN, 5);
      });
    }
  });

  it('moves channels once before a chain of convolutions and once after it', () => {
    expect(operators(exportOnnx(cnn()))).toEqual([
      'Transpose',
      'Conv',
      'Relu',
      'BatchNormalization',
      'MaxPool',
      'Conv',
      'Relu',
      'Transpose',
      'Flatten',
      'Gemm',
      'Softmax',
    ]);
  });

  it('has of a threshold what the model has, of NaN and infinities too', async () => {
    const model = tf.sequential({
      layers: [tf.layers.thresholdedReLU({ theta: 1, inputShape: [7] })],
    });
    const x = tf.tensor2d([[NaN, -Infinity, -1, 0.5, 1, 1.5, Infinity]]);
    const y = [...(await run(exportOnnx(model), x))];
    expect(y).toEqual([NaN, NaN, -0, 0, 0, 1.5, Infinity]);
    expect(y).toEqual([...(model.predict(x) as tf.Tensor).dataSync()]);
  });

  it.each([
    ['layer normalization', tf.layers.layerNormalization({ inputShape: [64] })],
    ['group normalization of rows', groupNormalization({ groups: 2, inputShape: [64] })],
    ['group normalization of images', groupNormalization({ groups: 2, inputShape: [5, 6, 4] })],
    [
      'group normalization without weights',
      groupNormalization({ groups: 4, scale: false, center: false, inputShape: [5, 4] }),
    ],
  ])('normalizes what is far from 0: %s', async (_, layer) => {
    const model = tf.sequential({ layers: [layer] });
    const shape = [3, ...(model.inputs[0]?.shape.slice(1) ?? [])] as number[];
    const x = tf.add(tf.randomNormal(shape, 0, 1, 'float32', 1), 1e4);
    model.setWeights(
      model.getWeights().map(({ shape }, i) => tf.randomNormal(shape, 1, 0.5, 'float32', i)),
    );
    const expected = (model.predict(x) as tf.Tensor).dataSync();
    const actual = await run(exportOnnx(model), x);
    expect(actual.length).toBe(expected.length);
    // The mean of such numbers has an error of a few 2^-11.
    actual.forEach((value, i) => {
      expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(0.01);
    });
  });
});

describe('a layer that is called twice', () => {
  it('has its weights in the file once', async () => {
    const input = tf.input({ shape: [32] });
    const layer = tf.layers.dense({ units: 32, name: 'twice', activation: 'tanh' });
    const once = layer.apply(input) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: layer.apply(once) as tf.SymbolicTensor });
    const bytes = exportOnnx(model);
    const held = (onnx.ModelProto.decode(bytes).graph?.initializer ?? []).map(
      ({ rawData }) => rawData?.length ?? 0,
    );
    expect(held.reduce((sum, one) => sum + one, 0)).toBe(4 * (32 * 32 + 32));
    const x = tf.randomNormal([3, 32], 0, 1, 'float32', 4);
    const expected = (model.predict(x) as tf.Tensor).dataSync();
    (await run(bytes, x)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? NaN, 5);
    });
  });
});
