import * as tf from '@tensorflow/tfjs';
import type { Optimizer } from '@tensorflow/tfjs';
import { installConv3dTransposeGradient } from '../../patches/conv3d-transpose-gradient';
import { engine, type NamedGradients } from '../../patches/engine-internals';
import { ownerOf, wrapMethod } from '../../patches/methods';
import { releaseBacking } from '../optimizers/backing';
import { installOptimizerNames } from '../optimizers/names';
import { RuleOptimizer } from '../optimizers/optimizer';
import { applyUnderPolicy } from './apply';
import { gradientsUnderPolicy } from './gradients';
import { watchBatches } from './watch-batches';
import { installReductionGradients } from '../../patches/reduction-gradients';
import { installReluGradient } from '../../patches/relu-gradient';
import { installTileGradient } from '../../patches/tile-gradient';

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
  installReductionGradients();
  installReluGradient();
  installTileGradient();
  installOptimizerNames();
  installConv3dTransposeGradient();
  watchBatches();
  for (const { prototype } of CLASSES) wrapApply(prototype);
  wrapMethod(tf.Optimizer.prototype, 'minimize', (minimize) => {
    return function (this: Optimizer, ...args: unknown[]): unknown {
      wrapApply(ownerOf(this, 'applyGradients'));
      return minimize.apply(this, args);
    };
  });
}

function wrapApply(optimizer: object | undefined): void {
  wrapMethod(optimizer, 'applyGradients', (applyGradients) => {
    return function (this: Optimizer, gradients: NamedGradients): void {
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
  });
}
