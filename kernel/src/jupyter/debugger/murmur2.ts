const M = 0x5bd1e995;

/** MurmurHash2 of a text's UTF-8 bytes, in 32 bits: how front ends name a cell by its code. */
export function murmur2(text: string, seed: number): number {
  const data = Buffer.from(text, 'utf8');
  let hash = seed ^ data.length;
  const whole = data.length - (data.length % 4);
  for (let i = 0; i < whole; i += 4) {
    let word = Math.imul(data.readInt32LE(i), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  if (whole < data.length) {
    for (let i = data.length - 1; i >= whole; i--) hash ^= (data[i] ?? 0) << (8 * (i - whole));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) >>> 0;
}
