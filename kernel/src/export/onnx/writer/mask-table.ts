import { traitsOf } from '../../../models/layer-traits';
import type { ValueId } from '../../../models/model-graph';
import type { LayerCall, NodeCall } from './call';
import type { LayerConfig } from './layer-config';

/** What the table asks of a layer's call. */
interface MaskedCall {
  readonly call: NodeCall;
  readonly layer: LayerCall['layer'];
  readonly config: LayerConfig;
  inputId(): ValueId;
  outputId(): ValueId;
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
  of(scope: MaskedCall): string | undefined {
    return this.#masks.get(scope.inputId())?.();
  }

  has(id: ValueId): boolean {
    return this.#masks.has(id);
  }

  /** Hands the mask of a layer's input on to its output, after the layer was written. */
  follow(scope: MaskedCall): void {
    const { layer, call, config } = scope;
    const { merges, recurrent } = traitsOf(layer);
    if (this.#masks.has(scope.outputId()) || !layer.supportsMasking) return;
    const mask = call.inputs.map((id) => this.#masks.get(id));
    // A merge's mask is its own to say, and not that of its first input.
    if (merges !== undefined) {
      if (mask.every((one) => one === undefined)) return;
      this.#masks.set(scope.outputId(), () => {
        throw config.unsupported(
          'the mask of its inputs is read after it',
          'Allowed are masks that reach a recurrent layer without a merge between.',
        );
      });
      return;
    }
    const [first] = mask;
    if (first === undefined) return;
    const { returnSequences = true } = layer as { returnSequences?: boolean };
    if (!recurrent || returnSequences) this.#masks.set(scope.outputId(), first);
  }
}
