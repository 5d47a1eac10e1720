import { createHandle, deleteHandles } from '../../backend/raw';

/** Runs `fn` with handles of fp32 scalars, which are freed afterwards. */
export function withScalars<const T extends readonly number[]>(
  values: T,
  fn: (handles: { readonly [K in keyof T]: number }) => void,
): void {
  const handles = values.map((value) => createHandle([], Float32Array.of(value)));
  try {
    fn(handles as { readonly [K in keyof T]: number });
  } finally {
    deleteHandles(...handles);
  }
}
