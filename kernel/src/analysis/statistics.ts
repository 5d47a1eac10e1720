/** The value below which a fraction of the values lies, linearly interpolated as in NumPy. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (position - Math.floor(position)) * (above - below);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
