import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { castTo, storageFormat } from '../backend/storage';
import { hasNativeBackend } from '../backend/load';
import type { ComputeFormat, StorageFormat } from '../backend/contract';
import { engine } from '../patches/engine-internals';
import type { Keep } from './policies/keep';
import { enterApart, enterScope, regime } from './session';

export interface ScopeOptions {
  /** Layers with a policy of their own; what the session keeps doesn't hold in the scope. */
  readonly keep?: Keep;
}

/**
 * Runs `fn` under a policy and restores the one before, also when `fn` throws or is async: then the
 * policy holds until its promise settles. Tensors that `fn` returns are in the policy's output format.
 * Keep the backward pass inside: `tf.grad` and `optimizer.minimize` called in `fn` compute as it says.
 *
 * @param spec As in {@link parsePolicy}.
 */
export function withPrecision<T>(spec: string, fn: () => T, { keep }: ScopeOptions = {}): T {
  return within(enterScope(spec, keep), fn);
}

/** The same for what has no gradients: no loss scaling begins with it. */
export function inferIn<T>(format: ComputeFormat, fn: () => T): T {
  return within(enterApart(format), fn);
}

function within<T>(leave: () => void, fn: () => T): T {
  const { output } = regime().policy;
  const firstNewId = engine().nextTensorId();
  let pending = false;
  try {
    const result = fn();
    if (!isPromise(result)) return inFormat(result, output, firstNewId);
    pending = true;
    return result.then((value) => inFormat(value, output, firstNewId)).finally(leave) as T;
  } finally {
    if (!pending) leave();
  }
}

/** Runs `fn` with products in `format`; results come back in fp32. See {@link withPrecision}. */
export function autocast<T>(format: ComputeFormat, fn: () => T, options: ScopeOptions = {}): T {
  return withPrecision(format, fn, options);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && 'finally' in value;
}

/** Casts tensors that the scope made; one that was there before is handed back as it is. */
function inFormat<T>(value: T, format: StorageFormat, firstNewId: number): T {
  if (!hasNativeBackend()) return value;
  if (value instanceof tf.Tensor) {
    const tensor: Tensor = value;
    if (tensor.id < firstNewId || tensor.isDisposed || tensor instanceof tf.Variable) return value;
    const current = storageFormat(tensor);
    if (current === undefined || current === format) return value;
    const cast = castTo(tensor, format);
    if (engine().state.gradientDepth === 0) tensor.dispose();
    return cast as T & Tensor;
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) => inFormat(item, format, firstNewId)) as T;
  }
  if (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, inFormat(item, format, firstNewId)]),
    ) as T;
  }
  return value;
}
