import { HalfnoteError } from '../errors';
import { randomKey, splitKey, uniform } from '../formats/random';

export interface SamplingOptions {
  /** What logits are divided by. 0 takes the likeliest token. Default 1. */
  readonly temperature?: number;
  /** Only so many of the likeliest tokens can be chosen. Default: all. */
  readonly topK?: number;
  /**
   * Only the likeliest tokens that together have at least this probability can be chosen (nucleus
   * sampling, Holtzman et al. 2020); after temperature and topK. Default 1: all.
   */
  readonly topP?: number;
  /** The same seed gives the same tokens, whatever else is in the batch. Default 0. */
  readonly seed?: number;
}

/** Chooses row `row`'s token number `step` by its logits. */
export type Sampler = (logits: Float32Array, row: number, step: number) => number;

/** @throws HalfnoteError `invalid-sampling-option`; the sampler: `not-finite`. */
export function sampler({ temperature = 1, topK, topP = 1, seed = 0 }: SamplingOptions): Sampler {
  check(
    'temperature',
    temperature,
    temperature >= 0 && Number.isFinite(temperature),
    'numbers from 0',
  );
  check(
    'topK',
    topK,
    topK === undefined || (Number.isInteger(topK) && topK >= 1),
    'integers from 1',
  );
  check('topP', topP, topP > 0 && topP <= 1, 'numbers above 0, up to 1');
  check('seed', seed, Number.isSafeInteger(seed), 'integers');
  const key = randomKey(seed);
  return (logits, row, step) => {
    const likeliest = indexOfLargest(logits);
    if (temperature === 0 || topK === 1) return likeliest;
    const largest = logits[likeliest] ?? 0;
    const least = topK === undefined ? -Infinity : nthLargest(logits, topK);
    const weights = Float64Array.from(logits, (logit) =>
      logit < least ? 0 : Math.exp((logit - largest) / temperature),
    );
    if (topP < 1) keepNucleus(weights, topP);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let left = uniform(splitKey(key, row), step) * total;
    const chosen = weights.findIndex((weight) => (left -= weight) < 0);
    return chosen < 0 ? likeliest : chosen;
  };
}

function indexOfLargest(logits: Float32Array): number {
  let best = 0;
  logits.forEach((logit, token) => {
    if (Number.isNaN(logit)) {
      throw new HalfnoteError(
        'not-finite',
        `The logit of token ${token} is NaN.`,
        'Look at the weights, and at keys beyond the range of the cache: fp16 ends at 65504.',
      );
    }
    if (logit > (logits[best] ?? 0)) best = token;
  });
  return best;
}

/** Makes 0 of what isn't among the largest that together have the share; of equal ones the first stay. */
function keepNucleus(weights: Float64Array, share: number): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const byWeight = Uint32Array.from(weights, (_, token) => token).sort(
    (a, b) => (weights[b] ?? 0) - (weights[a] ?? 0),
  );
  let held = 0;
  for (const token of byWeight) {
    if (held >= share * total) weights[token] = 0;
    else held += weights[token] ?? 0;
  }
}

function nthLargest(logits: Float32Array, n: number): number {
  return logits.toSorted().at(-n) ?? -Infinity;
}

function check(name: string, value: unknown, ok: boolean, allowed: string): void {
  if (ok) return;
  throw new HalfnoteError(
    'invalid-sampling-option',
    `${name} is ${String(value)}; allowed are ${allowed}.`,
  );
}
