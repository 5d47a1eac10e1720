import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { FusedGraph, FusedNode } from '../../graph/fused-graph';
import { readers, type ValueId } from '../../models/model-graph';
import { Masks } from '../../graph/masks';
import { outputsOf } from '../../graph/run-node';

/** A graph's values while it runs, each kept until its last reader is done; one tensor per batch. */
export class Values {
  readonly #tensors = new Map<ValueId, readonly Tensor[]>();
  readonly #readers: Map<ValueId, number>;
  /** Per batch; empty where no layer makes any. */
  readonly #masks: readonly Masks[];

  /** @param batches Each with one tensor per input of the graph; the store makes its own handles. */
  constructor(graph: FusedGraph, batches: readonly (readonly Tensor[])[]) {
    this.#readers = new Map(readers(graph));
    this.#masks = batches.flatMap(() => Masks.of(graph) ?? []);
    graph.inputs.forEach(({ id }, i) => {
      const tensors = batches.map((batch) => {
        const tensor = batch[i];
        if (tensor === undefined) throw new Error(`no tensor for input '${id}'`);
        return tf.keep(tf.clone(tensor));
      });
      this.#tensors.set(id, tensors);
    });
  }

  get(id: ValueId): readonly Tensor[] {
    const tensors = this.#tensors.get(id);
    if (tensors === undefined) throw new Error(`value '${id}' is not there`);
    return tensors;
  }

  /** What a node reads, batch by batch. */
  inputsOf({ inputs }: FusedNode): Tensor[][] {
    const columns = inputs.map((id) => this.get(id));
    const batches = columns[0]?.length ?? 0;
    return Array.from({ length: batches }, (_, batch) =>
      columns.map((column) => column[batch] as Tensor),
    );
  }

  /** What a node's layer is to leave out of its input. */
  maskOf(node: FusedNode, batch: number): Tensor | undefined {
    return this.#masks[batch]?.get(node);
  }

  /** Stores what a node made, batch by batch, and frees what nobody reads any more. */
  done(node: FusedNode, outputs: readonly (readonly Tensor[])[]): void {
    this.#masks.forEach((masks, batch) => {
      masks.pass(node, () => this.inputsOf(node)[batch] ?? []);
    });
    outputsOf(node).forEach((id, i) => {
      const tensors = outputs.map((batch) => tf.keep(batch[i] as Tensor));
      this.#tensors.set(id, tensors);
      if (!this.#readers.has(id)) this.#free(id);
    });
    for (const id of node.inputs) {
      const left = (this.#readers.get(id) ?? 1) - 1;
      this.#readers.set(id, left);
      if (left === 0) this.#free(id);
    }
  }

  dispose(): void {
    for (const id of [...this.#tensors.keys()]) this.#free(id);
    for (const masks of this.#masks) masks.dispose();
  }

  #free(id: ValueId): void {
    for (const tensor of this.#tensors.get(id) ?? []) tensor.dispose();
    this.#tensors.delete(id);
  }
}

/** Batches cut into pieces of at most `rows` rows. The caller disposes of them. */
export function cutBatches(batches: readonly (readonly Tensor[])[], rows: number): Tensor[][] {
  return batches.flatMap((batch) => {
    const total = batch[0]?.shape[0] ?? 0;
    return Array.from({ length: Math.ceil(total / rows) }, (_, piece) => {
      const from = piece * rows;
      const size = Math.min(rows, total - from);
      return batch.map((x) =>
        tf.slice(x, [from, ...x.shape.slice(1).map(() => 0)], [size, ...x.shape.slice(1)]),
      );
    });
  });
}
