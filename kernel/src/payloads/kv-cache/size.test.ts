import { describe, expect, it } from 'vitest';
import { kvLayout, type KvCacheOptions, type KvFormat } from '../../generation/kv-cache/layout';
import { kvCacheSize, sidesOf } from '../../generation/kv-cache/size';
import { KV_FORMATS } from '../../formats/names';
import { kvCacheTableOf } from '../../generation/kv-cache/table';
import { JUPYTER_DISPLAY } from '../../host';
import { MIME } from '../mime-types';
import { kvCache } from './schema';
import { cacheBytes, largestBatch, longestSequence } from './size';

const LLAMA = { layers: 32, heads: 32, kvHeads: 8, headDim: 128, sequence: 8192, batch: 4 };
const CACHES: readonly (KvFormat | KvCacheOptions)[] = [
  ...KV_FORMATS,
  { format: 'int4', keys: 'per-channel', tokensPerGroup: 24, residual: 100 },
  { format: 'int2', groupSize: 16 },
  { format: 'mxfp4', residual: 7 },
];

describe('bytes of a KV cache in a page', () => {
  it('are those of the kernel, for other lengths and batches too', () => {
    const sent: unknown = JSON.parse(
      JSON.stringify(kvCacheTableOf(LLAMA, CACHES)[JUPYTER_DISPLAY]()[MIME.kvCache]),
    );
    const { formats, ...shape } = kvCache.parse(sent);
    expect(formats.length).toBe(CACHES.length);
    for (const [index, sides] of formats.entries()) {
      for (const [sequence, batch] of [
        [8192, 4],
        [1, 1],
        [131, 3],
        [2 ** 20, 64],
      ] as const) {
        const cache = CACHES[index] ?? 'fp32';
        const options = typeof cache === 'string' ? { format: cache } : cache;
        const { totalBytes, scaleBytes } = kvCacheSize({ ...LLAMA, sequence, batch, ...options });
        const found = cacheBytes({ ...shape, sequence, batch }, sides);
        expect(found).toMatchObject({ totalBytes, scaleBytes });
      }
    }
  });

  it('tell what fits: one token or one sequence more does not', () => {
    const sides = sidesOf(kvLayout({ format: 'int4', residual: 32 }, 128), 128);
    const limit = 3e9;
    const bytes = (more: object): number => cacheBytes({ ...LLAMA, ...more }, sides).totalBytes;
    const sequence = longestSequence(LLAMA, sides, limit);
    expect(bytes({ sequence })).toBeLessThanOrEqual(limit);
    expect(bytes({ sequence: sequence + 1 })).toBeGreaterThan(limit);
    const batch = largestBatch(LLAMA, sides, limit);
    expect(bytes({ batch })).toBeLessThanOrEqual(limit);
    expect(bytes({ batch: batch + 1 })).toBeGreaterThan(limit);
    expect(longestSequence(LLAMA, sides, 10)).toBe(0);
  });

  it('refuse dimensions that no model has', () => {
    const payload = { title: '', ...LLAMA, formats: [], notes: [] };
    expect(kvCache.safeParse(payload).success).toBe(true);
    expect(kvCache.safeParse({ ...payload, layers: 0 }).success).toBe(false);
    expect(kvCache.safeParse({ ...payload, layers: 2e9 }).success).toBe(false);
  });
});
