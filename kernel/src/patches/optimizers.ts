import * as tf from '@tensorflow/tfjs';
import type { Optimizer } from '@tensorflow/tfjs';
import type { NamedGradients } from './engine-internals';
import { MetMethods } from './methods';
import { methodPatch, type Patch } from './patch';

/** One step of an optimizer; `stock` is the optimizer's own update. */
type OptimizerStep = (
  optimizer: Optimizer,
  gradients: NamedGradients,
  stock: (gradients: NamedGradients) => void,
) => void;

let step: OptimizerStep | undefined;
/** Optimizers in the middle of a step: a subclass that calls `super` must not step twice. */
const stepping = new WeakSet<Optimizer>();

export function setOptimizerStep(next: OptimizerStep): void {
  step = next;
}

let around: (<T>(run: () => T) => T) | undefined;

/** Sets what is done around each `minimize`. */
export function setMinimize(next: typeof around): void {
  around = next;
}

/** tfjs's optimizers and ours are met when the patch is put in, users' when they minimize. */
const applyGradients = new MetMethods('applyGradients', (original) => {
  return function (this: Optimizer, gradients: NamedGradients): void {
    const stock = (given: NamedGradients): void => {
      original.call(this, given);
    };
    if (step === undefined || stepping.has(this)) {
      stock(gradients);
      return;
    }
    stepping.add(this);
    try {
      step(this, gradients, stock);
    } finally {
      stepping.delete(this);
    }
  };
});

const ours = new Set<Optimizer>();

/** Lets an optimizer class that isn't tfjs's step under the policy from its first step on. */
export function addOptimizer(prototype: Optimizer): void {
  ours.add(prototype);
}

const CLASSES = {
  AdadeltaOptimizer: tf.AdadeltaOptimizer,
  AdagradOptimizer: tf.AdagradOptimizer,
  AdamOptimizer: tf.AdamOptimizer,
  AdamaxOptimizer: tf.AdamaxOptimizer,
  MomentumOptimizer: tf.MomentumOptimizer,
  RMSPropOptimizer: tf.RMSPropOptimizer,
  SGDOptimizer: tf.SGDOptimizer,
} as const;

const steps = Object.entries(CLASSES).map(([name, { prototype }]): Patch => ({
  target: `${name}.prototype`,
  member: 'applyGradients',
  why: 'A step is taken, skipped or counted as the policy and its loss scaling have it.',
  isThere: () => Object.hasOwn(prototype, 'applyGradients'),
  install: () => applyGradients.put(prototype) ?? (() => undefined),
}));

const added: Patch = {
  target: 'our optimizers',
  member: 'applyGradients',
  why: "They step as tfjs's do, also where only their gradients are applied.",
  isThere: () => [...ours].every((prototype) => Object.hasOwn(prototype, 'applyGradients')),
  install() {
    const undos = [...ours].map((prototype) => applyGradients.put(prototype));
    return () => {
      for (const undo of undos.reverse()) undo?.();
    };
  },
};

const minimize: Patch = methodPatch(
  {
    target: 'Optimizer.prototype',
    member: 'minimize',
    why: "A step that overflows is skipped, where gradients that are asked for are not; users' own optimizers are met here.",
  },
  () => tf.Optimizer.prototype,
  (original) =>
    function (this: Optimizer, ...args: unknown[]): unknown {
      applyGradients.meet(this);
      const run = (): unknown => original.apply(this, args);
      return around === undefined ? run() : around(run);
    },
);

const met: Patch = {
  target: "users' optimizers",
  member: 'applyGradients',
  why: 'They step under the policy from their first step on, as they are met by minimize.',
  isThere: () => 'applyGradients' in tf.SGDOptimizer.prototype,
  install: () => () => {
    applyGradients.undoMet();
  },
};

export const optimizerPatches: readonly Patch[] = [...steps, added, minimize, met];
