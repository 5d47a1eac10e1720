import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { FloatLinearOp, FusedGraph, FusedNode } from './fused-graph';
import { inFloat } from './in-float';
import { Masks } from './masks';
import { readers, type ValueId } from '../models/model-graph';
import { type LinearWeights, outputsOf, runNode, weightTensors } from './run-node';

/** Sees each value of a run, the inputs too. The tensor is gone after the call. */
export type Watch = (id: ValueId, value: Tensor) => void;

/** Runs a fused graph in float32, a value no longer kept than something still reads it. */
export class FusedRunner {
  readonly #weights = new Map<FloatLinearOp, LinearWeights>();
  readonly #readers: ReadonlyMap<ValueId, number>;

  constructor(private readonly graph: FusedGraph) {
    this.#readers = readers(graph);
  }

  /** One tensor per input, `[batch, ...]`, to one per output. The caller owns the results. */
  run(inputs: readonly Tensor[], watch: Watch = () => undefined): Tensor[] {
    return inFloat(() => this.#run(inputs, watch));
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
        const results = runNode(node, read, this.#weightsOf(node), masks?.get(node));
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

  #weightsOf({ op }: FusedNode): LinearWeights | undefined {
    if (op.kind !== 'linear') return undefined;
    const weights = this.#weights.get(op) ?? weightTensors(op);
    this.#weights.set(op, weights);
    return weights;
  }
}

function release(id: ValueId, left: Map<ValueId, number>, values: Map<ValueId, Tensor>): void {
  const count = (left.get(id) ?? 0) - 1;
  left.set(id, count);
  if (count > 0) return;
  values.get(id)?.dispose();
  values.delete(id);
}
