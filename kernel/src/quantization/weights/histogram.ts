/** Counts in bins of equal width from `low` to `high`, the last of which has its upper end: as NumPy counts. */
export function histogramOf(
  values: ArrayLike<number>,
  low: number,
  high: number,
  bins: number,
): number[] {
  const counts = new Array<number>(bins).fill(0);
  const step = (high - low) / bins;
  const edge = (bin: number): number => (bin === bins ? high : low + bin * step);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    const place = step === 0 ? 0 : Math.floor(((value - low) / (high - low)) * bins);
    let bin = Math.min(Math.max(place, 0), bins - 1);
    // The quotient is rounded: the edges decide.
    if (value < edge(bin) && bin > 0) bin -= 1;
    else if (value >= edge(bin + 1) && bin < bins - 1) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
