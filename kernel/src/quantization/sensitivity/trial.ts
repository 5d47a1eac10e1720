import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { FusedGraph, FusedNode } from '../../graph/fused-graph';
import { Masks } from '../../graph/masks';
import type { ValueId } from '../../models/model-graph';
import { type LinearWeights, outputsOf, runNode, weightTensors } from '../../graph/run-node';
import { weightShape } from '../../integer/product';
import { isLinear, type LinearNode } from '../repair/float-graph';

/** Kernels to try instead of the float ones, by node id, row-major. */
export type Kernels = ReadonlyMap<string, Float32Array>;

/**
 * A float model on one batch, whose kernels are swapped to see what becomes of the outputs. All
 * values of the float run are kept, so that a swap runs only what comes after it.
 */
export class BatchTrial {
  readonly #values = new Map<ValueId, Tensor>();
  /** Of the float run: they come from the inputs, whatever the kernels are. */
  readonly #masks: Masks | undefined;

  constructor(
    private readonly graph: FusedGraph,
    private readonly weights: ReadonlyMap<string, LinearWeights>,
    inputs: readonly Tensor[],
  ) {
    this.#masks = Masks.of(graph);
    graph.inputs.forEach(({ id }, i) => {
      this.#values.set(id, tf.keep(tf.clone(inputs[i] as Tensor)));
    });
    try {
      for (const node of graph.nodes) {
        this.#store(node, this.#values);
        this.#masks?.pass(node, () => this.#inputsOf(node, this.#values));
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** The float model's. They are gone when the trial is disposed of. */
  get outputs(): Tensor[] {
    return this.graph.outputs.map((id) => this.#values.get(id) as Tensor);
  }

  /** Gives the outputs with other kernels to `use`; they are gone after it. */
  with(kernels: Kernels, use: (outputs: readonly Tensor[]) => void): void {
    const changed = new Map<ValueId, Tensor>();
    try {
      for (const node of this.graph.nodes) {
        const isTouched = kernels.has(node.id) || node.inputs.some((id) => changed.has(id));
        if (isTouched) this.#store(node, changed, kernels);
      }
      use(this.graph.outputs.map((id) => (changed.get(id) ?? this.#values.get(id)) as Tensor));
    } finally {
      tf.dispose([...changed.values()]);
    }
  }

  dispose(): void {
    tf.dispose([...this.#values.values()]);
    this.#values.clear();
    this.#masks?.dispose();
  }

  #store(node: FusedNode, into: Map<ValueId, Tensor>, kernels?: Kernels): void {
    const inputs = this.#inputsOf(node, into);
    const mask = this.#masks?.get(node);
    const outputs = tf.tidy(() => runNode(node, inputs, this.#weightsOf(node, kernels), mask));
    outputsOf(node).forEach((id, i) => into.set(id, tf.keep(outputs[i] as Tensor)));
  }

  #inputsOf({ inputs }: FusedNode, changed: ReadonlyMap<ValueId, Tensor>): Tensor[] {
    return inputs.map((id) => (changed.get(id) ?? this.#values.get(id)) as Tensor);
  }

  /** Within a `tidy`: a swapped kernel's tensor lives as long as the node runs. */
  #weightsOf(node: FusedNode, kernels: Kernels | undefined): LinearWeights | undefined {
    const own = this.weights.get(node.id);
    const kernel = kernels?.get(node.id);
    if (own === undefined || kernel === undefined || !isLinear(node)) return own;
    return { kernel: tf.tensor(kernel, weightShape(node.op.geometry)), bias: own.bias };
  }
}

/** Tensors of all linear nodes' weights, for trials. The caller disposes of them. */
export function allWeights(nodes: readonly LinearNode[]): Map<string, LinearWeights> {
  return new Map(nodes.map((node) => [node.id, weightTensors(node.op)]));
}

export function disposeWeights(weights: ReadonlyMap<string, LinearWeights>): void {
  for (const { kernel, bias } of weights.values()) tf.dispose([kernel, bias]);
}
