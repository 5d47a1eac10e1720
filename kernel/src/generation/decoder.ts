import * as tf from '@tensorflow/tfjs';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { fromTable, HalfnoteError } from '../errors';
import { scaledDotProductAttention } from '../layers/attention';
import { LayerKvCache } from './kv-cache/kv-cache';
import type { KvCacheOptions, KvFormat } from './kv-cache/layout';
import { decodingPlan, type Context, type DecoderSource, type DecodingPlan } from './plan';
import { SessionSteps } from './session/session-steps';
import { whyNoHeads, whyNoSession } from './session/session-of';

/** What keys and values of earlier tokens are kept in; `none` computes them again for every token. */
export type CacheChoice = KvFormat | KvCacheOptions | 'none';

/**
 * What computes a step. `tensorflow`: layer by layer, with any cache. `onnxruntime`: all of it as one graph,
 * with an fp32 cache that is written in place. `auto`: the latter where it keeps the codes of
 * all weights (weight-only: integers, fp16, bf16, fp8, NF4), else the former.
 */
export const DECODING_ENGINES = { auto: true, tensorflow: true, onnxruntime: true } as const;
export type DecodingEngine = keyof typeof DECODING_ENGINES;

/**
 * Computes a model's logits part by part: each call takes the tokens that follow those of the calls
 * before, and only they go through the layers. Earlier tokens are seen through the cache of their keys
 * and values.
 */
export class Decoder {
  private readonly plan: DecodingPlan;
  private caches: readonly LayerKvCache[] = [];
  /** [batch, tokens so far], where nothing is cached. */
  private history: Tensor2D | undefined;
  private batch: number | undefined;
  private tokens = 0;
  private readonly steps: SessionSteps | undefined;

  /**
   * @throws HalfnoteError `cannot-generate`, `unknown-cache-format`, `invalid-cache-option`, `invalid-group`,
   *   `unknown-engine`, `engine-missing`.
   */
  constructor(
    model: DecoderSource,
    private readonly cache: CacheChoice = 'fp32',
    engine: DecodingEngine = 'auto',
  ) {
    this.plan = decodingPlan(model);
    this.caches = this.emptyCaches();
    this.steps = this.stepsIn(engine, model);
  }

  /** What computes the steps. */
  get engine(): Exclude<DecodingEngine, 'auto'> {
    return this.steps === undefined ? 'tensorflow' : 'onnxruntime';
  }

  /** Tokens so far. */
  get length(): number {
    return this.tokens;
  }

  /** The longest sequence that the model has positions for; Infinity where it needs none. */
  get maxLength(): number {
    return this.plan.maxLength;
  }

  get vocabulary(): number {
    return this.plan.vocabulary;
  }

  /** Bytes of the weights, as they are held once a token was decoded. */
  get weightBytes(): number {
    return this.steps?.weightBytes ?? this.plan.weightBytes();
  }

  /** Bytes that the caches of all layers take, with the room for tokens to come: {@link cacheRoom}. */
  get cacheBytes(): number {
    return this.steps?.cacheBytes ?? this.caches.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Tokens that the caches have memory for. On TensorFlow those so far; ONNX Runtime writes into memory that is
   * made for 128 and doubled, up to {@link maxLength}.
   */
  get cacheRoom(): number {
    return this.steps?.cacheRoom ?? (this.cache === 'none' ? 0 : this.tokens);
  }

  /**
   * @param tokens [batch, new]: the sequences' next tokens.
   * @returns logits [batch, new, vocabulary] for the token after each.
   * @throws HalfnoteError `invalid-batch`, `invalid-token`, `sequence-too-long`.
   */
  decode(tokens: readonly ArrayLike<number>[]): Tensor3D {
    const next = this.checked(tokens);
    const { steps } = this;
    const shape: [number, number] = [tokens.length, next.length / tokens.length];
    const logits =
      steps === undefined
        ? tf.tidy(() => {
            const input = tf.tensor2d(next, shape, 'int32');
            return this.cache === 'none' ? this.runAll(input) : this.runNew(input);
          })
        : steps.run(next, shape);
    [this.batch] = shape;
    this.tokens += shape[1];
    return logits;
  }

  /** Forgets all tokens. */
  reset(): void {
    this.forget();
    this.caches = this.emptyCaches();
  }

  dispose(): void {
    this.forget();
    this.steps?.dispose();
    this.plan.dispose();
  }

  private forget(): void {
    this.steps?.reset();
    for (const cache of this.caches) cache.dispose();
    this.history?.dispose();
    this.history = undefined;
    this.caches = [];
    this.batch = undefined;
    this.tokens = 0;
  }

  private emptyCaches(): readonly LayerKvCache[] {
    const { cache } = this;
    if (cache === 'none') return [];
    return this.plan.attentions.map(({ headDim }) => new LayerKvCache(cache, headDim));
  }

  private stepsIn(engine: DecodingEngine, model: DecoderSource): SessionSteps | undefined {
    fromTable(DECODING_ENGINES, engine, 'engine');
    if (engine === 'tensorflow') return undefined;
    const { cache } = this;
    const format = typeof cache === 'string' ? cache : cache.format;
    const why =
      format === 'fp32'
        ? whyNoHeads(this.plan)
        : `it keeps keys and values in fp32, and cache is '${format}'`;
    if (engine === 'auto') {
      if ((why ?? whyNoSession(model)) !== undefined) return undefined;
      return SessionSteps.whereThereIs(model, this.plan);
    }
    if (why === undefined) return new SessionSteps(model, this.plan);
    throw new HalfnoteError(
      'engine-missing',
      `ONNX Runtime can't decode so: ${why}.`,
      "Leave the engine out, or use engine 'tensorflow'.",
    );
  }

  private runNew(input: Tensor2D): Tensor3D {
    return this.plan.run(input, {
      offset: this.tokens,
      attend: (place, q, k, v) => {
        const cache = this.caches[place] as LayerKvCache;
        cache.append(k, v);
        const [keys, values] = cache.read();
        return attention(q, keys, values);
      },
    });
  }

  private runAll(input: Tensor2D): Tensor3D {
    const all = this.history === undefined ? tf.clone(input) : tf.concat([this.history, input], 1);
    this.history?.dispose();
    this.history = tf.keep(all);
    const context: Context = { offset: 0, attend: (_place, q, k, v) => attention(q, k, v) };
    const logits = this.plan.run(all, context);
    const [batch, , vocabulary] = logits.shape;
    return tf.slice(logits, [0, this.tokens, 0], [batch, input.shape[1], vocabulary]);
  }

  private checked(tokens: readonly ArrayLike<number>[]): Int32Array {
    const [first] = tokens;
    const { batch = tokens.length } = this;
    const length = first?.length ?? 0;
    if (tokens.length !== batch || length === 0 || tokens.some((row) => row.length !== length)) {
      throw new HalfnoteError(
        'invalid-batch',
        `Tokens came in rows of [${tokens.map((row) => row.length).join(', ')}]; allowed are ${this.batch ?? 'one or more'} rows of the same length from 1.`,
        'A batch is decoded in step: pad prompts, or decode them one after another.',
      );
    }
    if (this.tokens + length > this.maxLength) {
      throw new HalfnoteError(
        'sequence-too-long',
        `The model has ${this.maxLength} positions, but the sequence would have ${this.tokens + length} tokens.`,
      );
    }
    const flat = tokens.flatMap((row) => Array.from(row));
    const wrong = flat.find(
      (token) => !Number.isInteger(token) || token < 0 || token >= this.vocabulary,
    );
    if (wrong === undefined) return Int32Array.from(flat);
    throw new HalfnoteError(
      'invalid-token',
      `${wrong} is no token; allowed are integers from 0 to ${this.vocabulary - 1}.`,
    );
  }
}

/** A single query sees all keys: it needs no mask. */
function attention(q: Tensor4D, keys: Tensor4D, values: Tensor4D): Tensor4D {
  return scaledDotProductAttention(q, keys, values, { causal: q.shape[2] > 1 });
}
