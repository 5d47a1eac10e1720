import * as tf from '@tensorflow/tfjs';
import type { Optimizer } from '@tensorflow/tfjs';
import { installConv3dTransposeGradient } from '../../layers/conv3d-transpose-gradient';
import { engine, type NamedGradients } from '../engine';
import { releaseBacking } from '../optimizers/backing';
import { installOptimizerNames } from '../optimizers/names';
import { RuleOptimizer } from '../optimizers/optimizer';
import { applyUnderPolicy } from './apply';
import { gradientsUnderPolicy } from './gradients';
import { watchBatches } from './watch-batches';
import { installReluGradient } from './relu-gradient';
import { installTileGradient } from './tile-gradient';

interface OptimizerPrototype {
  applyGradients: (this: Optimizer, gradients: NamedGradients) => void;
  minimize: (this: Optimizer, ...args: unknown[]) => unknown;
}

/** tfjs's own optimizers and ours; users' are met when they minimize. */
const CLASSES = [
  tf.AdadeltaOptimizer,
  tf.AdagradOptimizer,
  tf.AdamOptimizer,
  tf.AdamaxOptimizer,
  tf.MomentumOptimizer,
  tf.RMSPropOptimizer,
  tf.SGDOptimizer,
  RuleOptimizer,
];

let installed = false;
const wrapped = new WeakSet<object>();
/** Optimizers in the middle of a step: a subclass that calls `super` must not step twice. */
const stepping = new WeakSet<Optimizer>();

/**
 * Makes tfjs train under the policy in force, with unchanged user code: `model.fit`,
 * `optimizer.minimize`, `tf.variableGrads` with `applyGradients`. Idempotent.
 */
export function installTraining(): void {
  if (installed) return;
  installed = true;
  const internals = engine();
  const gradients = internals.gradients.bind(internals);
  internals.gradients = (...args) => gradientsUnderPolicy(gradients, ...args);
  const disposeVariable = internals.disposeVariable.bind(internals);
  internals.disposeVariable = (variable) => {
    releaseBacking(variable);
    disposeVariable(variable);
  };
  installReluGradient();
  installTileGradient();
  installOptimizerNames();
  installConv3dTransposeGradient();
  watchBatches();
  for (const { prototype } of CLASSES) wrapApply(prototype as unknown as OptimizerPrototype);
  const base = tf.Optimizer.prototype as unknown as OptimizerPrototype;
  const { minimize } = base;
  base.minimize = function (...args) {
    wrapOwner(this);
    return minimize.apply(this, args);
  };
}

function wrapOwner(optimizer: Optimizer): void {
  let owner: unknown = optimizer;
  while (owner !== null && typeof owner === 'object' && !Object.hasOwn(owner, 'applyGradients')) {
    owner = Object.getPrototypeOf(owner);
  }
  if (owner !== null && typeof owner === 'object') wrapApply(owner as OptimizerPrototype);
}

function wrapApply(prototype: OptimizerPrototype): void {
  const { applyGradients } = prototype;
  if (wrapped.has(applyGradients)) return;
  prototype.applyGradients = function (gradients) {
    const stock = (given: NamedGradients): void => {
      applyGradients.call(this, given);
    };
    if (stepping.has(this)) {
      stock(gradients);
      return;
    }
    stepping.add(this);
    try {
      applyUnderPolicy(this, gradients, stock);
    } finally {
      stepping.delete(this);
    }
  };
  wrapped.add(prototype.applyGradients);
}
