import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { hasNativeBackend } from '../backend/load';
import { withPrecision } from '../precision/scope';
import type {
  AddOp,
  ConcatOp,
  FloatOp,
  FusedActivation,
  MoveOp,
  PadOp,
  PoolOp,
  QuantizedNode,
} from '../graph/quantized-graph';
import { pad } from '../graph/run-node';
import type { LayerCall, NodeKernel } from './kernel';
import type { FloatResult, Value } from './value';

type Compute = (inputs: readonly Tensor[]) => Tensor;

/**
 * A node that computes in float32: codes are dequantized before it and quantized after it, where
 * its neighbors have any.
 */
export class FloatNode implements NodeKernel {
  readonly engine = 'tfjs' as const;
  readonly #compute: Compute;

  constructor(
    readonly kernel: string,
    readonly reason: string,
    compute: Compute,
    /** `simulated` for an integer node that has no integer kernel here. */
    readonly execution: 'simulated' | undefined,
    readonly weightBytes = 0,
  ) {
    this.#compute = compute;
  }

  run(inputs: readonly Value[]): FloatResult {
    const tensors = inputs.map((input) => input.float());
    return { kind: 'float', tensor: tf.tidy(() => this.#compute(tensors)) };
  }

  dispose(): void {
    // The layer's weights belong to the graph.
  }
}

/** A layer that stays in float. Under a policy of the session it computes as any layer does. */
export class FloatLayer implements NodeKernel {
  readonly engine = 'tfjs' as const;
  readonly kernel = 'tfjs';
  readonly execution = undefined;
  readonly reason: string;
  readonly weightBytes: number;
  readonly #layer: FloatOp['layer'];

  constructor(op: FloatOp) {
    this.#layer = op.layer;
    this.reason = op.reason;
    this.weightBytes = op.layer.weights.reduce(
      (sum, { shape }) => sum + 4 * shape.reduce<number>((a, b) => a * (b ?? 1), 1),
      0,
    );
  }

  /** All the layer's outputs. */
  run(inputs: readonly Value[], { mask }: Partial<LayerCall> = {}): readonly FloatResult[] {
    const tensors = inputs.map((input) => input.float());
    const results = tf.tidy(() => {
      const options = mask === undefined ? { training: false } : { training: false, mask };
      const outputs = [this.#layer.apply(tensors, options)].flat() as Tensor[];
      // A layer may hand its input on, which is not its to give away.
      return outputs.map((tensor) => tf.clone(tensor));
    });
    return results.map((tensor) => ({ kind: 'float', tensor }));
  }

  dispose(): void {
    // The layer's weights belong to the graph.
  }
}

/** Pooling, addition, concatenation, moves and padding on real numbers. */
export function floatNode(
  node: QuantizedNode & { readonly op: PoolOp | AddOp | ConcatOp | MoveOp | PadOp },
  shape: readonly (number | null)[],
  reason: string,
  execution: 'simulated' | undefined,
): FloatNode {
  const compute = computeOf(node.op, shape);
  return new FloatNode(`${node.op.kind} in fp32`, reason, inFloat32(compute), execution);
}

function computeOf(
  op: PoolOp | AddOp | ConcatOp | MoveOp | PadOp,
  shape: readonly (number | null)[],
): Compute {
  switch (op.kind) {
    case 'max-pool':
    case 'average-pool':
      return ([x]) => pool(x as Tensor4D, op, shape);
    case 'add':
      return ([a, b]) => activate(tf.add(a as Tensor, b as Tensor), op.activation);
    case 'concat':
      return (inputs) => tf.concat([...inputs], op.axis);
    case 'move':
      return ([x]) => tf.reshape(x as Tensor, moved(x?.shape ?? [], op));
    case 'pad':
      return ([x]) => pad(op, x as Tensor4D);
  }
}

/** The shape that a move gives: the input's where more than one size beside the batch's is open. */
export function moved(from: readonly number[], { shape }: MoveOp): number[] {
  if (shape.filter((length) => length === null).length > 1) return [...from];
  const size = from.slice(1).reduce((a, b) => a * b, 1);
  const known = shape.reduce<number>((a, b) => a * (b ?? 1), 1);
  return [from[0] ?? 0, ...shape.map((length) => length ?? size / known)];
}

function pool(x: Tensor4D, { kind, window }: PoolOp, shape: readonly (number | null)[]): Tensor {
  if (window === 'global') {
    const reduce = kind === 'max-pool' ? tf.max : tf.mean;
    return reduce(x, [1, 2], shape.length === 4);
  }
  const compute = kind === 'max-pool' ? tf.maxPool : tf.avgPool;
  const [size, strides] = [window.size, window.strides].map(([a, b]): [number, number] => [a, b]);
  return compute(x, size ?? [1, 1], strides ?? [1, 1], window.padding);
}

export function activate(x: Tensor, activation: FusedActivation): Tensor {
  if (activation === 'relu') return tf.relu(x);
  return activation === 'relu6' ? tf.clipByValue(x, 0, 6) : x;
}

/** Integers up to 255 times scales would not survive a 16-bit policy of the session. */
export function inFloat32(compute: Compute): Compute {
  return (inputs) => computedInFloat32(() => compute(inputs));
}

/** What `compute` gives in fp32 whatever the session's policy is. */
export function computedInFloat32<T>(compute: () => T): T {
  return hasNativeBackend() ? withPrecision('fp32', compute) : compute();
}
