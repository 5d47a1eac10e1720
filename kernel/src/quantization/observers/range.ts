export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The smallest and the largest of the finite values; undefined without any. */
export function finiteRange(values: Float32Array): Range | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const x of values) {
    if (!Number.isFinite(x)) continue;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return min <= max ? { min, max } : undefined;
}
