import * as tf from '@tensorflow/tfjs';
import type { Optimizer, Variable } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import type { SlotSpec } from './rules';
import { newSlot, type OptimizerSlot } from './slots';

/** A tensor of a checkpoint, as tfjs's optimizers give it. */
export type NamedTensor = Awaited<ReturnType<Optimizer['getWeights']>>[number];

/** The slots of an optimizer by the variable they belong to, whatever order variables are given in. */
export class SlotStore {
  private readonly known = new Map<Variable, readonly OptimizerSlot[]>();
  /** Read from a checkpoint, which knows no variables: they are matched by name, else in order. */
  private restored: (readonly OptimizerSlot[])[] = [];

  constructor(private readonly specs: readonly SlotSpec[]) {}

  slotsOf(variable: Variable): readonly Variable[] {
    let slots = this.known.get(variable);
    if (slots === undefined) {
      slots =
        this.takeRestored(variable) ??
        this.specs.map(({ suffix, initial }) => newSlot(variable, suffix, initial));
      this.known.set(variable, slots);
    }
    return slots.map((slot) => slot.variable);
  }

  /** All slots of the first kind, then of the second, as tfjs's optimizers give them. */
  list(): NamedTensor[] {
    const all = [...this.known.values(), ...this.restored];
    return this.specs.flatMap((_, kind) =>
      all.flatMap((slots) => {
        const slot = slots[kind];
        return slot === undefined ? [] : [{ name: slot.originalName, tensor: slot.variable }];
      }),
    );
  }

  /** @throws HalfnoteError `invalid-optimizer-weights` when the number of tensors isn't a multiple of the slots'. */
  restore(weights: readonly NamedTensor[]): void {
    const kinds = this.specs.length;
    const count = kinds === 0 ? 0 : weights.length / kinds;
    if (!Number.isInteger(count) || (kinds === 0 && weights.length > 0)) {
      throw new HalfnoteError(
        'invalid-optimizer-weights',
        `${weights.length} tensors can't be the weights of an optimizer with ${kinds} slots a variable.`,
        'Give setWeights what getWeights of an optimizer with the same options returned.',
      );
    }
    this.dispose();
    this.restored = Array.from({ length: count }, (_, index) =>
      this.specs.flatMap((__, kind) => {
        const weight = weights[kind * count + index];
        if (weight === undefined) return [];
        const variable = tf.tidy(() => tf.clone(weight.tensor).variable(false));
        return [{ originalName: weight.name, variable }];
      }),
    );
  }

  dispose(): void {
    for (const slots of [...this.known.values(), ...this.restored]) {
      for (const { variable } of slots) variable.dispose();
    }
    this.known.clear();
    this.restored = [];
  }

  private takeRestored(variable: Variable): readonly OptimizerSlot[] | undefined {
    const named = this.restored.findIndex(([first]) =>
      first?.originalName.startsWith(`${variable.name}/`),
    );
    const [slots] = this.restored.splice(Math.max(0, named), 1);
    return slots;
  }
}
