import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { hasNativeBackend } from '../../backend/load';
import { withPrecision } from '../../precision/scope';
import { outputChannels, weightShape } from '../product';
import type { FloatLinearOp, FusedGraph, FusedNode } from './fused-graph';
import { Masks } from './masks';
import { readers, type ValueId } from './model-graph';
import type { AddOp, PoolOp } from './quantized-graph';

/** Sees each value of a run, the inputs too. The tensor is gone after the call. */
export type Watch = (id: ValueId, value: Tensor) => void;

/** Runs a fused graph in float32, a value no longer kept than something still reads it. */
export class FusedRunner {
  readonly #weights = new Map<FloatLinearOp, { kernel: Tensor; bias: Tensor }>();
  readonly #readers: ReadonlyMap<ValueId, number>;

  constructor(private readonly graph: FusedGraph) {
    this.#readers = readers(graph);
  }

  /** One tensor per input, `[batch, ...]`, to one per output. The caller owns the results. */
  run(inputs: readonly Tensor[], watch: Watch = () => undefined): Tensor[] {
    const run = (): Tensor[] => this.#run(inputs, watch);
    // Whatever the session's policy is: ranges are those of the float32 model.
    return hasNativeBackend() ? withPrecision('fp32', run) : run();
  }

  dispose(): void {
    for (const { kernel, bias } of this.#weights.values()) tf.dispose([kernel, bias]);
    this.#weights.clear();
  }

  #run(inputs: readonly Tensor[], watch: Watch): Tensor[] {
    const { graph } = this;
    const values = new Map<ValueId, Tensor>();
    const left = new Map(this.#readers);
    const masks = Masks.of(graph);
    const put = (id: ValueId, tensor: Tensor): void => {
      values.set(id, tensor);
      watch(id, tensor);
      if ((left.get(id) ?? 0) === 0) release(id, left, values);
    };
    try {
      graph.inputs.forEach(({ id }, i) => {
        put(id, tf.keep(tf.clone(inputs[i] as Tensor)));
      });
      for (const node of graph.nodes) {
        const read = node.inputs.map((id) => values.get(id) as Tensor);
        const results = tf.tidy(() => this.#evaluate(node, read, masks?.get(node)));
        masks?.pass(node, () => read);
        results.forEach((tensor, i) => {
          put(outputsOf(node)[i] ?? node.output, tf.keep(tensor));
        });
        for (const id of node.inputs) release(id, left, values);
      }
      const outputs = graph.outputs.map((id) => tf.clone(values.get(id) as Tensor));
      return outputs;
    } finally {
      for (const tensor of values.values()) tensor.dispose();
      masks?.dispose();
    }
  }

  #evaluate({ op, inputs: ids, id }: FusedNode, inputs: Tensor[], mask?: Tensor): Tensor[] {
    const [x] = inputs;
    if (x === undefined)
      throw new Error(`'${id}' has ${ids.length} inputs, of which none is there`);
    switch (op.kind) {
      case 'linear':
        return [clamp(this.#multiply(op, x), op)];
      case 'max-pool':
      case 'average-pool':
        return [pool(op, x as Tensor4D)];
      case 'add':
        return [clamp(tf.add(x, inputs[1] ?? x), op)];
      case 'concat':
        return [tf.concat(inputs, op.axis)];
      case 'move':
        return [op.shape.filter((n) => n === null).length > 1 ? tf.clone(x) : reshape(x, op.shape)];
      case 'float':
        return call(op.layer, inputs, mask);
    }
  }

  #multiply(op: FloatLinearOp, x: Tensor): Tensor {
    const { kernel, bias } = this.#weightsOf(op);
    const { geometry } = op;
    if (geometry.kind === 'dense') {
      const rows = tf.reshape(x, [-1, geometry.inputs]);
      const y = tf.add(tf.matMul(rows, kernel as Tensor2D), bias);
      return tf.reshape(y, [...x.shape.slice(0, -1), geometry.units]);
    }
    const { kind, strides, padding } = geometry;
    const convolve = kind === 'conv2d' ? tf.conv2d : tf.depthwiseConv2d;
    const y = convolve(
      x as Tensor4D,
      kernel as Tensor4D,
      [...strides] as [number, number],
      padding,
    );
    return tf.add(y, bias);
  }

  #weightsOf(op: FloatLinearOp): { kernel: Tensor; bias: Tensor } {
    let weights = this.#weights.get(op);
    if (weights === undefined) {
      weights = {
        kernel: tf.keep(tf.tensor(op.kernel.slice(), weightShape(op.geometry))),
        bias: tf.keep(tf.tensor(op.bias.slice(), [outputChannels(op.geometry)])),
      };
      this.#weights.set(op, weights);
    }
    return weights;
  }
}

/** A float layer's outputs; it may hand its input on, which is not its to give away. */
function call(layer: tf.layers.Layer, inputs: Tensor[], mask: Tensor | undefined): Tensor[] {
  const given = inputs.length === 1 ? (inputs[0] as Tensor) : inputs;
  const outputs = layer.apply(given, mask === undefined ? {} : { mask });
  return ([outputs].flat() as Tensor[]).map((tensor) => tf.clone(tensor));
}

function outputsOf({ output, op }: FusedNode): ValueId[] {
  return [output, ...(op.kind === 'float' ? (op.furtherOutputs ?? []) : [])];
}

function release(id: ValueId, left: Map<ValueId, number>, values: Map<ValueId, Tensor>): void {
  const count = (left.get(id) ?? 0) - 1;
  left.set(id, count);
  if (count > 0) return;
  values.get(id)?.dispose();
  values.delete(id);
}

function clamp(x: Tensor, { activation }: FloatLinearOp | AddOp): Tensor {
  if (activation === 'linear') return x;
  return activation === 'relu' ? tf.relu(x) : tf.clipByValue(x, 0, 6);
}

function pool({ kind, window }: PoolOp, x: Tensor4D): Tensor {
  if (window === 'global') return kind === 'max-pool' ? tf.max(x, [1, 2]) : tf.mean(x, [1, 2]);
  const size = [...window.size] as [number, number];
  const strides = [...window.strides] as [number, number];
  const run = kind === 'max-pool' ? tf.maxPool : tf.avgPool;
  return run(x, size, strides, window.padding);
}

function reshape(x: Tensor, shape: readonly (number | null)[]): Tensor {
  const sizes = shape.map((size) => size ?? -1);
  return tf.reshape(x, [x.shape[0], ...sizes]);
}
