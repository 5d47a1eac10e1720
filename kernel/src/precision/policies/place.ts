import type { layers } from '@tensorflow/tfjs';
import type { KeepRule } from './keep';

/** Where in a model an op runs. */
export interface Place {
  readonly layer: layers.Layer;
  /** With the names of the models and layers it is nested in: `encoder/dense_1`. */
  readonly path: string;
  readonly outer: Place | undefined;
  /** The regime that was in force when the layer was entered: its rule holds under that one only. */
  readonly regime: object;
  readonly rule: KeepRule | undefined;
}

let current: Place | undefined;

/** The innermost layer that runs now, forward or backward; undefined outside of layers. */
export function place(): Place | undefined {
  return current;
}

/** Sets it; returns the one before. */
export function setPlace(next: Place | undefined): Place | undefined {
  const before = current;
  current = next;
  return before;
}

let watchers = 0;

/** True while somebody asks for places though no layer has a policy of its own. */
export function isWatched(): boolean {
  return watchers > 0;
}

/** Has places kept up until what is returned is called. */
export function watchPlaces(): () => void {
  watchers += 1;
  return () => {
    watchers -= 1;
  };
}
