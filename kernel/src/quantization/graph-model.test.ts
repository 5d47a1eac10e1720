import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../analysis/comparison/compare';
import { modelCost } from '../analysis/cost/model-cost';
import { trainingMemory } from '../analysis/memory/training-memory';
import { roofline } from '../analysis/roofline/roofline';
import { throughput } from '../analysis/throughput/throughput';
import { exportOnnx } from '../export/onnx/export-onnx';
import { loadTfjs } from '../export/tfjs/load-tfjs';
import { saveTfjs } from '../export/tfjs/save-tfjs';
import { GraphFixture, int, ints, noise, texts, window } from '../importing/graph.fixture';
import { explainPrecision } from '../analysis/explanation/explain-precision';
import { ensureBackend } from '../start';
import { prepareQat } from './qat/prepare';
import { quantize } from './quantize';
import { chooseBits } from './sensitivity/choose-bits';
import { layerSensitivity } from './sensitivity/sensitivity';

const SHAPES: Readonly<Record<string, readonly number[]>> = {
  stem: [3, 3, 3, 8],
  depthwise: [3, 3, 8, 1],
  point: [1, 1, 8, 8],
  head: [8, 5],
};
const kernel = (name: string, seed: number): tf.Tensor => noise(SHAPES[name] ?? [], seed);
const bias = (seed: number, size = 8): tf.Tensor => noise([size], seed);

/** A residual block between a convolution and a classifier, as a frozen graph. */
async function asGraph(): Promise<tf.GraphModel> {
  const g = new GraphFixture();
  const x = g.input('x', [-1, 12, 12, 3]);
  const fused = (activation: string, stride: number): Record<string, unknown> => ({
    ...window(stride, 'SAME'),
    fused_ops: texts('BiasAdd', activation),
    num_args: int(1),
  });
  const weights = (name: string, seed: number): string =>
    g.constant(`${name}/w`, kernel(name, seed));
  g.node(
    'stem',
    '_FusedConv2D',
    [x, weights('stem', 1), g.constant('b1', bias(2))],
    fused('Relu', 2),
  );
  g.node(
    'depthwise',
    'FusedDepthwiseConv2dNative',
    ['stem', weights('depthwise', 3), g.constant('b2', bias(4))],
    fused('Relu6', 1),
  );
  g.node('product', 'Conv2D', ['depthwise', weights('point', 5)], window(1, 'SAME'));
  g.node('point', 'BiasAdd', ['product', g.constant('b3', bias(6))]);
  g.node('sum', 'AddV2', ['stem', 'point']);
  g.node('mean', 'Mean', ['sum', g.constant('axes', tf.tensor1d([1, 2], 'int32'))]);
  g.node('scores', 'MatMul', ['mean', weights('head', 7)]);
  g.node('head', 'BiasAdd', ['scores', g.constant('b4', bias(8, 5))]);
  g.node('classes', 'Softmax', ['head']);
  return g.model();
}

/** The same, as somebody would write it in layers. */
function asLayers(): tf.LayersModel {
  const { layers } = tf;
  const x = tf.input({ shape: [12, 12, 3], name: 'x' });
  const call = (layer: tf.layers.Layer, input: unknown, ...weights: tf.Tensor[]) => {
    const y = layer.apply(input as tf.SymbolicTensor) as tf.SymbolicTensor;
    if (weights.length > 0) layer.setWeights(weights);
    return y;
  };
  const same = { padding: 'same', activation: 'relu' } as const;
  const stem = call(
    layers.conv2d({ name: 'stem', filters: 8, kernelSize: 3, strides: 2, ...same }),
    x,
    kernel('stem', 1),
    bias(2),
  );
  const depthwise = call(
    layers.depthwiseConv2d({
      name: 'depthwise',
      kernelSize: 3,
      padding: 'same',
      activation: 'relu6',
    }),
    stem,
    kernel('depthwise', 3),
    bias(4),
  );
  const point = call(
    layers.conv2d({ name: 'point', filters: 8, kernelSize: 1, padding: 'same' }),
    depthwise,
    kernel('point', 5),
    bias(6),
  );
  const sum = call(layers.add({ name: 'sum' }), [stem, point]);
  const mean = call(layers.globalAveragePooling2d({ name: 'mean' }), sum);
  const head = call(layers.dense({ name: 'head', units: 5 }), mean, kernel('head', 7), bias(8, 5));
  return tf.model({ inputs: x, outputs: call(layers.softmax({ name: 'classes' }), head) });
}

let graph: tf.GraphModel;
let x: tf.Tensor;

beforeAll(async () => {
  await ensureBackend();
  graph = await asGraph();
  x = noise([40, 12, 12, 3], 9);
});

const values = (tensor: unknown): number[] => [...(tensor as tf.Tensor).dataSync()];

describe('a GraphModel', () => {
  it('is quantized as the same model written in layers, layer by layer and bit by bit', async () => {
    const options = { calibrate: x, engine: 'tensorflow' } as const;
    const ofGraph = await quantize(graph, options);
    const ofLayers = await quantize(asLayers(), options);
    const facts = ({ layers }: typeof ofGraph): unknown[] =>
      layers.map(({ name, kind, format, kernel: by, reason }) => [name, kind, format, by, reason]);
    expect(facts(ofGraph)).toEqual(facts(ofLayers));
    expect(values(ofGraph.predict(x))).toEqual(values(ofLayers.predict(x)));
    const wanted = values(graph.predict(x));
    const off = values(ofGraph.predict(x)).map((y, i) => Math.abs(y - (wanted[i] ?? NaN)));
    expect(Math.max(...off)).toBeLessThan(0.05);
  });

  it('that mixes the rows of a batch gives each as alone, in integers too', async () => {
    const g = new GraphFixture();
    const rows = g.input('x', [1, 4, 4]);
    g.node('matrix', 'Squeeze', [rows], { squeeze_dims: ints(0) });
    g.node('squared', 'MatMul', ['matrix', 'matrix']);
    g.node('y', 'MatMul', ['squared', g.constant('w', noise([4, 3], 1))]);
    const several = noise([3, 4, 4], 2);
    const small = await quantize(await g.model(), { calibrate: several, engine: 'tensorflow' });
    const alone = [0, 1, 2].flatMap((i) => values(small.predict(tf.slice(several, i, 1))));
    expect(values(small.predict(several))).toEqual(alone);
  });

  it('is compared, measured and counted by its nodes', async () => {
    const { result: cost } = await modelCost(graph);
    expect(cost.layers.map(({ name }) => name)).toContain('depthwise');
    expect(cost.forwardFlops).toBe((await modelCost(asLayers())).result.forwardFlops);
    const table = await compare(graph, { formats: ['fp32', 'int8'], data: { x } });
    const formats = table.payload.rows.map(({ format }) => format);
    expect(formats).toEqual(expect.arrayContaining(['fp32', 'int8']));
    const sensitivity = await layerSensitivity(graph, { formats: ['int4'], data: { x } });
    expect(new Set(sensitivity.rows.map(({ layer }) => layer))).toEqual(
      new Set(['stem', 'depthwise', 'point', 'head']),
    );
    const bits = await chooseBits(graph, { budget: { sqnrDb: 20 }, data: { x } });
    expect(Object.keys(bits.layers)).toContain('head');
    const roof = await roofline(graph, { formats: ['fp32'], batchSize: 4 });
    expect(roof.result.points.length).toBeGreaterThan(0);
    const speed = await throughput(graph, { data: { x }, batchSizes: [8], seconds: 0.05 });
    expect(speed.result.rows).toHaveLength(1);
  });

  it('is explained, trained with fake quantization, and its training memory told', async () => {
    const pass = explainPrecision(graph, { data: { x } });
    expect(pass.payload.ops.some(({ layer }) => layer.includes('stem'))).toBe(true);
    expect(prepareQat(graph).layers.length).toBeGreaterThan(5);
    const memory = await trainingMemory(graph, { batchSize: 2, formats: ['fp32'], measure: false });
    expect(memory.result.formats[0]?.layers.map(({ name }) => name)).toContain('point');
  });

  it('is written to other files', async () => {
    expect(exportOnnx(graph).length).toBeGreaterThan(1000);
    const folder = join(mkdtempSync(join(tmpdir(), 'halfnote-')), 'layers');
    await saveTfjs(folder, graph);
    const loaded = await loadTfjs(folder);
    const expected = values(graph.predict(x));
    const got = values(loaded.predict(x));
    // One of them may sum in another order: processors without AVX-512 show it.
    expect(Math.max(...got.map((value, i) => Math.abs(value - (expected[i] ?? NaN))))).toBeLessThan(
      1e-6,
    );
  });
});
