import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { deviceFacts } from '../backend/load';
import type { NodeKernel } from '../execution/kernel';
import { nodeKernel } from '../execution/select';
import { Value } from '../execution/value';
import type { QuantizedGraph, QuantizedNode } from '../graph/quantized-graph';
import { traitsOf } from '../models/layer-traits';
import { refusal } from './refusal';

/** Nodes that see one position at a time, as long as their axis is the last; of moves those that move nothing. */
const POSITIONWISE = new Set(['linear', 'add', 'concat', 'move', 'float']);

/**
 * The graph, where it can decode.
 * @throws HalfnoteError `cannot-generate`, which names what doesn't allow it.
 */
export function checkedGraph(graph: QuantizedGraph): QuantizedGraph {
  if (graph.activations.size > 0) {
    throw refusal(
      graph.name,
      "its values have fixed ranges; allowed are the modes 'weight-only' and 'dynamic' of quantize().",
    );
  }
  for (const { id, kind, op, inputs } of graph.nodes) {
    const isConvolution = op.kind === 'linear' && op.geometry.kind !== 'dense';
    const shape = graph.values.get(inputs[0] ?? '')?.shape ?? [];
    const mixes =
      (op.kind === 'concat' && op.axis !== shape.length - 1) ||
      (op.kind === 'move' && !traitsOf(kind).trainingOnly);
    if (POSITIONWISE.has(op.kind) && !isConvolution && !mixes) continue;
    throw refusal(id, `${kind} sees more than one position at a time.`);
  }
  return graph;
}

/** Runs nodes that are no layers, on kernels that are made when they are first wanted. */
export class NodeKernels {
  readonly #kernels = new Map<QuantizedNode, NodeKernel>();

  /** What the node gives for its inputs. */
  step(node: QuantizedNode, graph: QuantizedGraph): (inputs: Tensor[]) => Tensor {
    if (node.op.kind === 'move') return ([x]) => tf.clone(x as Tensor);
    return (inputs) => {
      const kernel = this.#kernels.get(node) ?? nodeKernel(node, graph, deviceFacts());
      this.#kernels.set(node, kernel);
      const values = inputs.map((tensor) => new Value({ kind: 'float', tensor }, undefined, true));
      const result = [kernel.run(values)].flat()[0];
      if (result?.kind !== 'float') throw new Error(`'${node.id}' gave no floats`);
      return result.tensor;
    };
  }

  /** Of the kernels that were made. */
  get weightBytes(): number {
    return [...this.#kernels.values()].reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  }

  dispose(): void {
    for (const kernel of this.#kernels.values()) kernel.dispose();
    this.#kernels.clear();
  }
}
