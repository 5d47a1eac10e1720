import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { FloatLinearOp, FusedGraph, FusedNode } from '../graph/fused-graph';
import type { ValueId } from '../graph/model-graph';
import type { FusedActivation, MoveOp, PoolOp } from '../graph/quantized-graph';
import type { Geometry } from '../product';

/** A node that is a product with constant weights. */
export interface LinearNode extends FusedNode {
  readonly op: FloatLinearOp;
}

/** A linear node's weights as tensors: the kernel in its geometry's shape, the bias `[channels]`. */
export interface LinearWeights {
  readonly kernel: Tensor;
  readonly bias: Tensor;
}

export function isLinear(node: FusedNode): node is LinearNode {
  return node.op.kind === 'linear';
}

/** The linear nodes of a graph, in the order of execution. */
export function linearNodes({ nodes }: FusedGraph): LinearNode[] {
  return nodes.filter(isLinear);
}

/** A graph with some of its linear nodes' weights or activations replaced. */
export function withLinear(
  graph: FusedGraph,
  changes: ReadonlyMap<string, Partial<Pick<FloatLinearOp, 'kernel' | 'bias' | 'activation'>>>,
): FusedGraph {
  const nodes = graph.nodes.map((node): FusedNode => {
    const change = changes.get(node.id);
    if (change === undefined || !isLinear(node)) return node;
    const source = change.kernel === undefined ? node.op.source : undefined;
    return { ...node, op: { ...node.op, ...change, source } };
  });
  return { ...graph, nodes };
}

/** The kernel's shape in tfjs: `[in, out]`, or `[height, width, in, out | multiplier]`. */
export function kernelShape(geometry: Geometry): number[] {
  return geometry.kind === 'dense' ? [geometry.inputs, geometry.units] : [...geometry.kernel];
}

/** A linear node's weights as tensors that outlive a `tidy`. */
export function weightTensors({ op }: LinearNode): LinearWeights {
  return {
    kernel: tf.keep(tf.tensor(op.kernel.slice(), kernelShape(op.geometry))),
    bias: tf.keep(tf.tensor1d(op.bias.slice())),
  };
}

/** The outputs of one node. A linear one takes its weights as tensors. */
export function runNode(
  node: FusedNode,
  inputs: readonly Tensor[],
  weights: LinearWeights | undefined,
): Tensor[] {
  return tf.tidy(() => {
    const [x] = inputs;
    if (x === undefined) throw new Error(`node '${node.id}' was given no input`);
    const { op } = node;
    switch (op.kind) {
      case 'linear':
        if (weights === undefined) throw new Error(`node '${node.id}' has no weights`);
        return [activate(op.activation, product(x, weights, op.geometry))];
      case 'max-pool':
      case 'average-pool':
        return [pool(op, x as Tensor4D)];
      case 'add':
        return [activate(op.activation, tf.addN([...inputs]))];
      case 'concat':
        return [tf.concat([...inputs], op.axis)];
      case 'move':
        return [move(op, x)];
      case 'float':
        return [op.layer.apply(inputs.length === 1 ? x : [...inputs]) as Tensor | Tensor[]].flat();
    }
  });
}

/** Ids of all that a node makes, in the order of {@link runNode}'s outputs. */
export function outputsOf({ op, output }: FusedNode): ValueId[] {
  return op.kind === 'float' ? [output, ...(op.furtherOutputs ?? [])] : [output];
}

/** A product and its bias, before the activation. */
export function product(x: Tensor, { kernel, bias }: LinearWeights, geometry: Geometry): Tensor {
  const input = x.dtype === 'float32' ? x : tf.cast(x, 'float32');
  if (geometry.kind === 'dense') {
    const y = tf.matMul(tf.reshape(input, [-1, geometry.inputs]), kernel);
    return tf.reshape(tf.add(y, bias), [...x.shape.slice(0, -1), geometry.units]);
  }
  const convolve = geometry.kind === 'conv2d' ? tf.conv2d : tf.depthwiseConv2d;
  const strides: [number, number] = [...geometry.strides];
  return tf.add(convolve(input as Tensor4D, kernel as Tensor4D, strides, geometry.padding), bias);
}

export function activate(activation: FusedActivation, x: Tensor): Tensor {
  if (activation === 'relu') return tf.relu(x);
  return activation === 'relu6' ? tf.relu6(x) : x;
}

function pool({ kind, window }: PoolOp, x: Tensor4D): Tensor {
  const isMax = kind === 'max-pool';
  if (window === 'global') return isMax ? tf.max(x, [1, 2]) : tf.mean(x, [1, 2]);
  const [size, strides] = [window.size, window.strides].map(([height, width]): [number, number] => [
    height,
    width,
  ]) as [[number, number], [number, number]];
  return (isMax ? tf.maxPool : tf.avgPool)(x, size, strides, window.padding);
}

function move({ shape }: MoveOp, x: Tensor): Tensor {
  const open = shape.filter((size) => size === null).length;
  if (open > 1) return tf.clone(x);
  return tf.reshape(x, [x.shape[0], ...shape.map((size) => size ?? -1)]);
}
