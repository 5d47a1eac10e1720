import type { KvCacheOptions, KvFormat } from './layout';

/** A cache in a word or two: `int8`, `int4, per-channel keys, residual 32`. */
export function cacheName(cache: KvFormat | KvCacheOptions | 'none'): string {
  if (typeof cache === 'string') return cache === 'none' ? 'no cache' : cache;
  const { format, groupSize, symmetric, keys, tokensPerGroup, residual } = cache;
  return [
    format,
    ...(groupSize === undefined ? [] : [`groups of ${groupSize}`]),
    ...(symmetric === undefined ? [] : [symmetric ? 'symmetric' : 'asymmetric']),
    ...(keys === 'per-channel'
      ? [`per-channel keys${tokensPerGroup === undefined ? '' : ` over ${tokensPerGroup} tokens`}`]
      : []),
    ...(residual === undefined || residual === 0 ? [] : [`newest ${residual} in fp32`]),
  ].join(', ');
}
