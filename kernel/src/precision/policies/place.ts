import type { layers, Tensor } from '@tensorflow/tfjs';
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

/** Hears what a layer puts out. */
export type OutputListener = (here: Place, output: Tensor | readonly Tensor[]) => void;

const watchers = new Set<OutputListener>();

/** True while somebody asks for places though no layer has a policy of its own. */
export function isWatched(): boolean {
  return watchers.size > 0;
}

/** Has places kept up, and tells of layers' outputs, until what is returned is called. */
export function watchPlaces(listener: OutputListener = () => undefined): () => void {
  const watcher: OutputListener = (here, output) => {
    listener(here, output);
  };
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
  };
}

export function tellOutput(here: Place, output: Tensor | readonly Tensor[]): void {
  for (const watcher of watchers) watcher(here, output);
}
