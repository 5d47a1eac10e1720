import * as tf from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { GradientResult } from '../../patches/engine-internals';
import type { StatefulLayer, StateListener } from '../../patches/layer-state';
import { allFinite } from './finite';
import { isMinimizing } from './minimize';

/** Something as it was before a forward pass changed it. */
interface Note {
  /** Which of two notes is the older. */
  readonly time: number;
  readonly values: readonly Tensor[];
  readonly restore: () => void;
}

/**
 * What the forward pass of one computation of gradients has changed, as it was before: moving statistics
 * of batch normalization, states of recurrent layers, ranges of quantization-aware training, whatever
 * else is assigned to variables. A step that isn't taken leaves nothing behind.
 */
interface Changes {
  /** A step of any of them is the one that the gradients were computed for. */
  asked: ReadonlySet<Variable>;
  readonly notes: Map<object, Note>;
}

/** Of gradients that no step has come of yet. */
let pending: readonly Changes[] = [];
let recording: Changes | undefined;
let isRestoring = false;
let time = 0;

/** A computation of gradients of `f` for `xs`. */
interface Pass {
  readonly f: () => Tensor;
  readonly xs: readonly Tensor[];
  /** Whether no step has to follow: it says so when the gradients are there. */
  readonly isAsked: () => boolean;
}

/** Computes gradients; what they change is noted until their step, and not at all where none may come. */
export function notingChanges(
  { f, xs, isAsked }: Pass,
  compute: (forward: () => Tensor) => GradientResult,
): GradientResult {
  const changes: Changes = { asked: new Set(), notes: new Map() };
  const forward = (): Tensor => {
    const before = recording;
    recording = changes;
    try {
      return f();
    } finally {
      recording = before;
    }
  };
  try {
    const result = compute(forward);
    // Who names no variables asks for all there are, those of other models among them.
    changes.asked = new Set(
      xs.filter((x, i): x is Variable => x instanceof tf.Variable && result.grads[i] !== undefined),
    );
    // What was left by gradients that no step came of.
    if (isMinimizing()) forgetChanges([...changes.asked]);
    if (isAsked()) settle(changes, result);
    else keepUntilStep(changes);
    return result;
  } catch (error) {
    restore([changes]);
    throw error;
  }
}

/** What made finite gradients stays, the rest is put back at once: nothing is held for a step that may never come. */
function settle(changes: Changes, { grads }: GradientResult): void {
  if (changes.notes.size === 0) return;
  if (allFinite(grads.flatMap((gradient) => gradient ?? []))) free(changes);
  else restore([changes]);
}

/** Gradients that are added up to one step: what was before the first of them counts. */
function keepUntilStep(changes: Changes): void {
  const { asked, notes } = changes;
  const earlier = pending.find(
    (one) => one.asked.size === asked.size && isOf(one, [...asked], 'every'),
  );
  if (asked.size === 0) free(changes);
  else if (earlier === undefined) pending = notes.size === 0 ? pending : [...pending, changes];
  else {
    for (const [owner, note] of notes) {
      if (earlier.notes.has(owner)) tf.dispose([...note.values]);
      else earlier.notes.set(owner, note);
    }
  }
}

function isOf({ asked }: Changes, variables: readonly Variable[], how: 'some' | 'every'): boolean {
  return variables[how]((variable) => asked.has(variable));
}

/** Puts back what the gradients of a step have changed that isn't taken. */
export function putBack(updated: readonly Variable[]): void {
  restore(take(updated));
}

function restore(all: readonly Changes[]): void {
  const newestFirst = all
    .flatMap(({ notes }) => [...notes])
    .sort(([, a], [, b]) => b.time - a.time);
  isRestoring = true;
  try {
    for (const [owner, note] of newestFirst) {
      note.restore();
      // Gradients computed since have built on what is gone now.
      for (const changes of pending) {
        if ((changes.notes.get(owner)?.time ?? 0) > note.time) drop(changes, owner);
      }
    }
  } finally {
    isRestoring = false;
  }
}

/** The step of these variables was taken, or none comes. */
export function forgetChanges(updated: readonly Variable[]): void {
  if (pending.length > 0) take(updated).forEach(free);
}

function take(updated: readonly Variable[]): readonly Changes[] {
  const taken = pending.filter((changes) => isOf(changes, updated, 'some'));
  pending = pending.filter((changes) => !taken.includes(changes));
  return taken;
}

function free({ notes }: Changes): void {
  for (const { values } of notes.values()) tf.dispose([...values]);
  notes.clear();
}

function drop({ notes }: Changes, owner: object): void {
  tf.dispose([...(notes.get(owner)?.values ?? [])]);
  notes.delete(owner);
}

/** What is changed by something else than a forward pass is its user's, and stays. */
export const stateListener: StateListener = {
  variable(variable) {
    if (isRestoring) return;
    if (recording === undefined) {
      release(variable);
      return;
    }
    note(variable, [variable], ([value]) => {
      if (!variable.isDisposed) variable.assign(value as Tensor);
      value?.dispose();
    });
  },
  states(layer: StatefulLayer) {
    if (isRestoring) return;
    if (recording === undefined) {
      for (const changes of pending) drop(changes, layer);
    } else if (layer.states_ !== null) {
      note(layer, layer.states_, (states) => {
        tf.dispose(layer.states_ ?? []);
        layer.states_ = [...states];
      });
    }
  },
};

/** Ends what is noted of a variable that its user assigns, as a step written by hand does, or disposes. */
export function release(variable: Variable): void {
  for (const changes of pending) drop(changes, variable);
  forgetChanges([variable]);
}

function note(
  owner: object,
  now: readonly Tensor[],
  restore: (values: readonly Tensor[]) => void,
): void {
  if (recording === undefined || recording.notes.has(owner)) return;
  const values = now.map((tensor) => tf.keep(tf.clone(tensor)));
  time += 1;
  recording.notes.set(owner, {
    time,
    values,
    restore: () => {
      restore(values);
    },
  });
}
