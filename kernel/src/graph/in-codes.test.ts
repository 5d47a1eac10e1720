import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../start';
import { exportOnnx } from '../export/onnx/export-onnx';
import { summarizeOnnx } from '../export/onnx/summary';
import { QUIET as verbose } from '../precision/quiet.fixture';
import type { QuantizeOptions } from '../quantization/options';
import { convertQat } from '../quantization/qat/convert';
import { prepareQat } from '../quantization/qat/prepare';
import { quantize } from '../quantization/quantize';
import type { QuantizedModel } from '../quantization/quantized-model';

loadBackend();

type Symbolic = tf.SymbolicTensor;
let seed = 0;
const random = (shape: number[]): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', ++seed);

/** Weights and moving statistics as training leaves them: none of them what it starts as. */
function shaken<M extends tf.LayersModel>(model: M): M {
  seed = 0;
  model.setWeights(
    model.weights.map((weight) => {
      const { shape } = weight.read();
      const name = weight.originalName;
      const value = random(shape);
      if (name.includes('variance')) return tf.add(tf.square(value), 0.3);
      if (name.includes('gamma')) return tf.add(tf.mul(value, 0.3), 1);
      const fan = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      return tf.mul(value, name.includes('kernel') ? 1 / Math.sqrt(fan) : 0.3);
    }),
  );
  return model;
}

/** As Keras has it: zeros before each convolution with strides, below and to the right. */
function mobilenet(): tf.LayersModel {
  const x = tf.input({ shape: [12, 12, 3], name: 'x' });
  const { zeroPadding2d, conv2d, depthwiseConv2d, batchNormalization, reLU, dense } = tf.layers;
  const sides = (n: string): tf.layers.Layer =>
    zeroPadding2d({
      padding: [
        [0, 1],
        [0, 1],
      ],
      name: `pad_${n}`,
    });
  const unit = (y: Symbolic, layer: tf.layers.Layer, n: string): Symbolic =>
    reLU({ maxValue: 6, name: `relu_${n}` }).apply(
      batchNormalization({ name: `norm_${n}` }).apply(layer.apply(y)),
    ) as Symbolic;
  const pointwise = (n: string, filters: number): tf.layers.Layer =>
    conv2d({ filters, kernelSize: 1, useBias: false, name: n });
  const valid = { kernelSize: 3, strides: 2, padding: 'valid', useBias: false } as const;
  let y = sides('stem').apply(x) as Symbolic;
  y = unit(y, conv2d({ ...valid, filters: 8, name: 'stem' }), 'stem');
  y = unit(y, depthwiseConv2d({ kernelSize: 3, padding: 'same', name: 'dw1' }), 'dw1');
  y = unit(y, pointwise('pw1', 12), 'pw1');
  y = sides('dw2').apply(y) as Symbolic;
  y = unit(y, depthwiseConv2d({ ...valid, name: 'dw2' }), 'dw2');
  y = unit(y, pointwise('pw2', 16), 'pw2');
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(y);
  const scores = dense({ units: 5, activation: 'softmax', name: 'scores' }).apply(pooled);
  return shaken(tf.model({ inputs: x, outputs: scores as Symbolic, name: 'mobilenet' }));
}

/** ResNet V2: normalization and ReLU come before the convolutions of a block; padded pool at the start. */
function preactivation(): tf.LayersModel {
  const x = tf.input({ shape: [16, 16, 3], name: 'x' });
  const { zeroPadding2d, conv2d, maxPooling2d, batchNormalization, activation, add } = tf.layers;
  const conv = (n: string): tf.layers.Layer =>
    conv2d({ filters: 8, kernelSize: 3, padding: 'same', name: n });
  const active = (y: Symbolic, n: string): Symbolic =>
    activation({ activation: 'relu', name: `relu_${n}` }).apply(
      batchNormalization({ name: `norm_${n}` }).apply(y),
    ) as Symbolic;
  let y = zeroPadding2d({ padding: 3, name: 'conv_pad' }).apply(x) as Symbolic;
  y = conv2d({ filters: 8, kernelSize: 7, strides: 2, name: 'conv' }).apply(y) as Symbolic;
  y = zeroPadding2d({ padding: 1, name: 'pool_pad' }).apply(y) as Symbolic;
  y = maxPooling2d({ poolSize: 3, strides: 2, name: 'pool' }).apply(y) as Symbolic;
  for (const n of ['1', '2']) {
    const first = conv(`conv${n}a`).apply(active(y, `${n}a`)) as Symbolic;
    const second = conv(`conv${n}b`).apply(active(first, `${n}b`)) as Symbolic;
    y = add({ name: `sum${n}` }).apply([y, second]) as Symbolic;
  }
  y = active(y, 'post');
  const flat = tf.layers.globalAveragePooling2d({ name: 'average' }).apply(y);
  const scores = tf.layers.dense({ units: 5, name: 'scores' }).apply(flat) as Symbolic;
  return shaken(tf.model({ inputs: x, outputs: scores, name: 'preactivation' }));
}

const samples = (model: tf.LayersModel, count = 8): tf.Tensor => {
  seed = 100;
  return random([count, ...(model.inputs[0]?.shape.slice(1) as number[])]);
};
const numbers = (output: tf.Tensor | tf.Tensor[]): Float32Array =>
  ([output].flat()[0] as tf.Tensor).dataSync<'float32'>();
const span = (values: Float32Array): number => Math.max(...values) - Math.min(...values);
const furthest = (a: Float32Array, b: Float32Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));

const quantized = (
  model: tf.LayersModel,
  engine: NonNullable<QuantizeOptions['engine']>,
): Promise<QuantizedModel> => quantize(model, { calibrate: samples(model), engine });

/** Values of the graph that are real numbers, but for its outputs. */
const floats = ({ graph }: QuantizedModel): string[] =>
  [...graph.values.keys()].filter(
    (id) => !graph.activations.has(id) && !graph.outputs.includes(id),
  );

describe('padding and normalization in codes', () => {
  test('a MobileNet as Keras has it stays in codes from the input to the scores', async () => {
    const small = await quantized(mobilenet(), 'tensorflow');
    expect(floats(small)).toEqual(['scores:linear']);
    expect(small.layers.filter(({ format }) => format === 'fp32')).toEqual([]);
    for (const name of ['pad_stem', 'pad_dw2']) {
      expect(small.layers.find((layer) => layer.name === name)).toMatchObject({
        format: 'uint8',
        execution: small.layers.find((layer) => layer.name === 'stem')?.execution,
      });
    }
    const { activations, nodes } = small.graph;
    for (const { op, inputs, output } of nodes) {
      if (op.kind === 'pad')
        expect(activations.get(output)).toEqual(activations.get(inputs[0] ?? ''));
    }
  });

  test('a pre-activation ResNet does so too, its normalizations products of their own', async () => {
    const small = await quantized(preactivation(), 'tensorflow');
    expect(floats(small)).toEqual([]);
    expect(small.layers.filter(({ format }) => format === 'fp32')).toEqual([]);
    const products = small.graph.nodes.filter(({ kind }) => kind === 'BatchNormalization');
    // The second of each block follows a convolution and is part of it.
    expect(products.map(({ id }) => id)).toEqual(['norm_1a', 'norm_2a', 'norm_post']);
    for (const { op } of products) {
      expect(op).toMatchObject({ kind: 'linear', activation: 'relu', input: 'static' });
    }
    expect(small.layers.find(({ name }) => name === 'norm_1b')?.reason).toBe('folded into conv1a');
    expect(small.layers.find(({ name }) => name === 'relu_1a')?.reason).toBe('folded into norm_1a');
  });

  test.each([
    ['a MobileNet', mobilenet],
    ['a pre-activation ResNet', preactivation],
  ])('%s: the engines give what the simulation gives, near the float model', async (_, make) => {
    const model = make();
    const x = samples(model);
    const simulated = await quantized(model, 'simulated');
    const expected = numbers(simulated.predict(x));
    const float = numbers(model.predict(x));
    expect(furthest(expected, float)).toBeLessThan(0.1 * span(float));
    for (const engine of ['tensorflow', 'onnxruntime'] as const) {
      const small = await quantized(model, engine);
      // Each rounding may go the other way where a sum is within float32's rounding of a tie.
      expect(furthest(numbers(small.predict(x)), expected)).toBeLessThan(0.01 * span(float));
    }
  });

  test('zeros around an image with any zero point are zeros of the float model', async () => {
    for (const bias of [0, 0.4, -3]) {
      const x = tf.input({ shape: [5, 4, 2], name: 'x' });
      const pad = tf.layers.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
        name: 'pad',
      });
      const conv = tf.layers.conv2d({ filters: 3, kernelSize: [2, 3], name: 'conv' });
      const model = shaken(
        tf.model({ inputs: x, outputs: conv.apply(pad.apply(x)) as Symbolic, name: 'padded' }),
      );
      const images = tf.add(samples(model), bias);
      const expected = numbers(model.predict(images));
      for (const engine of ['tensorflow', 'onnxruntime', 'simulated'] as const) {
        const small = await quantize(model, { calibrate: images, engine, outputs: 'float' });
        const error = furthest(numbers(small.predict(images)), expected);
        expect(error).toBeLessThan(0.03 * span(expected));
        const dynamic = await quantize(model, { engine });
        expect(furthest(numbers(dynamic.predict(images)), expected)).toBeLessThan(
          0.03 * span(expected),
        );
      }
    }
  });

  test('ONNX has the zeros in its convolutions, and integers where we have them', async () => {
    const mobile = await quantized(mobilenet(), 'simulated');
    const { operators } = summarizeOnnx(exportOnnx(mobile));
    expect(operators['Pad']).toBeUndefined();
    const ort = await quantized(mobilenet(), 'onnxruntime');
    expect(ort.nodes.find(({ id }) => id === 'pad_dw2')).toMatchObject({
      kernel: 'none',
      reason: 'part of the convolution after it',
    });
    const resnet = await quantized(preactivation(), 'simulated');
    expect(summarizeOnnx(exportOnnx(resnet)).operators).toMatchObject({ Pad: 1, Conv: 8 });
  });

  test.each(['line', 'point'])('normalizes %ss of channels in codes', async (kind) => {
    const isLine = kind === 'line';
    const model = shaken(
      tf.sequential({
        name: kind,
        layers: [
          isLine
            ? tf.layers.conv1d({ inputShape: [9, 4], filters: 6, kernelSize: 3, name: 'first' })
            : tf.layers.dense({ inputShape: [9], units: 6, name: 'first' }),
          isLine
            ? tf.layers.maxPooling1d({ poolSize: 2, name: 'between' })
            : tf.layers.reshape({ targetShape: [6], name: 'between' }),
          tf.layers.batchNormalization({ name: 'norm' }),
          tf.layers.activation({ activation: 'relu', name: 'relu' }),
          isLine
            ? tf.layers.conv1d({ filters: 3, kernelSize: 2, name: 'last' })
            : tf.layers.dense({ units: 3, name: 'last' }),
        ],
      }),
    );
    const x = samples(model);
    const small = await quantized(model, 'tensorflow');
    expect(small.graph.nodes.find(({ id }) => id === 'norm')?.op.kind).toBe('linear');
    const expected = numbers(model.predict(x));
    expect(furthest(numbers(small.predict(x)), expected)).toBeLessThan(0.05 * span(expected));
  });

  test('a normalization stays in float where it gains nothing, and says why', async () => {
    const { dense, batchNormalization, elu } = tf.layers;
    const model = shaken(
      tf.sequential({
        layers: [
          batchNormalization({ inputShape: [6], name: 'first' }),
          dense({ units: 5, activation: 'tanh', name: 'a' }),
          batchNormalization({ name: 'middle' }),
          dense({ units: 4, activation: 'relu', name: 'b' }),
          batchNormalization({ name: 'last' }),
          elu({ name: 'elu' }),
        ],
      }),
    );
    const reasonsOf = async (options: QuantizeOptions): Promise<(string | undefined)[]> => {
      const { layers } = await quantize(model, options);
      return ['first', 'middle', 'last'].map((name) => {
        const found = layers.find((layer) => layer.name === name);
        return found?.format === 'fp32' ? found.reason : undefined;
      });
    };
    expect(await reasonsOf({ calibrate: samples(model) })).toEqual([
      'its input is made in float',
      'its input is made in float',
      'nothing after it takes integers',
    ]);
    const alone = 'no product before it to be folded into';
    expect(await reasonsOf({ mode: 'dynamic' })).toEqual([alone, alone, alone]);
    expect(await reasonsOf({ weights: 'int4' })).toEqual([alone, alone, alone]);
  });

  test('excluded normalizations stay in float', async () => {
    const model = preactivation();
    const small = await quantize(model, { calibrate: samples(model), exclude: 'norm_2a' });
    expect(small.layers.find(({ name }) => name === 'norm_2a')).toMatchObject({
      format: 'fp32',
      reason: "excluded by 'norm_2a'",
    });
    expect(small.layers.find(({ name }) => name === 'norm_1a')?.format).toBe('int8');
  });

  test('training for integers pads in codes, as the conversion does', async () => {
    const model = mobilenet();
    const x = samples(model);
    const student = prepareQat(model);
    student.compile({ optimizer: tf.train.sgd(1e-4), loss: 'meanSquaredError' });
    await student.fit(x, model.predict(x), { epochs: 2, verbose });
    const small = await convertQat(student);
    expect(small.graph.nodes.filter(({ op }) => op.kind === 'pad')).toHaveLength(2);
    const expected = numbers(student.predict(x));
    expect(furthest(numbers(small.predict(x)), expected)).toBeLessThan(0.03);
  });
});
