import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs';

/** A call of a kernel, as an op of tfjs makes it. */
export interface KernelCall {
  readonly name: string;
  /** By name, or as a list where the kernel takes any number; a bias may be missing. */
  readonly inputs: Readonly<Record<string, Tensor | null | undefined>>;
  readonly attributes: NamedAttrMap;
}

/** Runs instead of a kernel; `run` is that, and what was put around it before. */
export type AroundKernel = (call: KernelCall, run: () => unknown) => unknown;

const observers = new Set<AroundKernel>();

/**
 * Puts `around` around every kernel that tfjs's engine runs, on any backend; what a composed kernel calls
 * comes within its own call. Returns what takes it away.
 */
export function aroundKernels(around: AroundKernel): () => void {
  observers.add(around);
  return () => {
    observers.delete(around);
  };
}

/** Whether somebody sees each kernel. */
export function seesKernels(): boolean {
  return observers.size > 0;
}

/** Runs a kernel with all that is around it. */
export function observed(
  [name, inputs, attributes]: readonly [string, unknown, unknown?],
  run: () => unknown,
): unknown {
  if (observers.size === 0) return run();
  const call: KernelCall = {
    name,
    inputs: inputs as KernelCall['inputs'],
    attributes: (attributes ?? {}) as NamedAttrMap,
  };
  return [...observers].reduce<() => unknown>(
    (inside, around) => () => around(call, inside),
    run,
  )();
}
