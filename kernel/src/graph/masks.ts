import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { traitsOf } from '../models/layer-traits';
import {
  commonMask,
  isMask,
  joinedMask,
  type Masks as MasksOfInputs,
} from '../models/merged-masks';
import type { ValueId } from '../models/model-graph';
import type { FusedNode } from './fused-graph';
import type { QuantizedNode } from './quantized-graph';

type Node = Pick<FusedNode | QuantizedNode, 'inputs' | 'output' | 'kind'> & {
  readonly op: {
    readonly kind: string;
    readonly layer?: tf.layers.Layer;
    readonly axis?: number;
  };
};

/** True for a layer that says of its own which steps of a sequence are to be left out. */
export function makesMask(layer: tf.layers.Layer): boolean {
  const { masks } = traitsOf(layer);
  return masks === 'always' || (masks === 'zeros' && layer.getConfig()['maskZero'] === true);
}

/**
 * Which steps of which values are masked in one run of a graph, as tfjs hands masks from layer to
 * layer: a value's mask is `[batch, steps]`, and most graphs have none.
 */
export class Masks {
  readonly #masks = new Map<ValueId, Tensor>();

  /** Masks for a run of the graph; undefined where no layer makes any. */
  static of({ nodes }: { readonly nodes: readonly Node[] }): Masks | undefined {
    const makes = nodes.some(({ op }) => op.layer !== undefined && makesMask(op.layer));
    return makes ? new Masks() : undefined;
  }

  /** The mask that the node's layer is to be called with. */
  get(node: Node): Tensor | undefined {
    return this.#masks.get(node.inputs[0] ?? '');
  }

  /** Hands the masks of a node's inputs on, after it has run. `inputs` are asked for if needed. */
  pass(node: Node, inputs: () => readonly Tensor[]): void {
    const own = node.inputs.map((id) => this.#masks.get(id));
    const { layer } = node.op;
    if (layer !== undefined) {
      if (!layer.supportsMasking || !(makesMask(layer) || own.some((mask) => mask))) return;
      const mask = tf.tidy(() => {
        const values = inputs();
        const masks = own.map((one) => one ?? null) as Tensor[];
        const isSingle = values.length === 1;
        const made: unknown = layer.computeMask(
          isSingle ? (values[0] as Tensor) : [...values],
          isSingle ? masks[0] : masks,
        );
        const [first] = [made].flat();
        return first instanceof tf.Tensor ? tf.keep(tf.clone(first as Tensor)) : undefined;
      });
      if (mask !== undefined) this.#masks.set(node.output, mask);
      return;
    }
    const mask = tf.tidy(() => handedOn(node, own, inputs));
    if (mask !== undefined) this.#masks.set(node.output, mask);
  }

  dispose(): void {
    for (const mask of this.#masks.values()) mask.dispose();
    this.#masks.clear();
  }
}

/** Whether a node that is no layer hands the mask of its input on: it leaves the steps as they are. */
export function keepsSteps({ op, kind }: Node): boolean {
  const { product, reshapes } = traitsOf(kind);
  return product === 'dense' || (op.kind === 'move' && reshapes === undefined);
}

function handedOn(
  node: Node,
  masks: MasksOfInputs,
  inputs: () => readonly Tensor[],
): Tensor | undefined {
  const { op } = node;
  if (!masks.some(isMask)) return undefined;
  if (op.kind === 'add') return tf.keep(tf.clone(commonMask(masks)));
  if (op.kind === 'concat') return tf.keep(joinedMask(inputs(), masks, op.axis ?? -1));
  return isMask(masks[0]) && keepsSteps(node) ? tf.keep(tf.clone(masks[0])) : undefined;
}
