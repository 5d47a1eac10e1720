/** Whether two engines that run the same codes give the same. */

/** Of the largest result: sums in another order. */
const ROUNDINGS = 2 ** -15;

/**
 * @param {readonly Float64Array[]} spread how far the roundings that engines may differ in move results
 * @returns undefined, or a sentence
 */
export function agreement(results, reference, spread) {
  for (let i = 0; i < reference.length; i++) {
    const { shape, values, dtype } = reference[i];
    const actual = results[i];
    if (String(actual?.shape) !== String(shape)) {
      return `output ${i} has the shape [${actual?.shape}] instead of [${shape}]`;
    }
    if (actual.dtype !== dtype) return `output ${i} is ${actual.dtype} instead of ${dtype}`;
    const span = largest(values);
    const width = values.length / shape[0];
    for (let at = 0; at < values.length; at++) {
      const [a, b] = [actual.values[at], values[at]];
      if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
      const row = Math.floor(at / width) * width;
      const allowed = ROUNDINGS * span + largest(spread[i].subarray(row, row + width)) + 2 ** -116;
      if (Math.abs(a - b) <= allowed) continue;
      return `output ${i} at ${at} is ${a} instead of ${b}: off by ${Math.abs(a - b).toExponential(2)}, roundings explain ${allowed.toExponential(2)}`;
    }
  }
  return undefined;
}

function largest(values) {
  return values.reduce((a, b) => (Math.abs(b) < Infinity ? Math.max(a, Math.abs(b)) : a), 0);
}
