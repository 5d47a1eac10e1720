import type { Optimizer } from '@tensorflow/tfjs';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import { nativeDtype } from '../../backend/raw';
import type { Update } from '../updates';
import { canBack } from './backing';
import { runKernel } from './run-kernel';
import { slotAt } from './slots';
import { stockForm, type StockState } from './stock';

/** Optimizers that stepped fused: tfjs's own step must then catch up first. */
const fused = new WeakSet<Optimizer>();

/**
 * Updates by TensorFlow's fused kernels, with the result of tfjs's optimizers. False, with nothing done,
 * for WebAssembly, for optimizers without such a kernel, and for variables or gradients that aren't
 * fp32: then tfjs's composed update is right.
 */
export function applyFused(optimizer: Optimizer, updates: readonly Update[]): boolean {
  const form = stockForm(optimizer);
  if (form === undefined) return false;
  if (!hasNativeBackend() || !updates.every(isPlain)) {
    if (fused.has(optimizer)) form.resume?.();
    fused.delete(optimizer);
    return false;
  }
  fused.add(optimizer);
  const state = optimizer as unknown as StockState;
  const targets = updates.flatMap(({ position, variable, gradient }) => {
    const slots = form.slots.map(({ field, suffix, initial }) =>
      slotAt((state[field] ??= []), position, variable, suffix, initial),
    );
    return gradient === undefined ? [] : [{ variable, slots, gradient }];
  });
  runKernel(form.kernel, targets);
  state.incrementIterations();
  return true;
}

/** True where the kernels can write: fp32 variables and gradients. */
export function isPlain({ variable, gradient }: Update): boolean {
  const plainGradient = gradient === undefined || nativeDtype(gradient) === DT.float;
  return plainGradient && canBack(variable) && nativeDtype(variable) === DT.float;
}
