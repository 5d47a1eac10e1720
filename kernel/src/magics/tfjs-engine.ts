/** The part of tfjs's engine that freeing tensors needs. */
export interface Engine {
  readonly state: { readonly numTensors: number };
  startScope(name?: string): void;
  endScope(): void;
  disposeVariables(): void;
}

/** tfjs's engine, if tfjs was loaded; loading it here would cost a second. */
export function loadedEngine(): Engine | undefined {
  return (globalThis as { _tfengine?: Engine })._tfengine;
}

/** The part of a tensor or variable that telling of it needs. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed: boolean;
  dispose(): void;
}

export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false;
  const { shape, dtype, dataId, isDisposed } = value as Record<string, unknown>;
  return (
    Array.isArray(shape) &&
    typeof dtype === 'string' &&
    dataId !== undefined &&
    typeof isDisposed === 'boolean'
  );
}
