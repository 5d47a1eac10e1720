import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { type Geometry, outputChannels, weightShape } from '../integer/product';
import type { FloatLinearOp, FusedNode } from './fused-graph';
import type { ValueId } from '../models/model-graph';
import type { FusedActivation, MoveOp, PadOp, PoolOp } from './quantized-graph';

/** A product's weights as tensors: the kernel in its geometry's shape, the bias `[channels]`. */
export interface LinearWeights {
  readonly kernel: Tensor;
  readonly bias: Tensor;
}

/** The weights of a linear node as tensors that outlive a `tidy`. The caller disposes of them. */
export function weightTensors({ kernel, bias, geometry }: FloatLinearOp): LinearWeights {
  return {
    kernel: tf.keep(tf.tensor(kernel.slice(), weightShape(geometry))),
    bias: tf.keep(tf.tensor1d(bias.slice(), 'float32')),
  };
}

/** Ids of all that a node makes, in the order of {@link runNode}'s results. */
export function outputsOf({ op, output }: FusedNode): ValueId[] {
  return [output, ...(op.kind === 'float' ? (op.furtherOutputs ?? []) : [])];
}

/**
 * One node of a fused graph in float32.
 * @param weights Of a linear node.
 * @param mask For a float layer: which steps of its input are there.
 */
export function runNode(
  node: FusedNode,
  inputs: readonly Tensor[],
  weights: LinearWeights | undefined,
  mask?: Tensor,
): Tensor[] {
  const { op, id } = node;
  const [x] = inputs;
  if (x === undefined) throw new Error(`'${id}' has no input`);
  return tf.tidy(() => {
    switch (op.kind) {
      case 'linear':
        if (weights === undefined) throw new Error(`'${id}' has no weights`);
        return [activate(op.activation, product(x, weights, op.geometry))];
      case 'max-pool':
      case 'average-pool':
        return [pool(op, x as Tensor4D)];
      case 'add':
        return [activate(op.activation, tf.add(x, inputs[1] ?? x))];
      case 'concat':
        return [tf.concat([...inputs], op.axis)];
      case 'move':
        return [move(op, x)];
      case 'pad':
        return [pad(op, x as Tensor4D)];
      case 'float':
        return call(op.layer, inputs, mask);
    }
  });
}

/** A product and its bias, before the activation. */
export function product(x: Tensor, { kernel, bias }: LinearWeights, geometry: Geometry): Tensor {
  const input = x.dtype === 'float32' ? x : tf.cast(x, 'float32');
  if (geometry.kind === 'dense') {
    const y = tf.matMul(tf.reshape(input, [-1, geometry.inputs]), kernel);
    return tf.reshape(tf.add(y, bias), [...x.shape.slice(0, -1), outputChannels(geometry)]);
  }
  const convolve = geometry.kind === 'conv2d' ? tf.conv2d : tf.depthwiseConv2d;
  const strides: [number, number] = [...geometry.strides];
  const y = convolve(input as Tensor4D, kernel as Tensor4D, strides, geometry.padding);
  return tf.add(y, bias);
}

export function activate(activation: FusedActivation, x: Tensor): Tensor {
  if (activation === 'linear') return x;
  return activation === 'relu' ? tf.relu(x) : tf.clipByValue(x, 0, 6);
}

/** A float layer's outputs; it may hand its input on, which is not its to give away. */
function call(
  layer: tf.layers.Layer,
  inputs: readonly Tensor[],
  mask: Tensor | undefined,
): Tensor[] {
  const given = inputs.length === 1 ? (inputs[0] as Tensor) : [...inputs];
  const outputs = layer.apply(given, mask === undefined ? {} : { mask });
  return ([outputs].flat() as Tensor[]).map((tensor) => tf.clone(tensor));
}

function pool({ kind, window }: PoolOp, x: Tensor4D): Tensor {
  if (window === 'global') return kind === 'max-pool' ? tf.max(x, [1, 2]) : tf.mean(x, [1, 2]);
  const size: [number, number] = [...window.size];
  const strides: [number, number] = [...window.strides];
  const run = kind === 'max-pool' ? tf.maxPool : tf.avgPool;
  return run(x, size, strides, window.padding);
}

/** Zeros around images of real numbers. */
export function pad({ rows, columns }: PadOp, x: Tensor4D): Tensor {
  return tf.pad4d(x, [
    [0, 0],
    [rows[0], rows[1]],
    [columns[0], columns[1]],
    [0, 0],
  ]);
}

function move({ shape }: MoveOp, x: Tensor): Tensor {
  if (shape.filter((size) => size === null).length > 1) return tf.clone(x);
  return tf.reshape(x, [x.shape[0], ...shape.map((size) => size ?? -1)]);
}
