import type * as tf from '@tensorflow/tfjs';
import { traitsOf } from '../../../models/layer-traits';
import type { ValueId } from '../../../models/model-graph';
import { type Attributes, typeCode } from '../proto/attribute';
import type { NodeCall } from './call';
import type { LayerConfig } from './layer-config';

/** Of a node's scope, what masks are made with. */
interface Node {
  readonly call: NodeCall;
  inputId(): ValueId;
  outputId(): ValueId;
  inputShape(): readonly (number | null)[];
  input(layout: 'model', i: number): string;
  scalar(name: string, value: number): string;
  op(type: string, inputs: readonly string[], attributes?: Attributes): string;
}

interface LayerNode extends Node {
  readonly layer: tf.layers.Layer;
  readonly config: LayerConfig;
}

/** Makes a mask's nodes when it is first asked for: [batch, steps], bool. */
type MakeMask = () => string;

/**
 * Which steps of which values are masked, as tfjs hands masks from layer to layer. A mask that nothing
 * reads leaves no node.
 */
export class MaskTable {
  readonly #masks = new Map<ValueId, MakeMask>();

  /** Says that a value has a mask of its own. */
  set(id: ValueId, make: MakeMask): void {
    let made: string | undefined;
    this.#masks.set(id, () => (made ??= make()));
  }

  /** The mask of a call's first input, or undefined where it has none. */
  of(scope: Node): string | undefined {
    return this.#masks.get(scope.inputId())?.();
  }

  has(id: ValueId): boolean {
    return this.#masks.has(id);
  }

  /** Hands the mask of a layer's input on to its output, after the layer was written. */
  follow(scope: LayerNode): void {
    const { layer, config } = scope;
    const { merges, recurrent } = traitsOf(layer);
    if (this.#masks.has(scope.outputId()) || !layer.supportsMasking) return;
    if (merges === 'product') return;
    if (merges !== undefined) {
      const axis = merges === 'join' ? config.number('axis', -1) : undefined;
      this.merge(scope, axis);
      return;
    }
    const { returnSequences = true } = layer as { returnSequences?: boolean };
    if (!recurrent || returnSequences) this.handOn(scope);
  }

  /** The output has the mask of the first input. */
  handOn({ call: { inputs, outputs } }: Node): void {
    const mask = this.#masks.get(inputs[0] ?? '');
    if (mask !== undefined) this.#masks.set(outputs[0] ?? '', mask);
  }

  /** The output has the steps that no mask of an input leaves out, or, along the steps, those of all. */
  merge(scope: Node, axis?: number): void {
    const { inputs } = scope.call;
    const masks = inputs.map((id) => this.#masks.get(id));
    const given = masks.filter((mask) => mask !== undefined);
    if (given.length === 0) return;
    const alongSteps = axis === 1 || axis === 1 - scope.inputShape().length;
    this.set(scope.outputId(), () => {
      const all = (alongSteps ? masks : given).map((mask, i) => mask?.() ?? everyStep(scope, i));
      if (alongSteps) return scope.op('Concat', all, { axis: 1 });
      return all.reduce((left, right) => scope.op('And', [left, right]));
    });
  }
}

/** The mask of an input that has none. */
function everyStep(scope: Node, i: number): string {
  const shape = scope.op('Shape', [scope.input('model', i)], { end: 2 });
  const ones = scope.op('Expand', [scope.scalar('present', 1), shape]);
  return scope.op('Cast', [ones], { to: typeCode('bool') });
}
