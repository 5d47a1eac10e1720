import type * as tf from '@tensorflow/tfjs';
import type { Geometry } from '../integer/product';
import type { GraphValue, ValueId } from '../models/model-graph';
import type {
  AddOp,
  ConcatOp,
  FloatOp,
  FusedActivation,
  MoveOp,
  PadOp,
  PoolOp,
  QuantizedNode,
} from './quantized-graph';

/**
 * A float model cut into the nodes that a {@link QuantizedGraph} has, before anything is rounded:
 * normalization is folded, activations are fused, composed layers are taken apart. It computes what
 * the model computes, up to float32's rounding. Float layers are the model's own.
 */
export interface FusedGraph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly ValueId[];
  readonly nodes: readonly FusedNode[];
  readonly values: ReadonlyMap<ValueId, GraphValue>;
}

/** Those of `values` that a graph's inputs and nodes make. */
export function usedValues(
  { inputs, nodes }: Pick<FusedGraph, 'inputs' | 'nodes'>,
  values: ReadonlyMap<ValueId, GraphValue>,
): ReadonlyMap<ValueId, GraphValue> {
  const used = new Set(inputs.map(({ id }) => id));
  for (const { op, output } of nodes) {
    used.add(output);
    if (op.kind === 'float') for (const id of op.furtherOutputs ?? []) used.add(id);
  }
  return new Map([...values].filter(([id]) => used.has(id)));
}

export interface FusedNode extends Omit<QuantizedNode, 'op'> {
  readonly op: FusedOp;
}

export type FusedOp = FloatLinearOp | PoolOp | AddOp | ConcatOp | MoveOp | PadOp | FloatOp;

/** A {@link LinearOp} whose weights are still float32. */
export interface FloatLinearOp {
  readonly kind: 'linear';
  readonly geometry: Geometry;
  /** Row-major `[depth, channels]`: the layer's own order. */
  readonly kernel: Float32Array;
  /** One per output channel. */
  readonly bias: Float32Array;
  readonly activation: FusedActivation;
  /** The layer whose kernel this is, where nothing was folded into it: its calls can share codes. */
  readonly source: tf.layers.Layer | undefined;
}
