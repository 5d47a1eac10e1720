import type { CacheChoice } from '../decoder';
import type { KvCacheSize } from '../kv-cache/size';

export interface KvCacheRow {
  readonly cache: CacheChoice;
  /** By the formula; null without a cache. */
  readonly formula: KvCacheSize | null;
  /** What the caches of all layers really held after the last token. */
  readonly measuredBytes: number;
  /** exp of the mean negative log-likelihood of the next token. */
  readonly perplexity: number;
  /** From the predictions with fp32 keys and values: KL in nats, and share of the same likeliest token. */
  readonly divergence: number;
  readonly agreement: number;
  /** Measured, one sequence, greedy; null where it was not asked for. */
  readonly tokensPerSecond: number | null;
}

export interface KvCacheComparisonResult {
  readonly model: string;
  readonly windows: number;
  readonly length: number;
  /** Where the numbers lie: native tensors of the true width, or typed arrays. */
  readonly storage: 'native' | 'typed arrays';
  /** What fp32 takes for as many tokens. */
  readonly fp32Bytes: number;
  readonly rows: readonly KvCacheRow[];
}
