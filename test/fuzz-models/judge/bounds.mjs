/** Whether results are what a format's roundings can make of the exact ones. */
import { NOISE } from './formats.mjs';

/** What one of a few runs by chance may fall short of the worst. */
const ELEMENT = 8;
const ROW = 3;

/**
 * @param results with `slack` where they are differences of larger numbers
 * @returns undefined where they agree, else a sentence that says where they don't
 */
export function difference(results, { exact, peak, spread }, format) {
  const { range, absolute } = NOISE[format];
  if (results.length !== exact.length)
    return `${results.length} results instead of ${exact.length}`;
  for (let i = 0; i < exact.length; i++) {
    const { shape, values, dtype } = exact[i];
    const actual = results[i];
    if (String(actual.shape) !== String(shape)) {
      return `result ${i} has the shape [${actual.shape}] instead of [${shape}]`;
    }
    if (dtype !== actual.dtype) return `result ${i} is ${actual.dtype} instead of ${dtype}`;
    if (!(peak < range)) continue;
    const width = shape.length > 1 ? values.length / shape[0] : values.length;
    for (let row = 0; row * width < values.length; row++) {
      const end = (row + 1) * width;
      const largest = spread[i].slice(row * width, end).reduce((a, b) => Math.max(a, b), 0);
      for (let at = row * width; at < end; at++) {
        const expected = values[at];
        if (!Number.isFinite(expected) || Number.isNaN(spread[i][at]) || !Number.isFinite(largest))
          continue;
        const allowed =
          ELEMENT * spread[i][at] + ROW * largest + 4 * absolute + (actual.slack?.[at] ?? 0);
        const error = Math.abs(actual.values[at] - expected);
        if (error <= allowed) continue;
        return `result ${i} at ${at} is ${actual.values[at]} instead of ${expected}: off by ${error.toExponential(2)}, ${format} explains ${allowed.toExponential(2)}`;
      }
    }
  }
  return undefined;
}
