import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { exportOnnx } from '../export/onnx/export-onnx';
import { loadOnnx } from '../export/onnx/onnx-model';
import { withPrecision } from '../precision/scope';
import { loadBackend } from '../start';

loadBackend();

const X = tf.randomNormal([4, 9, 2], 0, 1, 'float32', 1);
const Y = tf.randomNormal([4, 9, 3], 0, 1, 'float32', 2);

type Args = Partial<Parameters<typeof tf.layers.conv1d>[0]>;

const causal = (args: Args = {}): tf.Sequential =>
  tf.sequential({
    layers: [
      tf.layers.conv1d({
        filters: 3,
        kernelSize: 3,
        padding: 'causal',
        activation: 'tanh',
        inputShape: [9, 2],
        kernelInitializer: tf.initializers.glorotNormal({ seed: 5 }),
        ...args,
      }),
    ],
  });

/** The same with zeros put in front by hand. */
const byHand = (past: number, args: Args = {}): tf.Sequential => {
  const padded = tf.layers.zeroPadding2d({
    padding: [
      [past, 0],
      [0, 0],
    ],
  });
  return tf.sequential({
    layers: [
      tf.layers.reshape({ targetShape: [9, 1, 2], inputShape: [9, 2] }),
      padded,
      tf.layers.reshape({ targetShape: [9 + past, 2] }),
      ...causal({ ...args, padding: 'valid', inputShape: [9 + past, 2] }).layers,
    ],
  });
};

const CASES: Readonly<Record<string, readonly [Args, number]>> = {
  plain: [{}, 2],
  dilated: [{ dilationRate: 3 }, 6],
  strided: [{ strides: 2 }, 2],
  'of one step': [{ kernelSize: 1 }, 0],
};

describe("conv1d with padding: 'causal'", () => {
  test.each(Object.entries(CASES))('pads the past, %s', (_, [args, past]) => {
    const [one, other] = [causal(args), byHand(past, args)];
    other.setWeights(one.getWeights());
    const [y, expected] = [one, other].map((model) => model.predict(X) as tf.Tensor);
    expect(y?.shape).toEqual(expected?.shape);
    expect(one.outputShape).toEqual([null, ...(expected?.shape.slice(1) ?? [])]);
    expect([...(y?.dataSync() ?? [])]).toEqual([...(expected?.dataSync() ?? [NaN])]);
  });

  test('is in an ONNX file what it is here', async () => {
    const model = causal({ dilationRate: 2 });
    const file = await loadOnnx(exportOnnx(model));
    const y = (await file.predict(X)) as tf.Tensor;
    const expected = (model.predict(X) as tf.Tensor).dataSync();
    y.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? NaN, 5);
    });
    await file.dispose();
  });

  test('takes channels first', () => {
    const first = causal({ dataFormat: 'channelsFirst', inputShape: [2, 9] });
    const last = causal();
    first.setWeights(last.getWeights());
    const y = first.predict(tf.transpose(X, [0, 2, 1])) as tf.Tensor;
    expect([...y.dataSync()]).toEqual([...(last.predict(X) as tf.Tensor).dataSync()]);
  });

  test.each(['fp32', 'fp16', 'bf16'] as const)('trains as by hand in %s', async (precision) => {
    const dilated: Args = { dilationRate: 3 };
    const [one, other] = [causal(dilated), byHand(6, dilated)];
    other.setWeights(one.getWeights());
    for (const model of [one, other]) {
      model.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
      const fit = () => model.fit(X, Y, { epochs: 6, batchSize: 4, shuffle: false });
      const { history } = await withPrecision(precision, fit);
      const losses = (history['loss'] ?? []) as number[];
      expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    }
    const [w, expected] = [one, other].map((model) => model.getWeights()[0]?.dataSync());
    w?.forEach((value, i) => {
      expect(value).toBeCloseTo(expected?.[i] ?? NaN, 2);
    });
  });
});
