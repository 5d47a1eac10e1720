/** The smallest of 1, 2, 5 times a power of ten that is at least `rough`, which must be positive. */
export function roundStep(rough: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  return (
    [1, 2, 5].map((factor) => factor * magnitude).find((size) => size >= rough) ?? 10 * magnitude
  );
}

/** Round numbers within an interval, at most `most` and one; only its ends where it has no length. */
export function roundTicks(low: number, high: number, most: number): number[] {
  if (!(high > low)) return [low];
  const step = roundStep((high - low) / most);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
