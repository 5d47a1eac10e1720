/**
 * Where a value's channels are: in the order of the model's own axes, or moved to axis 1, where ONNX
 * has them: [batch, ..., channels] -> [batch, channels, ...].
 */
export type Layout = 'model' | 'channels-first';

export function otherLayout(layout: Layout): Layout {
  return layout === 'model' ? 'channels-first' : 'model';
}

/** The permutation that brings channels from the last axis to axis 1: output axis i is input axis p[i]. */
export function toChannelsFirst(rank: number): number[] {
  return [0, rank - 1, ...range(1, rank - 1)];
}

/** The inverse of {@link toChannelsFirst}. */
export function toChannelsLast(rank: number): number[] {
  return [0, ...range(2, rank), 1];
}

export function permuted<T>(items: readonly T[], permutation: readonly number[]): T[] {
  return permutation.map((axis) => items[axis] as T);
}

/** Row-major `data` with its axes in another order: output axis i is input axis `permutation[i]`. */
export function transpose<A extends Float32Array | Int8Array>(
  data: A,
  shape: readonly number[],
  permutation: readonly number[],
): { readonly data: A; readonly shape: number[] } {
  const strides = shape.map((_, axis) => product(shape.slice(axis + 1)));
  const outShape = permuted(shape, permutation);
  const steps = permuted(strides, permutation);
  const out = data.slice() as A;
  const index = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[at] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const step = steps[axis] ?? 0;
      index[axis] = (index[axis] ?? 0) + 1;
      at += step;
      if ((index[axis] ?? 0) < (outShape[axis] ?? 0)) break;
      at -= step * (outShape[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return { data: out, shape: outShape };
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
