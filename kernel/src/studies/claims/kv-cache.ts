import type { TestedClaim } from '../tested-claim';

/** What `notebooks/research/kv-cache.ipynb` puts to the test. */
export const KV_CACHE: readonly TestedClaim[] = [
  {
    id: 'kv-int8-lossless',
    says: 'An int8 KV cache costs no quality.',
    figure: 'perplexity with the cache / with fp32, of one text',
    unit: 'x',
    low: null,
    high: 1.01,
    of: 'any',
    see: ['lmdeploy-memory'],
    study: 'kv-cache',
  },
  {
    id: 'kv-int4-nearly-lossless',
    says: 'A 4-bit KV cache costs hardly any quality.',
    figure: 'perplexity with the cache / with fp32, of one text',
    unit: 'x',
    low: null,
    high: 1.05,
    of: 'any',
    see: ['kvquant-dbrx-quality'],
    study: 'kv-cache',
  },
  {
    id: 'kv-int2-nearly-lossless',
    says: 'A 2-bit KV cache almost keeps quality.',
    figure: 'perplexity with the cache / with fp32, of one text',
    unit: 'x',
    low: null,
    high: 1.05,
    of: 'any',
    see: ['liu2024-memory', 'kvquant-dbrx-quality'],
    study: 'kv-cache',
  },
  {
    id: 'kv-narrow-faster',
    says: 'A narrower KV cache makes generation faster.',
    figure: 'tokens per second with the cache / with fp32',
    unit: 'x',
    low: 1,
    high: null,
    of: 'any',
    see: ['liu2024-speed'],
    study: 'kv-cache',
  },
];
