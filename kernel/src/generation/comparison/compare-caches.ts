import type * as tf from '@tensorflow/tfjs';
import { ensureBackend, hasNativeBackend } from '../../backend/load';
import { HalfnoteError } from '../../errors';
import { asLayersModel } from '../../importing/layers-model-of';
import { kvCacheSize, type KvCacheSize } from '../kv-cache/size';
import { USES } from '../../formats/uses';
import { KV_FORMATS, type KvCacheOptions, type KvFormat } from '../kv-cache/layout';
import type { KvCacheRow } from './result';
import { KvCacheComparison } from './view';
import type { CacheChoice } from '../decoder';
import { writtenPerSecond } from './speed';
import { decodingPlan, type DecodingPlan } from '../plan';
import { distance, forced, heldOut, meanLoss, type Forced } from './teacher-forcing';
import { tokensOf, type Vocabulary } from '../vocabulary';

export interface CompareKvCacheOptions {
  /** Default: none, fp32, bf16, fp16, fp8, e5m2, int8, int4. */
  readonly formats?: readonly CacheChoice[];
  /** Turns a text into tokens. */
  readonly vocabulary?: Vocabulary;
  /** Parts of the text that are read, at once. Default 16. */
  readonly windows?: number;
  /** Tokens of each. Default: as many as the model has positions for, up to 128. */
  readonly length?: number;
  /** Measure how many tokens a second are generated, where TensorFlow does it. Default true. */
  readonly speed?: boolean;
}

/** All but int2 and blocks, which are compared where they are asked for. */
const FORMATS = [
  'none',
  ...KV_FORMATS.filter((format) => format !== 'int2' && !('block' in USES[format].kv)),
] as const;
const LONGEST = 128;

/**
 * Reads held-out text through each cache and says what it cost and changed: bytes by formula and as
 * held, perplexity, distance of the predictions from those with fp32 keys and values, and tokens per
 * second. All products run in fp32: narrower formats save memory here, and only that.
 *
 * @param text Text, with a vocabulary, or tokens.
 * @throws HalfnoteError `cannot-generate`, `too-short`, `invalid-window`, `sequence-too-long`, `invalid-prompt`,
 *   `invalid-token`, `unknown-character`, `unknown-cache-format`, `invalid-cache-option`, `invalid-group`.
 */
export async function compareKvCache(
  source: tf.LayersModel,
  text: string | ArrayLike<number>,
  options: CompareKvCacheOptions = {},
): Promise<KvCacheComparison> {
  const { formats = FORMATS, windows = 16, speed = true } = options;
  if (formats.length === 0) {
    throw new HalfnoteError('empty', 'There is no cache to compare: formats is empty.');
  }
  await ensureBackend();
  const model = asLayersModel(source, 'compareKvCache');
  const plan = decodingPlan(model);
  const length = options.length ?? Math.min(LONGEST, plan.maxLength);
  const { sequences, targets } = heldOut(tokensOf(text, options.vocabulary), windows, length);
  const reference = forced(model, sequences, 'fp32');
  const measured = formats.map((cache): Omit<KvCacheRow, 'tokensPerSecond'> => {
    const seen: Forced = cache === 'fp32' ? reference : forced(model, sequences, cache);
    return {
      cache,
      formula: cache === 'none' ? null : sizeOf(plan, cache, windows, length),
      measuredBytes: seen.cacheBytes,
      perplexity: Math.exp(meanLoss(seen, targets)),
      ...distance(reference, seen),
    };
  });
  const speeds =
    speed && hasNativeBackend()
      ? await writtenPerSecond(
          formats.map((cache) => ({ model, cache })),
          sequences[0]?.[0] ?? 0,
          length,
        )
      : formats.map(() => null);
  return new KvCacheComparison({
    model: model.name,
    windows,
    length,
    storage: hasNativeBackend() ? 'native' : 'typed arrays',
    fp32Bytes: reference.cacheBytes,
    rows: measured.map((row, i) => ({ ...row, tokensPerSecond: speeds[i] ?? null })),
  });
}

/** The size of all layers' caches, which may differ in heads and width. */
function sizeOf(
  { attentions }: DecodingPlan,
  cache: KvFormat | KvCacheOptions,
  batch: number,
  sequence: number,
): KvCacheSize {
  const options = typeof cache === 'string' ? { format: cache } : cache;
  return attentions
    .map(({ heads, kvHeads, headDim }) =>
      kvCacheSize({
        layers: 1,
        heads,
        kvHeads,
        headDim,
        sequence,
        batch,
        ...options,
      }),
    )
    .reduce((sum, size) => ({
      format: sum.format,
      valueBytes: sum.valueBytes + size.valueBytes,
      scaleBytes: sum.scaleBytes + size.scaleBytes,
      residualBytes: sum.residualBytes + size.residualBytes,
      totalBytes: sum.totalBytes + size.totalBytes,
      bytesPerToken: sum.bytesPerToken + size.bytesPerToken,
    }));
}
