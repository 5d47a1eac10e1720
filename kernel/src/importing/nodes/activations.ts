import * as tf from '@tensorflow/tfjs';
import { layerOf, type Mapped, type MappedLayer, type Mapper, numberOf } from '../mapped';
import type { GraphModelNode, Ref } from '../read-graph';
import type { GraphReader } from '../reader';
import { pool } from './pools';

type Named = Parameters<typeof tf.layers.activation>[0]['activation'];

/** Ops that are an activation by its name in tfjs. */
const NAMED: Readonly<Record<string, Named>> = {
  Elu: 'elu',
  Selu: 'selu',
  Sigmoid: 'sigmoid',
  Softplus: 'softplus',
  Tanh: 'tanh',
};

const named: Mapper = (node, graph) =>
  onFloat(node, graph, (name) =>
    tf.layers.activation({ name, activation: NAMED[node.op] as Named }),
  );

/** tfjs's layer is over axis 1 unless it is told; TensorFlow's op is over the last. */
const softmax: Mapper = (node, graph) =>
  onFloat(node, graph, (name) => tf.layers.softmax({ name, axis: -1 }));

const leakyRelu: Mapper = (node, graph) =>
  onFloat(node, graph, (name) =>
    tf.layers.leakyReLU({ name, alpha: numberOf(node, 'alpha', 0.2) }),
  );

function onFloat(
  { inputs: [x] }: GraphModelNode,
  graph: GraphReader,
  make: MappedLayer['make'],
): Mapped | undefined {
  if (x === undefined || !graph.isFloat(x) || graph.shape(x).length < 2) return undefined;
  return layerOf([x], make);
}

const prelu: Mapper = (node, graph) => {
  const [x, slope] = node.inputs;
  if (x === undefined || slope === undefined) return undefined;
  const layer = preluLayer(graph, slope, graph.shape(x));
  return layer === undefined ? undefined : { inputs: [x], layers: [layer] };
};

/** A leaky ReLU with a slope for each channel or place, for a value of that shape. */
export function preluLayer(
  graph: GraphReader,
  slope: Ref,
  shape: readonly (number | null)[],
): MappedLayer | undefined {
  const constant = graph.constant(slope);
  if (constant?.dtype !== 'float32') return undefined;
  const rest = shape.slice(1);
  const sizes = [...constant.shape];
  while (sizes.length > rest.length && sizes[0] === 1) sizes.shift();
  if (sizes.length > rest.length) return undefined;
  while (sizes.length < rest.length) sizes.unshift(1);
  const fits = sizes.every((size, axis) => size === 1 || size === rest[axis]);
  if (!fits) return undefined;
  const sharedAxes = sizes.flatMap((size, axis) => (size === 1 ? [axis + 1] : []));
  return {
    make: (name) => tf.layers.prelu({ name, ...(sharedAxes.length === 0 ? {} : { sharedAxes }) }),
    weights: [{ values: Float32Array.from(constant.values), shape: sizes }],
  };
}

/** What a clamp lets through. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** One clamp, or several in a row, where that is a ReLU with or without a limit. */
export const clamp: Mapper = (node, graph) => {
  let step = clampOf(node, graph);
  let range: Range = { from: -Infinity, to: Infinity };
  let input: Ref | undefined;
  while (step !== undefined) {
    // What comes first is clamped again by what follows.
    const { from, to } = range;
    range = { from: bounded(step.from, from, to), to: bounded(step.to, from, to) };
    input = step.input;
    const before: GraphModelNode | undefined = graph.taken(input);
    step = before === undefined ? undefined : clampOf(before, graph);
  }
  if (input === undefined || range.from !== 0 || range.to <= 0) return undefined;
  const { to } = range;
  const relu: MappedLayer = {
    make: (name) => tf.layers.reLU({ name, ...(to === Infinity ? {} : { maxValue: to }) }),
  };
  // Before a pool of maxima it does the same, and can be part of the product there.
  const before = graph.taken(input);
  const pooled = before?.op === 'MaxPool' ? pool(before, graph) : undefined;
  if (pooled === undefined) return { inputs: [input], layers: [relu] };
  return { inputs: pooled.inputs, layers: [{ ...relu, part: 'relu' }, ...pooled.layers] };
};

function bounded(value: number, from: number, to: number): number {
  return Math.min(Math.max(value, from), to);
}

function clampOf(
  node: GraphModelNode,
  graph: GraphReader,
): (Range & { readonly input: Ref }) | undefined {
  const [x, other] = node.inputs;
  if (x === undefined || !graph.isFloat(x)) return undefined;
  const range = (from: number, to: number, input = x): Range & { readonly input: Ref } => ({
    from,
    to,
    input,
  });
  if (node.op === 'Relu') return range(0, Infinity);
  if (node.op === 'Relu6') return range(0, 6);
  if (node.op === 'ClipByValue') {
    const [from, to] = node.inputs.slice(1).map((limit) => scalar(graph, limit));
    return from === undefined || to === undefined ? undefined : range(from, to);
  }
  if (other === undefined || (node.op !== 'Minimum' && node.op !== 'Maximum')) return undefined;
  const [left, right] = [scalar(graph, x), scalar(graph, other)];
  const limit = right ?? left;
  if (limit === undefined) return undefined;
  const input = right === undefined ? other : x;
  return node.op === 'Minimum' ? range(-Infinity, limit, input) : range(limit, Infinity, input);
}

function scalar(graph: GraphReader, ref: Ref): number | undefined {
  const constant = graph.constant(ref);
  return constant?.values.length === 1 ? constant.values[0] : undefined;
}

export const activations: Readonly<Record<string, Mapper>> = {
  ...Object.fromEntries(Object.keys(NAMED).map((op) => [op, named])),
  Softmax: softmax,
  LeakyRelu: leakyRelu,
  Prelu: prelu,
  Relu: clamp,
  Relu6: clamp,
  ClipByValue: clamp,
};
