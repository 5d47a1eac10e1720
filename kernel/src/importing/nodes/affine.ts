import * as tf from '@tensorflow/tfjs';
import { flag, layerOf, type Mapped, type Mapper, numberOf } from '../mapped';
import type { GraphModelNode, Ref } from '../read-graph';
import type { Constant, GraphReader } from '../reader';
import { productLayers, readProduct } from './products';

/** `gain * x + offset`; one of each, or one a channel. */
interface Affine {
  readonly input: Ref;
  readonly gain: Float64Array;
  readonly offset: Float64Array;
}

/** Keras's default: with a variance of 1 less that, a normalization divides by 1. */
const EPSILON = 1e-3;

/**
 * Sums, differences, products and quotients with constants, one a channel at most, and batch
 * normalization: however many in a row are one layer. After a product they are its bias, or the batch
 * normalization that quantization folds into it; alone they are that or, with one constant for all, a
 * rescaling.
 */
export const affine: Mapper = (node, graph) => {
  const chain = chainOf(node, graph);
  if (chain === undefined) return undefined;
  const { input, gain, offset } = chain;
  const shape = graph.shape(input);
  const base = graph.taken(input);
  const product = base === undefined ? undefined : readProduct(base, graph);
  const isPlain = product !== undefined && product.activation === undefined;
  if (isPlain && gain.every((factor) => factor === 1)) {
    return productLayers(product, offset);
  }
  if (!isPlain && gain.length === 1 && offset.length === 1) {
    return layerOf([input], (name) =>
      tf.layers.rescaling({ name, scale: gain[0] ?? 1, offset: offset[0] ?? 0 }),
    );
  }
  return shape.length >= 2 && shape.length <= 4 ? normalization(chain, shape.at(-1)) : undefined;
};

function normalization(
  { input, gain, offset }: Affine,
  channels: number | null | undefined,
): Mapped | undefined {
  if (typeof channels !== 'number') return undefined;
  const perChannel = (values: Float64Array): Float32Array =>
    Float32Array.from({ length: channels }, (_, c) => at(values, c));
  const constant = (value: number): Float32Array => new Float32Array(channels).fill(value);
  const weights = [perChannel(gain), perChannel(offset), constant(0), constant(1 - EPSILON)];
  return {
    inputs: [input],
    layers: [
      {
        make: (name) => tf.layers.batchNormalization({ name, epsilon: EPSILON }),
        weights: weights.map((values) => ({ values, shape: [channels] })),
      },
    ],
  };
}

/** A node and those before it that only it reads. */
function chainOf(node: GraphModelNode, graph: GraphReader): Affine | undefined {
  let chain = affineOf(node, graph);
  while (chain !== undefined) {
    const before = graph.taken(chain.input);
    const inner = before === undefined ? undefined : affineOf(before, graph);
    if (inner === undefined) return chain;
    const { gain, offset } = chain;
    const length = Math.max(gain.length, offset.length, inner.gain.length, inner.offset.length);
    const each = (value: (c: number) => number): Float64Array =>
      Float64Array.from({ length }, (_, c) => value(c));
    chain = {
      input: inner.input,
      gain: each((c) => at(gain, c) * at(inner.gain, c)),
      offset: each((c) => at(gain, c) * at(inner.offset, c) + at(offset, c)),
    };
  }
  return undefined;
}

function at(values: Float64Array, channel: number): number {
  return (values.length === 1 ? values[0] : values[channel]) ?? NaN;
}

const ONE = Float64Array.of(1);
const NONE = Float64Array.of(0);

function affineOf(node: GraphModelNode, graph: GraphReader): Affine | undefined {
  const { op } = node;
  if (op.startsWith('FusedBatchNorm')) return ofNormalization(node, graph);
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined) return undefined;
  const [left, right] = [graph.constant(a), graph.constant(b)];
  if ((left === undefined) === (right === undefined)) return undefined;
  const input = right === undefined ? b : a;
  const values = perChannel((right ?? left) as Constant, input, graph);
  if (values === undefined) return undefined;
  switch (op) {
    case 'BiasAdd':
    case 'Add':
    case 'AddV2':
      return { input, gain: ONE, offset: values };
    case 'Mul':
      return { input, gain: values, offset: NONE };
    case 'Sub':
      return right === undefined
        ? { input, gain: Float64Array.of(-1), offset: values }
        : { input, gain: ONE, offset: values.map((value) => -value) };
    case 'RealDiv':
    case 'Div':
      return right === undefined
        ? undefined
        : { input, gain: values.map((value) => 1 / value), offset: NONE };
    default:
      return undefined;
  }
}

function ofNormalization(node: GraphModelNode, graph: GraphReader): Affine | undefined {
  const [input, ...rest] = node.inputs;
  if (input === undefined || flag(node, 'isTraining')) return undefined;
  if (graph.indices(node).some((index) => index > 0)) return undefined;
  const constants = rest.slice(0, 4).map((ref) => graph.constant(ref));
  const [scale, offset, mean, variance] = constants.map(
    (constant) => constant && perChannel(constant, input, graph),
  );
  if (!scale || !offset || !mean || !variance) return undefined;
  const epsilon = numberOf(node, 'epsilon', 1e-4);
  const gain = scale.map((factor, c) => factor / Math.sqrt((variance[c] ?? NaN) + epsilon));
  return { input, gain, offset: offset.map((b, c) => b - (mean[c] ?? NaN) * (gain[c] ?? NaN)) };
}

/** A constant as one value, or one a channel of `input`; undefined where it is another. */
function perChannel(
  { shape, dtype, values }: Constant,
  input: Ref,
  graph: GraphReader,
): Float64Array | undefined {
  const of = graph.shape(input);
  if (dtype !== 'float32' || !graph.isFloat(input) || of.length < 2) return undefined;
  if (shape.length > of.length) return undefined;
  if (values.length === 1) return Float64Array.from(values);
  const isLast = shape.at(-1) === values.length && values.length === of.at(-1);
  return isLast ? Float64Array.from(values) : undefined;
}
