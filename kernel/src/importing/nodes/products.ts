import * as tf from '@tensorflow/tfjs';
import { flag, type Mapped, type MappedLayer, type Mapper, numberOf, type Weight } from '../mapped';
import type { GraphModelNode, Ref } from '../read-graph';
import type { GraphReader } from '../reader';
import { preluLayer } from './activations';
import { windowOf } from './window';

/** A node that multiplies by a constant kernel. */
export interface Product {
  readonly input: Ref;
  readonly kernel: Weight;
  readonly bias: Float32Array | undefined;
  readonly channels: number;
  /** What the node does to the result; undefined where that is nothing. */
  readonly activation: MappedLayer | 'relu' | 'relu6' | undefined;
  /** Layers before the product. */
  readonly before: readonly MappedLayer[];
  readonly make: (
    name: string,
    more: { readonly useBias: boolean; readonly activation: 'linear' | 'relu' | 'relu6' },
  ) => tf.layers.Layer;
}

/** The layers of a product, with `offset` added to its bias. */
export function productLayers(product: Product, offset?: Float64Array): Mapped {
  const { input, kernel, channels, activation, before, make } = product;
  const added = offset ?? new Float64Array(1);
  const bias = Float32Array.from(
    { length: channels },
    (_, c) => (product.bias?.[c] ?? 0) + ((added.length === 1 ? added[0] : added[c]) ?? NaN),
  );
  const useBias = product.bias !== undefined || offset !== undefined;
  const isOwn = activation === 'relu' || activation === 'relu6';
  const layer: MappedLayer = {
    ...(activation === undefined || isOwn ? {} : { part: 'product' }),
    make: (name) => make(name, { useBias, activation: isOwn ? activation : 'linear' }),
    weights: [kernel, ...(useBias ? [{ values: bias, shape: [channels] }] : [])],
  };
  const after = activation === undefined || isOwn ? [] : [activation];
  return { inputs: [input], layers: [...before, layer, ...after] };
}

const product: Mapper = (node, graph) => {
  const read = readProduct(node, graph);
  return read === undefined ? undefined : productLayers(read);
};

/** Reads a node as a product; undefined where it is none that a layer computes. */
export function readProduct(node: GraphModelNode, graph: GraphReader): Product | undefined {
  const read = READ[node.op];
  const found = read?.(node, graph);
  if (found === undefined || !graph.isFloat(found.input)) return undefined;
  return withFused(node, graph, found);
}

type Plain = Omit<Product, 'bias' | 'activation'>;
type Read = (node: GraphModelNode, graph: GraphReader) => Plain | undefined;

const zeros = { kernelInitializer: 'zeros', biasInitializer: 'zeros' } as const;

const convolution: Read = (node, graph) => {
  const [input, filter] = node.inputs;
  const kernel = kernelOf(graph, filter, 4);
  if (input === undefined || kernel === undefined) return undefined;
  const [height = 1, width = 1, depth = 1, last = 1] = kernel.shape;
  const window = windowOf(node);
  // A kernel of fewer channels than the image has is one of groups.
  if (window === undefined || graph.shape(input).at(-1) !== depth) return undefined;
  const { before, ...shared } = window;
  const isDepthwise = node.op.includes('Depthwise');
  const kernelSize: [number, number] = [height, width];
  return {
    input,
    kernel,
    channels: isDepthwise ? depth * last : last,
    before,
    make: (name, more) =>
      isDepthwise
        ? tf.layers.depthwiseConv2d({
            name,
            kernelSize,
            depthMultiplier: last,
            ...shared,
            depthwiseInitializer: 'zeros',
            biasInitializer: 'zeros',
            ...more,
          })
        : tf.layers.conv2d({ name, kernelSize, filters: last, ...shared, ...zeros, ...more }),
  };
};

const transposed: Read = (node, graph) => {
  const [, filter, input] = node.inputs;
  const kernel = kernelOf(graph, filter, 4);
  const window = windowOf(node);
  if (input === undefined || kernel === undefined || window === undefined) return undefined;
  const { strides, padding, dilationRate } = window;
  const [height = 1, width = 1, filters = 1] = kernel.shape;
  const [, ...from] = graph.shape(input);
  const [, ...to] = graph.shape({ node: node.name, index: 0 });
  // A layer infers the size that the node is told.
  const isInferred = [height, width].every((size, axis) => {
    const [length, stride = 1] = [from[axis], strides[axis]];
    if (typeof length !== 'number') return false;
    return (
      to[axis] ===
      (padding === 'same' ? length * stride : length * stride + Math.max(size - stride, 0))
    );
  });
  const isPlain = window.before.length === 0 && dilationRate.every((rate) => rate === 1);
  if (!isInferred || !isPlain) return undefined;
  return {
    input,
    kernel,
    channels: filters,
    before: [],
    make: (name, more) =>
      tf.layers.conv2dTranspose({
        name,
        kernelSize: [height, width],
        filters,
        strides,
        padding,
        ...zeros,
        ...more,
      }),
  };
};

const dense: Read = (node, graph) => {
  const [input, matrix] = node.inputs;
  const stored = kernelOf(graph, matrix, 2);
  const isTransposed = flag(node, 'transposeA');
  if (input === undefined || stored === undefined || isTransposed) return undefined;
  if (graph.shape(input).length < 2) return undefined;
  const kernel = flag(node, 'transposeB') ? transpose(stored) : stored;
  const [, units = 1] = kernel.shape;
  return {
    input,
    kernel,
    channels: units,
    before: [],
    make: (name, more) => tf.layers.dense({ name, units, ...zeros, ...more }),
  };
};

const READ: Readonly<Record<string, Read>> = {
  Conv2D: convolution,
  _FusedConv2D: convolution,
  DepthwiseConv2dNative: convolution,
  DepthwiseConv2d: convolution,
  FusedDepthwiseConv2dNative: convolution,
  Conv2DBackpropInput: transposed,
  MatMul: dense,
  _FusedMatMul: dense,
  BatchMatMul: dense,
  BatchMatMulV2: dense,
};

export const products: Readonly<Record<string, Mapper>> = Object.fromEntries(
  Object.keys(READ).map((op) => [op, product]),
);

/** What a fused op does after its product: a bias, an activation. */
function withFused(node: GraphModelNode, graph: GraphReader, plain: Plain): Product | undefined {
  const fused = node.attributes['fusedOps'];
  const steps = Array.isArray(fused) ? fused.map((step) => String(step).toLowerCase()) : [];
  const args = node.inputs.slice(2);
  let bias: Float32Array | undefined;
  if (steps[0] === 'biasadd') {
    const values = graph.constant(args.shift())?.values;
    if (values?.length !== plain.channels) return undefined;
    bias = Float32Array.from(values);
    steps.shift();
  }
  const [activation, ...rest] = steps.filter((step) => step !== 'noop' && step !== '');
  if (rest.length > 0) return undefined;
  if (activation === undefined || activation === 'linear') {
    return { ...plain, bias, activation: undefined };
  }
  if (activation === 'relu' || activation === 'relu6') return { ...plain, bias, activation };
  const layer = afterProduct(activation, node, graph, args);
  return layer === undefined ? undefined : { ...plain, bias, activation: layer };
}

function afterProduct(
  activation: string,
  node: GraphModelNode,
  graph: GraphReader,
  [slope]: readonly Ref[],
): MappedLayer | undefined {
  switch (activation) {
    case 'elu':
    case 'sigmoid':
    case 'tanh':
      return { make: (name) => tf.layers.activation({ name, activation }) };
    case 'leakyrelu': {
      const alpha = numberOf(node, 'leakyreluAlpha', 0.2);
      return { make: (name) => tf.layers.leakyReLU({ name, alpha }) };
    }
    case 'prelu':
      return slope && preluLayer(graph, slope, graph.shape({ node: node.name, index: 0 }));
    default:
      return undefined;
  }
}

function kernelOf(graph: GraphReader, ref: Ref | undefined, rank: number): Weight | undefined {
  const constant = graph.constant(ref);
  if (constant?.dtype !== 'float32' || constant.shape.length !== rank) return undefined;
  return { values: Float32Array.from(constant.values), shape: constant.shape };
}

function transpose({ values, shape: [rows = 1, columns = 1] }: Weight): Weight {
  const turned = Float32Array.from(
    values,
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0,
  );
  return { values: turned, shape: [columns, rows] };
}
