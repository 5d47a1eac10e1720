import * as tf from '@tensorflow/tfjs';
import type { Optimizer } from '@tensorflow/tfjs';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import { nativeDtype } from '../../backend/raw';
import type { Update } from '../engine';
import { applyAdam, resumeStockAdam } from './adam';
import { canBack } from './backing';
import { applyMomentum, applySgd } from './sgd';

/** Adam optimizers that stepped fused: tfjs's own step must then catch up first. */
const fusedAdams = new WeakSet<Optimizer>();

/**
 * Updates by TensorFlow's fused kernels. False, with nothing done, for WebAssembly, for optimizers
 * without such a kernel (subclasses among them, which may do something else), and for variables or
 * gradients that aren't fp32: then tfjs's composed update is right.
 */
export function applyFused(optimizer: Optimizer, updates: readonly Update[]): boolean {
  const apply = fusedKernel(optimizer);
  if (apply === undefined || !hasNativeBackend() || !updates.every(isPlain)) {
    if (fusedAdams.has(optimizer)) resumeStockAdam(optimizer as tf.AdamOptimizer);
    return false;
  }
  apply(updates);
  return true;
}

function fusedKernel(optimizer: Optimizer): ((updates: readonly Update[]) => void) | undefined {
  switch (optimizer.constructor) {
    case tf.AdamOptimizer:
      return (updates) => {
        fusedAdams.add(optimizer);
        applyAdam(optimizer as tf.AdamOptimizer, updates);
      };
    case tf.SGDOptimizer:
      return (updates) => {
        applySgd(optimizer as tf.SGDOptimizer, updates);
      };
    case tf.MomentumOptimizer:
      return (updates) => {
        applyMomentum(optimizer as tf.MomentumOptimizer, updates);
      };
    default:
      return undefined;
  }
}

function isPlain({ variable, gradient }: Update): boolean {
  const plainGradient = gradient === undefined || nativeDtype(gradient) === DT.float;
  return plainGradient && canBack(variable) && nativeDtype(variable) === DT.float;
}
