/** What tells a tfjs tensor from other values where tfjs itself may not be loaded. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly size: number;
  readonly isDisposed: boolean;
  dispose(): void;
  toString(verbose?: boolean): string;
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
