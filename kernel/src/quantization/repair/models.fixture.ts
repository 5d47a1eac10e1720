import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Rounding as Codes } from '../../graph/build';
import type { FusedGraph } from '../../graph/fused-graph';
import type { LinearOp } from '../../graph/quantized-graph';
import { FusedRunner } from '../../graph/run-fused';
import { INT8, type IntegerRange } from '../../integer/affine';
import { type CodeScheme, decodeWeights, type WeightGranularity } from '../../graph/weight-codes';
import { linearNodes, withLinear } from './float-graph';
import { nearestRounding, type RoundKernel } from './rounding';

/** Numbers in [0, 1) that are the same on each run. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Sets every weight by its layer's class and name, in order. */
export function fill(
  model: tf.LayersModel,
  value: (context: { layer: tf.layers.Layer; weight: string; index: number }) => number,
): void {
  for (const layer of model.layers) {
    if (layer.weights.length === 0) continue;
    const tensors = layer.weights.map(({ name, shape }) => {
      const weight = name.split('/').at(-1) ?? '';
      const sizes = shape.map((n) => n ?? 1);
      const size = sizes.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length: size }, (_, index) =>
        value({ layer, weight, index }),
      );
      return tf.tensor(data, sizes);
    });
    layer.setWeights(tensors);
    tf.dispose(tensors);
  }
}

/**
 * A small MobileNet: convolution, then two depthwise separable blocks, each step with batch
 * normalization and `activation`, global pooling, a classifier. Weights are random. With ReLU, the
 * model computes the same for any `spread`, but its channels' sizes differ by up to that factor, and
 * the layer after them makes up for it, as in trained MobileNets.
 */
export function mobileNet(
  options: { readonly spread?: number; readonly activation?: 'relu' | 'relu6' } = {},
): tf.LayersModel {
  const { spread = 1, activation = 'relu' } = options;
  const clamp = (): tf.layers.Layer =>
    activation === 'relu6' ? tf.layers.reLU({ maxValue: 6 }) : tf.layers.reLU();
  const block = (filters: number): tf.layers.Layer[] => [
    tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false }),
    tf.layers.batchNormalization(),
    clamp(),
    tf.layers.conv2d({ filters, kernelSize: 1, useBias: false }),
    tf.layers.batchNormalization(),
    clamp(),
  ];
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [12, 12, 3],
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
      }),
      tf.layers.batchNormalization(),
      clamp(),
      ...block(16),
      ...block(24),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 5 }),
    ],
  });
  const random = numbers(7);
  fill(model, ({ weight }) => {
    const x = random();
    if (weight === 'gamma') return 0.5 + x;
    if (weight === 'beta') return 0.4 * x;
    if (weight === 'moving_mean') return 0.2 * (x - 0.5);
    if (weight === 'moving_variance') return 0.5 + x;
    return x - 0.5;
  });
  if (spread !== 1) unbalance(model, spread);
  return model;
}

/** Multiplies channels after each normalization by random factors, and divides in the next layer. */
function unbalance(model: tf.LayersModel, spread: number): void {
  const random = numbers(11);
  const weighted = model.layers.filter(({ weights }) => weights.length > 0);
  weighted.forEach((norm, i) => {
    const next = weighted[i + 1];
    if (norm.getClassName() !== 'BatchNormalization' || next === undefined) return;
    const [gamma, beta, mean, variance] = norm.getWeights();
    const [kernel, ...rest] = next.getWeights();
    if (!gamma || !beta || !mean || !variance || !kernel) throw new Error('odd normalization');
    const factors = Array.from({ length: gamma.size }, () => spread ** (random() - 0.5));
    // Over the inputs' axis: the last but one of all kernels here.
    const inverse = tf.tensor(
      factors.map((factor) => 1 / factor),
      [factors.length, 1],
    );
    norm.setWeights([tf.mul(gamma, factors), tf.mul(beta, factors), mean, variance]);
    next.setWeights([tf.mul(kernel, inverse), ...rest]);
  });
}

/** Inputs for {@link mobileNet}. */
export function images(count: number, seed: number): Tensor {
  return tf.randomUniform([count, 12, 12, 3], -1, 1, 'float32', seed);
}

export interface Rounding {
  readonly format: CodeScheme['format'];
  readonly granularity?: WeightGranularity;
  readonly int8?: IntegerRange;
  readonly input?: LinearOp['input'];
}

export function rounding({
  format,
  granularity = 'per-channel',
  int8 = INT8,
  input = 'float',
}: Rounding): RoundKernel {
  return nearestRounding(() => ({
    format,
    granularity,
    rule: 'absmax/127',
    int8,
    input,
  }));
}

export const PER_TENSOR = rounding({ format: 'int8', granularity: 'per-tensor' });

/** The largest difference, relative to the largest value. */
export function difference(a: Float32Array, b: Float32Array): number {
  const size = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0) / size;
}

/** A graph's first output for one batch. */
export function outputOf(graph: FusedGraph, x: Tensor): Float32Array {
  const runner = new FusedRunner(graph);
  const outputs = runner.run([x]);
  runner.dispose();
  const [first] = outputs.map((tensor) => tensor.dataSync<'float32'>().slice());
  tf.dispose(outputs);
  return first ?? new Float32Array();
}

/** The graph with its kernels rounded, by given codes where there are some. */
export function roundedGraph(
  graph: FusedGraph,
  round: RoundKernel,
  roundings: ReadonlyMap<string, Codes> = new Map(),
): FusedGraph {
  const changes = linearNodes(graph).flatMap((node) => {
    const rounded = round(node);
    if (rounded === undefined) return [];
    const weights = { ...rounded.weights, ...roundings.get(node.id) };
    return [[node.id, { kernel: decodeWeights(weights) }] as const];
  });
  return withLinear(graph, new Map(changes));
}

/** Signal to noise in decibel. */
export function sqnr(reference: ArrayLike<number>, output: ArrayLike<number>): number {
  let [signal, noise] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    signal += (reference[i] ?? 0) ** 2;
    noise += ((reference[i] ?? 0) - (output[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

/** Sets the normalizations' statistics, in order, to those of the examples, as training does. */
export async function settleNorms(model: tf.LayersModel, x: Tensor): Promise<void> {
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue;
    const upTo = tf.model({ inputs: model.inputs, outputs: layer.input });
    const values = upTo.predict(x) as Tensor;
    const axes = values.shape.slice(0, -1).map((_, axis) => axis);
    const { mean, variance } = tf.moments(values, axes);
    const [gamma, beta] = layer.getWeights();
    if (gamma && beta) layer.setWeights([gamma, beta, mean, variance]);
    tf.dispose([values, mean, variance]);
    await tf.nextFrame();
  }
}
