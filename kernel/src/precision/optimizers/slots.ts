import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';

/** How tfjs's optimizers keep a moment of a variable; `getWeights` reads these. */
export interface OptimizerSlot {
  readonly originalName: string;
  readonly variable: Variable;
}

/** The slot at a position, made of zeros as tfjs makes it when there is none. */
export function slotAt(
  slots: OptimizerSlot[],
  position: number,
  variable: Variable,
  suffix: string,
): Variable {
  const known = slots[position];
  if (known !== undefined) return known.variable;
  const slot = {
    originalName: `${variable.name}/${suffix}`,
    variable: tf.tidy(() => tf.zerosLike(variable).variable(false)),
  };
  slots[position] = slot;
  return slot.variable;
}
