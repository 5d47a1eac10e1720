import * as tf from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { StatefulLayer, StateListener } from '../../patches/layer-state';

/**
 * What the forward passes of a step have changed, as it was before: moving statistics of batch
 * normalization, states of recurrent layers, ranges of quantization-aware training, whatever else is
 * assigned to variables. A step that isn't taken leaves nothing behind.
 */
const variables = new Map<Variable, Tensor>();
const layers = new Map<StatefulLayer, readonly Tensor[]>();
let recording = false;

/** Runs a forward pass, of which is noted what it changes. */
export function noteChanges<T>(forward: () => T): T {
  const before = recording;
  recording = true;
  try {
    return forward();
  } finally {
    recording = before;
  }
}

/** Puts back what was noted since the last step. */
export function putBack(): void {
  const noted = [...variables];
  variables.clear();
  for (const [variable, value] of noted) {
    if (!variable.isDisposed) variable.assign(value);
    value.dispose();
  }
  for (const [layer, states] of layers) {
    tf.dispose(layer.states_ ?? []);
    layer.states_ = [...states];
  }
  layers.clear();
  forgetChanges();
}

/**
 * After gradients that no step has to follow: what made finite ones stays, the rest is put back at once,
 * so that nothing is held until a step that may never come.
 */
export function settleChanges(isFinite: () => boolean): void {
  if (variables.size === 0 && layers.size === 0) return;
  if (isFinite()) forgetChanges();
  else putBack();
}

/** The step was taken, or another begins. */
export function forgetChanges(): void {
  tf.dispose([...variables.values()]);
  variables.clear();
  for (const states of layers.values()) tf.dispose([...states]);
  layers.clear();
}

/** What is changed by something else than a forward pass is its user's, and stays. */
export const stateListener: StateListener = {
  variable(variable) {
    if (!recording) {
      variables.get(variable)?.dispose();
      variables.delete(variable);
    } else if (!variables.has(variable)) {
      variables.set(variable, kept(variable));
    }
  },
  states(layer) {
    if (!recording) {
      tf.dispose([...(layers.get(layer) ?? [])]);
      layers.delete(layer);
    } else if (layer.states_ !== null && !layers.has(layer)) {
      layers.set(layer, layer.states_.map(kept));
    }
  },
};

function kept(tensor: Tensor): Tensor {
  return tf.keep(tf.clone(tensor));
}
