import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';

/** How tfjs's optimizers keep a moment of a variable; `getWeights` reads these. */
export interface OptimizerSlot {
  readonly originalName: string;
  readonly variable: Variable;
}

/** The slot at a position, made as tfjs makes it when there is none. */
export function slotAt(
  slots: OptimizerSlot[],
  position: number,
  variable: Variable,
  suffix: string,
  initial = 0,
): Variable {
  return (slots[position] ??= newSlot(variable, suffix, initial)).variable;
}

/** A slot of the variable's shape, filled with a value. It isn't trainable. */
export function newSlot(variable: Variable, suffix: string, initial: number): OptimizerSlot {
  return {
    originalName: `${variable.name}/${suffix}`,
    variable: tf.tidy(() => tf.fill(variable.shape, initial).variable(false)),
  };
}
