import * as tf from '@tensorflow/tfjs';
import { QUIET } from '../../precision/quiet.fixture';

/** Initial weights that are the same in each run. */
function seeded(seed: number): { kernelInitializer: ReturnType<typeof tf.initializers.zeros> } {
  return { kernelInitializer: tf.initializers.glorotUniform({ seed }) };
}

/** Convolution, normalization and ReLU, pooling, a dense layer: `[8, 8, 1]` to 10 classes. */
export function smallCnn(): tf.LayersModel {
  const { conv2d, batchNormalization, reLU, maxPooling2d, flatten, dense } = tf.layers;
  return tf.sequential({
    name: 'cnn',
    layers: [
      conv2d({ name: 'conv', inputShape: [8, 8, 1], filters: 8, kernelSize: 3, ...seeded(1) }),
      batchNormalization({ name: 'norm' }),
      reLU({ name: 'relu' }),
      maxPooling2d({ name: 'pool', poolSize: 2 }),
      flatten({ name: 'flat' }),
      dense({ name: 'dense', units: 10, activation: 'softmax', ...seeded(2) }),
    ],
  });
}

/** Two dense layers: `[8]` to 3 classes. */
export function smallMlp(): tf.LayersModel {
  const { dense } = tf.layers;
  return tf.sequential({
    name: 'mlp',
    layers: [
      dense({ name: 'hidden', inputShape: [8], units: 16, activation: 'relu', ...seeded(3) }),
      dense({ name: 'head', units: 3, activation: 'softmax', ...seeded(4) }),
    ],
  });
}

/** A residual block with a sum of three, a join, pools of all kinds and a depthwise layer. */
export function branching(): tf.LayersModel {
  const l = tf.layers;
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(x) as tf.SymbolicTensor;
  const same = { kernelSize: 3, padding: 'same' } as const;
  const x = tf.input({ name: 'x', shape: [8, 8, 3] });
  const a = apply(
    l.conv2d({ name: 'a', filters: 4, activation: 'relu', ...same, ...seeded(5) }),
    x,
  );
  const b = apply(
    l.depthwiseConv2d({ name: 'b', ...same, depthwiseInitializer: seeded(6).kernelInitializer }),
    a,
  );
  const normed = apply(l.batchNormalization({ name: 'b_norm' }), b);
  const c = apply(l.conv2d({ name: 'c', filters: 4, ...same, ...seeded(7) }), x);
  const sum = apply(l.add({ name: 'sum' }), [a, normed, c]);
  const relu = apply(l.activation({ name: 'sum_relu', activation: 'relu6' }), sum);
  const joined = apply(l.concatenate({ name: 'joined' }), [relu, a]);
  const mean = apply(l.averagePooling2d({ name: 'mean', poolSize: 2 }), joined);
  const separable = apply(
    l.separableConv2d({
      name: 'separable',
      filters: 6,
      kernelSize: 3,
      activation: 'relu',
      depthwiseInitializer: seeded(8).kernelInitializer,
      pointwiseInitializer: seeded(9).kernelInitializer,
    }),
    mean,
  );
  const global = apply(l.globalAveragePooling2d({ name: 'global' }), separable);
  const head = apply(l.dense({ name: 'head', units: 3, ...seeded(10) }), global);
  return tf.model({ inputs: x, outputs: head, name: 'branching' });
}

/** Convolution and average pooling along a line: `[12, 2]` to 3 numbers. */
export function onLine(): tf.LayersModel {
  const { conv1d, averagePooling1d, flatten, dense } = tf.layers;
  return tf.sequential({
    name: 'line',
    layers: [
      conv1d({
        name: 'conv',
        inputShape: [12, 2],
        filters: 5,
        kernelSize: 3,
        activation: 'relu',
        ...seeded(11),
      }),
      averagePooling1d({ name: 'mean', poolSize: 2 }),
      flatten({ name: 'flat' }),
      dense({ name: 'head', units: 3, ...seeded(12) }),
    ],
  });
}

const adam = (): tf.Optimizer => tf.train.adam(0.01);

/** Trains for a few steps on random data, which shows ranges and moves the weights. */
export async function trainBriefly(
  model: tf.LayersModel,
  { batches = 6, seed = 1, optimizer = adam } = {},
): Promise<number[]> {
  model.compile({ optimizer: optimizer(), loss: 'meanSquaredError' });
  const x = examples(model, 16 * batches, seed);
  const y = tf.randomUniform([16 * batches, ...outputShape(model)], 0, 1, 'float32', seed + 1);
  const { history } = await model.fit(x, y, {
    epochs: 1,
    batchSize: 16,
    shuffle: false,
    verbose: QUIET,
  });
  tf.dispose([x, y]);
  return (history['loss'] ?? []).map(Number);
}

/** Random inputs of a model with one input. */
export function examples(model: tf.LayersModel, count: number, seed = 1): tf.Tensor {
  const [, ...shape] = model.inputs[0]?.shape ?? [];
  return tf.randomNormal([count, ...shape.map(Number)], 0.2, 1, 'float32', seed);
}

function outputShape(model: tf.LayersModel): number[] {
  const [, ...shape] = model.outputs[0]?.shape ?? [];
  return shape.map(Number);
}
