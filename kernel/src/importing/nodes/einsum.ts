import * as tf from '@tensorflow/tfjs';
import type { MappedLayer, Mapper } from '../mapped';
import type { GraphModelNode, Ref } from '../read-graph';
import type { GraphReader, Sizes } from '../reader';
import { type Product, productLayers } from './products';

/** What a sum of products makes of its axes: the rows that stay, those that are summed, new ones. */
interface Axes {
  readonly rows: string;
  readonly summed: string;
  readonly made: string;
}

/** `ab` with `cd`, `cd` with `ef`, to `abef`; undefined where axes come in another order. */
function axesOf(equation: string): Axes | undefined {
  const found = /^([A-Za-z]+),([A-Za-z]+)->([A-Za-z]+)$/.exec(equation.replaceAll(' ', ''));
  const [, x = '', kernel = '', y = ''] = found ?? [];
  const summed = Array.from(x)
    .filter((axis) => kernel.includes(axis))
    .join('');
  const rows = Array.from(x)
    .filter((axis) => !kernel.includes(axis))
    .join('');
  const made = kernel.slice(summed.length);
  const isDense =
    rows !== '' &&
    summed !== '' &&
    made !== '' &&
    x === rows + summed &&
    kernel === summed + made &&
    y === rows + made;
  return isDense ? { rows, summed, made } : undefined;
}

/**
 * A dense layer of an `Einsum` with a constant, as attention's projections are: `abc,cde->abde` and
 * `abcd,cde->abe`, with a reshape where several axes are summed or made.
 */
export function readEinsum(node: GraphModelNode, graph: GraphReader): Product | undefined {
  const [input, matrix] = node.inputs;
  const axes = node.op === 'Einsum' ? axesOf(String(node.attributes['equation'])) : undefined;
  const kernel = graph.constant(matrix);
  if (input === undefined || axes === undefined || kernel?.dtype !== 'float32') return undefined;
  const { rows, summed, made } = axes;
  const shape = graph.shape(input);
  if (!graph.isFloat(input) || graph.constant(input) !== undefined) return undefined;
  const depth = sizeOf(kernel.shape.slice(0, summed.length));
  const channels = sizeOf(kernel.shape.slice(summed.length));
  const kept = shape.slice(1, rows.length);
  if (kept.filter((size) => size === null).length > 1) return undefined;
  const flat = reshaped([...kept, depth], 'flat');
  const split = reshaped([...kept, ...kernel.shape.slice(summed.length)]);
  return {
    input,
    kernel: { values: Float32Array.from(kernel.values), shape: [depth, channels] },
    bias: undefined,
    channels,
    activation: made.length > 1 ? split : undefined,
    before: summed.length > 1 ? [flat] : [],
    make: (name, more) => tf.layers.dense({ name, units: channels, ...ZEROS, ...more }),
  };
}

const ZEROS = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;

export const einsum: Mapper = (node, graph) => {
  const product = readEinsum(node, graph);
  return product === undefined ? undefined : productLayers(product);
};

/** A constant for each of the new axes' places, added to an `Einsum` that nothing else reads. */
export const einsumBias: Mapper = (node, graph) => {
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined) return undefined;
  return biased(a, b, graph) ?? biased(b, a, graph);
};

function biased(value: Ref, added: Ref, graph: GraphReader): ReturnType<Mapper> {
  const constant = graph.constant(added);
  const base = constant && graph.taken(value);
  const product = base && readEinsum(base, graph);
  if (product === undefined || constant?.dtype !== 'float32') return undefined;
  const made = graph.shape(value).slice(-constant.shape.length);
  const isWhole =
    constant.values.length === product.channels &&
    String(made) === String(constant.shape) &&
    sizeOf(made) === product.channels;
  return isWhole ? productLayers(product, Float64Array.from(constant.values)) : undefined;
}

function reshaped(sizes: Sizes, part?: string): MappedLayer {
  const targetShape = sizes.map((size) => size ?? -1);
  return {
    ...(part === undefined ? {} : { part }),
    make: (name) => tf.layers.reshape({ name, targetShape }),
  };
}

function sizeOf(sizes: Sizes): number {
  return sizes.reduce<number>((product, size) => product * (size ?? 1), 1);
}
