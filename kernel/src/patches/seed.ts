import { HalfnoteError } from '../errors';
import { TextView } from '../display/text-view';
import { noteSeed } from './note-seed';
import { seedInForce, startStream, stopStream } from './seed-stream';

/**
 * Seeds everything that draws at random in this process: tfjs's random tensors, initializers, dropout and
 * noise, the order of `fit` and of `tf.data`, `tf.multinomial`, `tf.util.shuffle`, and `Math.random` of
 * one's own code, which all of them go back to. What was given a seed of its own keeps it; Halfnote's own
 * draws (stochastic rounding, sampling of tokens, repair) have one, 0 unless given. The stream begins anew
 * with each call, with the same seed too.
 *
 * Not seeded: `crypto`, worker threads and other processes. Sums on several threads of a CPU are the same
 * each time as long as their number is; on a GPU only with `TF_DETERMINISTIC_OPS=1` in the environment
 * before the start.
 *
 * @param seed A whole number from 0 to 2^53 - 1.
 * @throws HalfnoteError `invalid-seed`
 */
export function setSeed(seed: number): TextView {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new HalfnoteError(
      'invalid-seed',
      `The seed is ${String(seed)}; allowed are whole numbers from 0 to 2^53 - 1.`,
      'For example setSeed(42); clearSeed() ends it.',
    );
  }
  startStream(seed);
  noteSeed(seed);
  return describeSeed();
}

/** Takes the seed back: `Math.random`, and all that draws from it, is Node's own again. */
export function clearSeed(): TextView {
  stopStream();
  noteSeed(null);
  return describeSeed();
}

/** The seed in force, for a report; null where there is none. */
export function currentSeed(): number | null {
  return seedInForce();
}

/** The seed in force in words, as `%seed` shows it. */
export function describeSeed(): TextView {
  const seed = seedInForce();
  return TextView.of(
    seed === null
      ? 'No seed: each run draws other numbers.'
      : `Seed ${seed}: initial weights, dropout, noise, shuffles, random tensors and Math.random are decided by it. ` +
          'What has a seed of its own keeps it; crypto, worker threads and other processes are not seeded.',
  );
}
