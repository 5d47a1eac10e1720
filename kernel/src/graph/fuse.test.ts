import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../start';
import { fuseGraph } from './fuse';
import type { FusedGraph } from './fused-graph';
import { FusedRunner } from './run-fused';
import { readModel } from './read-model';

loadBackend();

type Symbolic = tf.SymbolicTensor;
let seed = 0;
const random = (shape: number[]): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', ++seed);

/** Makes all weights, moving statistics too, other than what they start as. */
function shake<M extends tf.LayersModel>(model: M): M {
  model.setWeights(
    model.weights.map((weight) => {
      const { shape } = weight.read();
      const isVariance = weight.originalName.includes('variance');
      const value = tf.mul(random(shape), 0.4);
      return isVariance ? tf.add(tf.square(value), 0.3) : value;
    }),
  );
  return model;
}

/** The model's embedding without its mask. */
function unmasked(model: tf.LayersModel): tf.layers.Layer {
  const weights = model.layers.find((layer) => layer.getClassName() === 'Embedding')?.getWeights();
  const copy = tf.layers.embedding({ inputDim: 5, outputDim: 4, inputLength: 6 });
  copy.apply(tf.input({ shape: [6] }));
  copy.setWeights(weights ?? []);
  return copy;
}

const nodes = (graph: FusedGraph): string[] =>
  graph.nodes.map(({ id, inputs, output, op, fused }) => {
    const activation = 'activation' in op && op.activation !== 'linear' ? `+${op.activation}` : '';
    const also = fused.length > 1 ? ` (${fused.join(' ')})` : '';
    return `${id}: ${op.kind}${activation} ${inputs.join(',')} -> ${output}${also}`;
  });

const residual = (): tf.LayersModel => {
  const x = tf.input({ shape: [8, 8, 3], name: 'x' });
  const block = (input: Symbolic, n: string): Symbolic => {
    const conv = tf.layers.conv2d({ filters: 6, kernelSize: 3, padding: 'same', name: `conv${n}` });
    const norm = tf.layers.batchNormalization({ name: `norm${n}` });
    const relu = tf.layers.activation({ activation: 'relu', name: `relu${n}` });
    return relu.apply(norm.apply(conv.apply(input))) as Symbolic;
  };
  const a = block(x, 'a');
  const b = block(a, 'b');
  const sum = tf.layers.add({ name: 'sum' }).apply([a, b]) as Symbolic;
  const relu = tf.layers.reLU({ name: 'relu' }).apply(sum) as Symbolic;
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(relu) as Symbolic;
  const head = tf.layers.dense({ units: 4, activation: 'softmax', name: 'head' });
  return tf.model({ inputs: x, outputs: head.apply(pooled) as Symbolic });
};

const mobile = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        useBias: false,
        inputShape: [9, 9, 3],
      }),
      tf.layers.batchNormalization(),
      tf.layers.reLU({ maxValue: 6 }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 2 }),
      tf.layers.batchNormalization({ scale: false }),
      tf.layers.activation({ activation: 'relu6' }),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.separableConv2d({
        filters: 5,
        kernelSize: 3,
        depthMultiplier: 2,
        activation: 'elu',
      }),
      tf.layers.maxPooling2d({ poolSize: 2, padding: 'same' }),
      tf.layers.averagePooling2d({ poolSize: [1, 2], strides: [1, 1] }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 6, activation: 'relu6' }),
    ],
  });

const line = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, inputShape: [17, 3], name: 'c' }),
      tf.layers.batchNormalization({ name: 'n' }),
      tf.layers.conv1d({ filters: 4, kernelSize: 2, padding: 'same', activation: 'tanh' }),
      tf.layers.maxPooling1d({ poolSize: 2 }),
      tf.layers.dense({ units: 5, activation: 'relu' }),
      tf.layers.globalAveragePooling1d({}),
      tf.layers.dense({ units: 2 }),
    ],
  });

const branches = (): tf.LayersModel => {
  const a = tf.input({ shape: [4] });
  const b = tf.input({ shape: [4] });
  const shared = tf.layers.dense({ units: 4, name: 'shared' });
  const inner = tf.sequential({
    name: 'inner',
    layers: [
      tf.layers.dense({ units: 4, activation: 'relu', inputShape: [4] }),
      tf.layers.batchNormalization(),
    ],
  });
  const left = shared.apply(a) as Symbolic;
  const right = inner.apply(shared.apply(b)) as Symbolic;
  const sum = tf.layers.add().apply([left, right, inner.apply(left) as Symbolic]) as Symbolic;
  const joined = tf.layers.concatenate().apply([sum, right]) as Symbolic;
  const scaled = tf.layers.multiply().apply([left, sum]) as Symbolic;
  return tf.model({ inputs: [a, b], outputs: [joined, scaled, left] });
};

const states = (): tf.LayersModel => {
  const x = tf.input({ shape: [5, 3] });
  const [all, h] = tf.layers
    .lstm({ units: 4, returnSequences: true, returnState: true })
    .apply(x) as [Symbolic, Symbolic];
  const rows = tf.layers.dense({ units: 2 }).apply(all) as Symbolic;
  const last = tf.layers.dense({ units: 2 }).apply(h) as Symbolic;
  return tf.model({ inputs: x, outputs: [rows, last] });
};

const masked = (): tf.LayersModel => {
  const x = tf.input({ shape: [6] });
  const steps = tf.layers.embedding({ inputDim: 5, outputDim: 4, maskZero: true }).apply(x);
  const rows = tf.layers.dense({ units: 4, activation: 'relu' }).apply(steps) as Symbolic;
  const all = tf.layers.lstm({ units: 3, returnSequences: true }).apply(rows) as Symbolic;
  const both = tf.layers.concatenate().apply([rows, all]) as Symbolic;
  const last = tf.layers.gru({ units: 3 }).apply(both) as Symbolic;
  return tf.model({ inputs: x, outputs: tf.layers.dense({ units: 2 }).apply(last) as Symbolic });
};

describe('fuseGraph', () => {
  test('hands masks on as the model does', () => {
    const model = shake(masked());
    const x = tf.tensor2d([1, 2, 3, 0, 0, 0, 4, 0, 1, 0, 2, 0, 1, 1, 1, 1, 1, 1], [3, 6]);
    const runner = new FusedRunner(fuseGraph(readModel(model)));
    const expected = model.predict(x) as tf.Tensor;
    const [actual] = runner.run([x]);
    const error = tf.max(tf.abs(tf.sub(actual as tf.Tensor, expected))).dataSync()[0] ?? NaN;
    expect(error).toBeLessThan(1e-6);
    runner.dispose();
    // The mask does matter here.
    const whole = fuseGraph(readModel(model));
    const open = new FusedRunner({
      ...whole,
      nodes: whole.nodes.map((node) =>
        node.kind === 'Embedding' ? { ...node, op: { ...node.op, layer: unmasked(model) } } : node,
      ),
    });
    const [other] = open.run([x]);
    expect(tf.max(tf.abs(tf.sub(other as tf.Tensor, expected))).dataSync()[0]).toBeGreaterThan(
      1e-3,
    );
    open.dispose();
  });

  test.each<[string, () => tf.LayersModel]>([
    ['a residual network', residual],
    ['MobileNet-like blocks', mobile],
    ['convolutions along a line', line],
    ['two inputs, shared, nested and twice called layers', branches],
    ['a recurrent layer with its state', states],
  ])('computes what the model computes: %s', (_, build) => {
    const model = shake(build());
    const inputs = model.inputs.map(({ shape }) => random([3, ...(shape.slice(1) as number[])]));
    const expected = [model.predict(inputs)].flat();
    const runner = new FusedRunner(fuseGraph(readModel(model)));
    const before = tf.memory().numTensors;
    const once = runner.run(inputs);
    const kept = tf.memory().numTensors - before - once.length;
    const actual = runner.run(inputs);
    expect(tf.memory().numTensors).toBe(before + kept + once.length + actual.length);
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    actual.forEach((tensor, i) => {
      const reference = expected[i] as tf.Tensor;
      const size = tf.max(tf.abs(reference)).dataSync()[0] ?? NaN;
      const error = tf.max(tf.abs(tf.sub(tensor, reference))).dataSync()[0] ?? NaN;
      expect(size).toBeGreaterThan(0);
      expect(error).toBeLessThan(2e-6 * Math.max(1, size));
    });
    runner.dispose();
  });

  test('folds normalization and fuses activations into products and sums', () => {
    expect(nodes(fuseGraph(readModel(residual())))).toEqual([
      'conva: linear+relu x -> relua (conva norma relua)',
      'convb: linear+relu relua -> relub (convb normb relub)',
      'sum: add+relu relua,relub -> relu (sum relu)',
      'pool: average-pool relu -> pool',
      'head: linear pool -> head:linear',
      'head:softmax: float head:linear -> head',
    ]);
  });

  test('computes a line as an image of height 1', () => {
    const graph = fuseGraph(readModel(line()));
    expect(nodes(graph).slice(0, 3)).toEqual([
      `c:image: move ${graph.inputs[0]?.id ?? ''} -> c:image`,
      'c: linear c:image -> c:linear (c n)',
      'c:line: move c:linear -> n',
    ]);
    expect(graph.values.get('c:linear')?.shape).toEqual([null, 1, 8, 4]);
  });

  test('leaves alone what another layer or an output still reads', () => {
    const x = tf.input({ shape: [4], name: 'x' });
    const dense = tf.layers.dense({ units: 3, name: 'dense' }).apply(x) as Symbolic;
    const norm = tf.layers.batchNormalization({ name: 'norm' }).apply(dense) as Symbolic;
    const relu = tf.layers.reLU({ name: 'relu' }).apply(norm) as Symbolic;
    expect(nodes(fuseGraph(readModel(tf.model({ inputs: x, outputs: [relu, dense] }))))).toEqual([
      'dense: linear x -> dense',
      'norm: float dense -> norm',
      'relu: float norm -> relu',
    ]);
  });

  test('does not fold a normalization that comes after the activation', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 3, activation: 'relu', inputShape: [4], name: 'dense' }),
        tf.layers.batchNormalization({ name: 'norm' }),
      ],
    });
    expect(fuseGraph(readModel(model)).nodes.map(({ id, op }) => `${id} ${op.kind}`)).toEqual([
      'dense linear',
      'norm float',
    ]);
  });

  test('says why a layer stays in float', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 2, kernelSize: 3, dilationRate: 2, inputShape: [9, 9, 2] }),
        tf.layers.leakyReLU({}),
        tf.layers.upSampling2d({}),
        tf.layers.conv2dTranspose({ filters: 2, kernelSize: 2 }),
      ],
    });
    const reasons = fuseGraph(readModel(model)).nodes.map(({ op }) =>
      op.kind === 'float' ? op.reason : '',
    );
    expect(reasons).toEqual([
      'no integer kernel with dilation',
      'no integer kernel for LeakyReLU',
      'no integer kernel for UpSampling2D',
      'no integer kernel for Conv2DTranspose',
    ]);
  });

  test('neither changes the model nor shares its weights', () => {
    const model = shake(residual());
    const before = model.getWeights().map((w) => w.dataSync().slice());
    const graph = fuseGraph(readModel(model));
    const kernel = graph.nodes[0]?.op.kind === 'linear' ? graph.nodes[0].op.kernel : undefined;
    kernel?.fill(0);
    expect(model.getWeights().map((w) => w.dataSync())).toEqual(before);
  });
});
