/** How many values a trial of an op takes. */
export const PROBED = 8192;

/** Bits of numbers at the edges: zeros, infinities, NaNs, subnormal and extreme numbers, of either sign. */
export const EDGES: readonly number[] = [
  0x00000000, 0x3f800000, 0x7f800000, 0x7fc00000, 0x7fc12345, 0x7f812345, 0x00000001, 0x007fffff,
  0x00800000, 0x00800001, 0x7f7fffff, 0x3f7fffff, 0x3f800001, 0x3f808000, 0x3f818000, 0x7f7f8000,
  0x42b17218, 0x42aeac50, 0x40000000, 0x407fffff, 0x33800000, 0x0c000000,
].flatMap((bits) => [bits, bits | 0x80000000]);

/**
 * Numbers to try an op on: each edge meets each in a pair of series, a quarter is any bits, the rest lies
 * where functions bend.
 *
 * @param series 1 for the first operand, 2 for the second.
 */
export function probeValues(series: 1 | 2): Float32Array {
  const bits = new Uint32Array(PROBED);
  const values = new Float32Array(bits.buffer);
  const count = EDGES.length;
  let state = 12345 * series;
  for (let i = 0; i < PROBED; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const pair = series === 1 ? i % count : Math.floor(i / count);
    if (i < count * count) bits[i] = EDGES[pair] ?? 0;
    else if (i % 4 === 0) bits[i] = state;
    else values[i] = (state / 2 ** 31) * (i % 4 === 1 ? 100 : 4);
  }
  return values;
}
