/** Choices that repeat for the same seed. */
import { randomOf } from '../fuzz/mutate.mjs';

export class Random {
  constructor(seed) {
    this.next = randomOf(seed);
    // Neighboring seeds begin alike.
    for (let i = 0; i < 4; i++) this.next();
  }

  /** A whole number from `low` to `high`, both included. */
  int(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  chance(share) {
    return this.next() < share;
  }

  normal() {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }
}

/** A seed of its own for each name under a seed, so that what is dropped changes nothing else. */
export function seedOf(seed, name) {
  let hash = seed | 0;
  for (const letter of name)
    hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) + 0x9e3779b9;
  return hash ^ (hash >>> 15);
}
