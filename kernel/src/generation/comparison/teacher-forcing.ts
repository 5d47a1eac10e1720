import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { withPrecision } from '../../precision/scope';
import type { ComputeFormat } from '../../formats/uses';
import { Decoder, type CacheChoice, type DecodingEngine } from '../decoder';
import type { DecoderSource } from '../plan';

/** What a model predicts of given sequences when each token is read through the cache. */
export interface Forced {
  /** Natural logarithms [batch x length x vocabulary], row-major: of the token after each position. */
  readonly logProbabilities: Float32Array;
  readonly vocabulary: number;
  /** Held by the cache after the last token. */
  readonly cacheBytes: number;
  /** Of the weights, as they are held. */
  readonly weightBytes: number;
}

export interface ForcedOptions {
  readonly engine?: DecodingEngine;
  /** The format of products. Default `fp32`. */
  readonly policy?: ComputeFormat;
}

/**
 * Feeds sequences token by token, as generation does, but with the tokens that are really there. All
 * is computed in fp32 unless said otherwise, whatever the session's policy: what differs is what the cache keeps.
 *
 * @param sequences [batch][length] of tokens.
 */
export function forced(
  model: DecoderSource,
  sequences: readonly ArrayLike<number>[],
  cache: CacheChoice,
  { engine = 'auto', policy = 'fp32' }: ForcedOptions = {},
): Forced {
  const decoder = new Decoder(model, cache, engine);
  const length = sequences[0]?.length ?? 0;
  // Without a cache every step would give the same numbers as all steps at once.
  const step = cache === 'none' ? length : 1;
  try {
    const logProbabilities = tf.tidy(() => {
      const parts: tf.Tensor3D[] = [];
      for (let at = 0; at < length; at += step) {
        const next = sequences.map((row) => Array.from(row).slice(at, at + step));
        const logits = withPrecision(policy, () => decoder.decode(next));
        parts.push(withPrecision('fp32', () => tf.logSoftmax(logits)));
      }
      return tf.concat(parts, 1).dataSync<'float32'>();
    });
    const { vocabulary, cacheBytes, weightBytes } = decoder;
    return { logProbabilities, vocabulary, cacheBytes, weightBytes };
  } finally {
    decoder.dispose();
  }
}

/** Mean negative log-likelihood in nats of the tokens that came: [batch][length], each after its position. */
export function meanLoss(
  { logProbabilities, vocabulary }: Forced,
  targets: readonly ArrayLike<number>[],
): number {
  const flat = targets.flatMap((row) => Array.from(row));
  const sum = flat.reduce(
    (total, token, i) => total - (logProbabilities[i * vocabulary + token] ?? NaN),
    0,
  );
  return sum / flat.length;
}

/** How far two models' predictions at the same places are apart. */
export interface Distance {
  /** Mean over the places of KL(reference || other), in nats. */
  readonly divergence: number;
  /** Share of places where both hold the same token for the likeliest. */
  readonly agreement: number;
}

export function distance(reference: Forced, other: Forced): Distance {
  const { vocabulary } = reference;
  const places = reference.logProbabilities.length / vocabulary;
  let divergence = 0;
  let agreed = 0;
  for (let place = 0; place < places; place++) {
    const part = ({ logProbabilities }: Forced): Float32Array =>
      logProbabilities.subarray(place * vocabulary, (place + 1) * vocabulary);
    const [p, q] = [part(reference), part(other)];
    p.forEach((log, token) => {
      divergence += Math.exp(log) * (log - (q[token] ?? NaN));
    });
    if (likeliest(p) === likeliest(q)) agreed += 1;
  }
  return { divergence: Math.max(0, divergence / places), agreement: agreed / places };
}

function likeliest(row: Float32Array): number {
  return row.reduce((best, value, token) => (value > (row[best] ?? NaN) ? token : best), 0);
}

/** Sequences of held-out text: [batch][length], and the same one token on. */
export interface HeldOut {
  readonly sequences: readonly ArrayLike<number>[];
  readonly targets: readonly ArrayLike<number>[];
}

/**
 * `windows` parts of a text that do not overlap where it is long enough, from evenly spread places.
 * @throws HalfnoteError `too-short`, `invalid-window`.
 */
export function heldOut(tokens: ArrayLike<number>, windows: number, length: number): HeldOut {
  for (const [name, value] of Object.entries({ windows, length })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new HalfnoteError('invalid-window', `${name} is ${value}; allowed are integers from 1.`);
  }
  const last = tokens.length - length - 1;
  if (last < 0) {
    throw new HalfnoteError(
      'too-short',
      `The text has ${tokens.length} tokens; windows of ${length} need at least ${length + 1}.`,
    );
  }
  const all = Array.from(tokens);
  const starts = Array.from({ length: windows }, (_, i) =>
    windows === 1 ? 0 : Math.floor((i * last) / (windows - 1)),
  );
  return {
    sequences: starts.map((start) => all.slice(start, start + length)),
    targets: starts.map((start) => all.slice(start + 1, start + length + 1)),
  };
}
