import * as tf from '@tensorflow/tfjs';
import type { Tensor3D } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import type { DecoderSource, DecodingPlan } from '../plan';
import { sessionOf, type Lent } from './session-of';
import { SharedCache } from './shared-cache';

/** The steps of one batch of sequences in ONNX Runtime. */
export class SessionSteps {
  readonly #lent: Lent;
  readonly #cache: SharedCache;

  /** @throws HalfnoteError `engine-missing`. */
  constructor(source: DecoderSource, { attentions, maxLength, isProbability }: DecodingPlan) {
    this.#lent = sessionOf(source, isProbability);
    this.#cache = new SharedCache(attentions, maxLength);
  }

  /** Undefined where ONNX Runtime isn't there, or can't run the model. */
  static whereThereIs(source: DecoderSource, plan: DecodingPlan): SessionSteps | undefined {
    try {
      return new SessionSteps(source, plan);
    } catch (error) {
      if (error instanceof HalfnoteError && MISSING.has(error.code)) return undefined;
      throw error;
    }
  }

  get weightBytes(): number {
    return this.#lent.session.weightBytes;
  }

  /** Of the memory for {@link cacheRoom} tokens. */
  get cacheBytes(): number {
    return this.#cache.bytes;
  }

  get cacheRoom(): number {
    return this.#cache.room;
  }

  /** Logits [batch, new, vocabulary] of new tokens [batch, new]. */
  run(tokens: Int32Array, [batch, length]: [batch: number, length: number]): Tensor3D {
    if (batch === 1 || length === 1 || this.#cache.length === 0) {
      return this.#logits(tokens, batch);
    }
    // ONNX Runtime goes on with several tokens of one sequence only.
    return tf.tidy(() => {
      const columns = Array.from({ length }, (_, at) =>
        Int32Array.from({ length: batch }, (_, row) => tokens[row * length + at] ?? 0),
      );
      return tf.concat(
        columns.map((column) => this.#logits(column, batch)),
        1,
      );
    });
  }

  #logits(tokens: Int32Array, batch: number): Tensor3D {
    const { values, shape } = this.#lent.session.run(tokens, batch, this.#cache);
    return tf.tensor3d(values, [...shape]);
  }

  reset(): void {
    this.#cache.reset();
  }

  dispose(): void {
    this.reset();
    if (this.#lent.isOwn) this.#lent.session.dispose();
  }
}

/** What is said where there is no session to be had. */
const MISSING = new Set<string>(['engine-missing', 'onnx-unsupported', 'onnx-too-large']);
