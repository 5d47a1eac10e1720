import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { Masks } from '../../graph/masks';
import type { ModelGraph, ValueId } from '../../models/model-graph';
import { computedInFloat32 } from '../float-nodes';

/** Runs a model's graph call by call, and hands each value to `see` when it is made. */
export function runCalls(
  graph: ModelGraph,
  inputs: readonly Tensor[],
  see: (id: ValueId, value: Tensor) => boolean,
): void {
  tf.tidy(() => {
    const values = new Map<ValueId, Tensor>(
      graph.inputs.map(({ id }, i) => [id, inputs[i] as Tensor]),
    );
    const nodes = graph.nodes.map(({ layer, inputs: read, outputs: [output = ''] }) => ({
      inputs: read,
      output,
      kind: layer.getClassName(),
      op: { kind: 'float', layer },
    }));
    const masks = Masks.of({ nodes });
    try {
      for (const [i, { layer, inputs: read, outputs }] of graph.nodes.entries()) {
        const x = read.map((id) => values.get(id) as Tensor);
        const node = nodes[i];
        const mask = node && masks?.get(node);
        const options = mask === undefined ? { training: false } : { training: false, mask };
        const made = computedInFloat32(() =>
          [layer.apply(x.length === 1 ? (x[0] as Tensor) : x, options)].flat(),
        );
        if (node !== undefined) masks?.pass(node, () => x);
        for (const [at, id] of outputs.entries()) {
          const value = made[at] as Tensor;
          values.set(id, value);
          if (!see(id, value)) return;
        }
      }
    } finally {
      masks?.dispose();
    }
  });
}
