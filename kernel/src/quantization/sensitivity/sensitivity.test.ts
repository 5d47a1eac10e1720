import * as tf from '@tensorflow/tfjs';
import { describe, expect, test, vi } from 'vitest';
import { loadBackend } from '../../start';
import { JUPYTER_DISPLAY } from '../../host';
import type { WeightFormat } from '../../graph/quantized-graph';
import { fill, mobileNet, numbers } from '../repair/models.fixture';
import { cloneModel } from '../../models/walk';
import { quantize } from '../quantize';
import { layerSensitivity } from './sensitivity';
import type { SensitivityOptions } from './settings';

loadBackend();

const images = (count: number, seed: number): tf.Tensor =>
  tf.randomUniform([count, 12, 12, 3], -1, 1, 'float32', seed);

function classifier(): tf.LayersModel {
  const model = tf.sequential({
    name: 'classifier',
    layers: [
      tf.layers.dense({ name: 'one', inputShape: [12], units: 16, activation: 'relu' }),
      tf.layers.dense({ name: 'two', units: 16, activation: 'relu' }),
      tf.layers.dense({ name: 'head', units: 4, activation: 'softmax' }),
    ],
  });
  const random = numbers(1);
  fill(model, () => random() - 0.5);
  return model;
}

const rows = (count: number): tf.Tensor => tf.randomNormal([count, 12], 0, 1, 'float32', 3);

/** The symmetric rounding of a matrix's columns, written out. */
function roundColumns(weights: tf.Tensor, bits: number): tf.Tensor {
  const most = 2 ** (bits - 1) - 1;
  const scale = tf.div(tf.max(tf.abs(weights), 0, true), most);
  return tf.mul(tf.clipByValue(tf.round(tf.div(weights, scale)), -most, most), scale);
}

describe('layerSensitivity', () => {
  test('measures what rounding one layer of a copy of the model gives', async () => {
    const model = classifier();
    const x = rows(100);
    const { rows: measured } = await layerSensitivity(model, {
      formats: ['int4', 'int2'],
      data: { x },
      batchSize: 30,
    });
    expect(measured.map(({ layer, format }) => `${layer} ${format}`)).toEqual(
      ['one', 'two', 'head'].flatMap((layer) => [`${layer} int4`, `${layer} int2`]),
    );
    const float = model.predict(x) as tf.Tensor;
    for (const { layer, format, sqnrDb, kl, relativeNoise } of measured) {
      const copy = await cloneModel(model);
      const own = copy.getLayer(layer);
      const [kernel, bias] = own.getWeights() as [tf.Tensor, tf.Tensor];
      own.setWeights([roundColumns(kernel, format === 'int4' ? 4 : 2), bias]);
      const output = copy.predict(x) as tf.Tensor;
      const noise = tf.sum(tf.squaredDifference(float, output)).dataSync()[0] ?? NaN;
      const signal = tf.sum(tf.square(float)).dataSync()[0] ?? NaN;
      expect(sqnrDb).toBeCloseTo(10 * Math.log10(signal / noise), 2);
      expect(relativeNoise).toBeCloseTo(noise / signal, 5);
      const divergence = tf
        .mean(tf.sum(tf.mul(float, tf.log(tf.div(float, output))), 1))
        .dataSync()[0];
      expect(kl).toBeCloseTo(divergence ?? NaN, 5);
    }
  });

  test('scores against labels, and counts bytes', async () => {
    const model = classifier();
    const x = rows(200);
    const y = tf.oneHot(tf.argMax(model.predict(x) as tf.Tensor, 1), 4);
    const result = await layerSensitivity(model, { formats: ['int8', 'int3'], data: { x, y } });
    expect(result.result).toMatchObject({ metric: 'accuracy', score: 1, samples: 200 });
    for (const row of result.rows) expect(row.drop).toBeCloseTo(1 - row.score, 12);
    expect(Math.max(...result.rows.map(({ drop }) => drop))).toBeGreaterThan(0);
    // 192 weights in 8 and 3 bits, 16 scales, 16 biases.
    expect(result.row('one', 'int8')).toMatchObject({
      weights: 192,
      bytes: 192 + 4 * 32,
      floatBytes: 4 * 208,
    });
    expect(result.row('one', 'int3')?.bytes).toBe(72 + 4 * 32);
  });

  test('finds the layer that suffers: fewer bits are worse, and a broken layer is named', async () => {
    const model = mobileNet();
    // One output channel of the last depthwise layer is a thousand times as large as the others.
    const depthwise = model.layers.filter((l) => l.getClassName() === 'DepthwiseConv2D')[1];
    const [kernel] = depthwise?.getWeights() ?? [];
    const [data, shape] = [kernel?.dataSync().slice() ?? [], kernel?.shape ?? []];
    depthwise?.setWeights([
      tf.tensor(
        data.map((w, i) => (i % 16 === 3 ? w * 1000 : w)),
        shape,
      ),
    ]);
    const sensitivity = await layerSensitivity(model, {
      formats: ['int8', 'int4'],
      data: { x: images(20, 4) },
      granularity: 'per-tensor',
    });
    expect(sensitivity.ranked('int8')[0]?.layer).toBe(depthwise?.name);
    for (const { layer, format, sqnrDb } of sensitivity.rows) {
      // Of the broken layer, neither format has anything left of the other channels.
      if (format !== 'int8' || layer === depthwise?.name) continue;
      expect(sqnrDb).toBeGreaterThan(sensitivity.row(layer, 'int4')?.sqnrDb ?? NaN);
    }
  });

  test('counts a shared kernel once, its bytes with each call, and a separable convolution as one layer', async () => {
    const x = tf.input({ shape: [6, 6, 4] });
    const shared = tf.layers.conv2d({ name: 'shared', filters: 4, kernelSize: 3, padding: 'same' });
    const twice = shared.apply(shared.apply(x)) as tf.SymbolicTensor;
    const separable = tf.layers
      .separableConv2d({ name: 'separable', filters: 6, kernelSize: 3 })
      .apply(twice) as tf.SymbolicTensor;
    const model = tf.model({ inputs: x, outputs: separable });
    const { rows: found } = await layerSensitivity(model, {
      formats: ['int8'],
      data: { x: tf.randomNormal([5, 6, 6, 4], 0, 1, 'float32', 1) },
    });
    expect(found.map(({ layer, weights }) => [layer, weights])).toEqual([
      ['shared', 9 * 4 * 4],
      ['separable', 9 * 4 + 4 * 6],
    ]);
    const small = await quantize(model, { mode: 'weight-only' });
    const held = (name: string): number =>
      small.layers.find((layer) => layer.name === name)?.weightBytes ?? NaN;
    expect(found[0]?.bytes).toBe(held('shared') + held('shared#2'));
    expect(found[0]?.floatBytes).toBe(4 * (9 * 4 * 4 + 4));
    expect(found[1]?.bytes).toBe(held('separable'));
    small.dispose();
  });

  test('takes models with several inputs and outputs, and layers that stay in float', async () => {
    const [a, b] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
    const left = tf.layers.dense({ name: 'left', units: 4 }).apply(a) as tf.SymbolicTensor;
    const joined = tf.layers.multiply({ name: 'product' }).apply([left, b]) as tf.SymbolicTensor;
    const right = tf.layers.dense({ name: 'right', units: 2 }).apply(joined) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [a, b], outputs: [right, left] });
    const x = [rows4(10, 1), rows4(10, 2)];
    const sensitivity = await layerSensitivity(model, { formats: ['int2'], data: { x } });
    expect(sensitivity.rows.map(({ layer }) => layer)).toEqual(['left', 'right']);
    for (const { sqnrDb } of sensitivity.rows) expect(sqnrDb).toBeLessThan(40);
  });

  test('frees all that it makes, also when it is stopped, and leaves the model as it was', async () => {
    const model = classifier();
    const x = rows(50);
    const run = (options: Partial<SensitivityOptions> = {}): Promise<unknown> =>
      layerSensitivity(model, { formats: ['int4'], data: { x }, ...options });
    await run();
    const before = tf.memory().numTensors;
    const weights = model.getWeights().map((weight) => weight.dataSync().slice());
    await run();
    expect(tf.memory().numTensors).toBe(before);
    expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(weights);
    await expect(run({ granularity: { group: 5 } })).rejects.toThrow(
      /Groups do not divide the depth of 3 layers: .*by 5/,
    );
    expect(tf.memory().numTensors).toBe(before);
    let calls = 0;
    const spy = vi.spyOn(tf.layers.Layer.prototype, 'apply').mockImplementation(() => {
      if (++calls === 3) throw new Error('stopped');
      return tf.ones([50, 4]);
    });
    await expect(run()).rejects.toThrow('stopped');
    spy.mockRestore();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('shows a table and a chart', async () => {
    const sensitivity = await layerSensitivity(classifier(), { data: { x: rows(20) } });
    const bundle = sensitivity[JUPYTER_DISPLAY]();
    const html = String(bundle['text/html']);
    expect(html).toContain('<caption');
    expect(html).toContain('<img');
    expect(html).not.toContain('<script');
    const text = String(bundle['text/plain']);
    expect(text).toContain('Sensitivity of classifier, layer by layer');
    for (const layer of ['one', 'two', 'head']) expect(text).toContain(layer);
    expect(text).toMatch(/Most sensitive in int2: \w+/);
  });

  test('says what is wrong with what it is given', async () => {
    const model = classifier();
    const x = rows(8);
    const fails = async (options: object, message: RegExp): Promise<void> => {
      const all = { data: { x }, ...options } as SensitivityOptions;
      await expect(layerSensitivity(model, all)).rejects.toThrow(message);
    };
    await fails({ data: undefined }, /layerSensitivity\(\) measures on data, and was given none/);
    await fails({ data: x }, /data must be \{x\} or \{x, y\}, not a tensor/);
    await fails({ data: { x: [1] } }, /data\.x must be a tensor.* not a number/);
    await fails({ metric: 'acuracy' }, /Unknown metric 'acuracy'.*\nDid you mean 'accuracy'/);
    await fails({ metric: 'accuracy' }, /metric 'accuracy' needs labels: `data` has no y/);
    await fails({ metric: 'loss' }, /metric 'loss' needs labels/);
    await fails({ formats: ['int7' as WeightFormat] }, /Unknown weight format 'int7'/);
    await fails({ formats: [] }, /No formats were given\. Allowed: .*int8, int4/);
    await fails({ formats: 'int8' }, /formats must be a list of names, not a string/);
    await fails({ data: { x: tf.ones([2, 5]) } }, /shape \[2, 5\]; the model takes \[any, 12\]/);
    await fails({ batchSize: 0 }, /batchSize is 0/);
    await expect(layerSensitivity({} as tf.LayersModel, { data: { x } })).rejects.toThrow(
      /layerSensitivity\(\) takes a tf\.Sequential/,
    );
    const none = tf.sequential({ layers: [tf.layers.reLU({ inputShape: [12] })] });
    await expect(layerSensitivity(none, { data: { x } })).rejects.toThrow(
      /has no layer whose weights can be quantized: it is made of ReLU/,
    );
    const single = tf.sequential({ layers: [tf.layers.dense({ inputShape: [12], units: 1 })] });
    await expect(layerSensitivity(single, { data: { x }, metric: 'kl' })).rejects.toThrow(
      /has one value a row/,
    );
  });
});

function rows4(count: number, seed: number): tf.Tensor {
  return tf.randomNormal([count, 4], 0, 1, 'float32', seed);
}
