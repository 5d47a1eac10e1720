import { randomKey, threefry } from '../formats/random';
import { replaceProperty, type Undo } from './methods';

/** A seed that is in force. */
interface Seeding {
  readonly seed: number;
  /** Gives `Math.random` back as it was. */
  readonly undo: Undo;
}

let seeding: Seeding | undefined;

/**
 * Lets `Math.random` draw from a stream that the seed alone decides, from its beginning: tfjs takes all its
 * chance from there.
 */
export function startStream(seed: number): void {
  stopStream();
  const key = randomKey(seed);
  let drawn = 0;
  const random = (): number => {
    const [high, low] = threefry(key, [Math.floor(drawn / 2 ** 32) | 0, drawn | 0]);
    drawn += 1;
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  };
  seeding = { seed, undo: replaceProperty(Math, 'random', random) };
}

/** Ends it; without a seed nothing is done. */
export function stopStream(): void {
  seeding?.undo();
  seeding = undefined;
}

/** The seed in force; null where there is none. */
export function seedInForce(): number | null {
  return seeding?.seed ?? null;
}

/** A whole number from 1 to 2^31 - 1 from the stream, to seed something else with. */
export function drawSeed(): number {
  return 1 + Math.floor(Math.random() * (2 ** 31 - 1));
}
