import * as tf from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { ownerOf } from './methods';
import { methodPatch, type Patch } from './patch';

/** A recurrent layer that keeps its states from batch to batch. */
export interface StatefulLayer {
  states_: Tensor[] | null;
}

/** Hears of what a forward pass leaves behind, before it is replaced. */
export interface StateListener {
  variable(variable: Variable): void;
  states(layer: StatefulLayer): void;
}

let listener: StateListener | undefined;

export function setStateListener(next: StateListener): void {
  listener = next;
}

const WHY = 'A step that is skipped or refused leaves what its forward pass changed as it was.';

const assign: Patch = methodPatch(
  { target: 'Variable.prototype', member: 'assign', why: WHY },
  () => tf.Variable.prototype,
  (original) =>
    function (this: Variable, ...args: unknown[]): void {
      listener?.variable(this);
      original.apply(this, args);
    },
);

function resetStates(target: string, layer: () => tf.layers.Layer): Patch {
  return methodPatch(
    { target, member: 'resetStates', why: WHY },
    () => ownerOf(layer(), 'resetStates') ?? layer(),
    (original) =>
      function (this: StatefulLayer, ...args: unknown[]): void {
        listener?.states(this);
        original.apply(this, args);
      },
  );
}

export const layerState: readonly Patch[] = [
  assign,
  resetStates('RNN.prototype', () => tf.layers.simpleRNN({ units: 1 })),
  resetStates('ConvRNN2D.prototype', () => tf.layers.convLstm2d({ filters: 1, kernelSize: 1 })),
];
