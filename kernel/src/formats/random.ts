/**
 * Random numbers as a pure function of a key and a counter: Threefry-2x32 with 20 rounds (Salmon et
 * al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), the generator of JAX. An element's
 * number doesn't depend on how many came before it, so results don't depend on how a tensor is cut.
 */
export type RandomKey = readonly [number, number];

/** The key of a seed: an integer of up to 53 bits. */
export function randomKey(seed: number): RandomKey {
  return [Math.floor(seed / 2 ** 32) | 0, seed | 0];
}

/** An independent key for a part of the work, such as a layer or a step. */
export function splitKey(key: RandomKey, part: number): RandomKey {
  // The highest word of the counter is one that no element uses.
  return threefry(key, [-1, part | 0]);
}

/** A number in [0, 1) with 32 random bits, the `index`-th of the key. */
export function uniform(key: RandomKey, index: number): number {
  return (threefry(key, [Math.floor(index / 2 ** 32) | 0, index | 0])[0] >>> 0) / 2 ** 32;
}

const PARITY = 0x1bd11bda;
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** One block: 64 bits of counter to 64 random bits, as signed 32-bit words. */
export function threefry([k0, k1]: RandomKey, [c0, c1]: readonly [number, number]): RandomKey {
  const keys = [k0, k1, k0 ^ k1 ^ PARITY];
  let a = (c0 + k0) | 0;
  let b = (c1 + k1) | 0;
  for (let group = 0; group < 5; group++) {
    for (const bits of ROTATIONS[group % 2 === 0 ? 0 : 1]) {
      a = (a + b) | 0;
      b = ((b << bits) | (b >>> (32 - bits))) ^ a;
    }
    a = (a + (keys[(group + 1) % 3] ?? 0)) | 0;
    b = (b + (keys[(group + 2) % 3] ?? 0) + group + 1) | 0;
  }
  return [a, b];
}
