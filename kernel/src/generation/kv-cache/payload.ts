import type { KvCache } from '../../payloads/kv-cache/schema';
import { kvLayout, type KvCacheOptions, type KvFormat } from './layout';
import { type KvDimensions, sidesOf } from './size';

interface Sized {
  readonly dimensions: Required<KvDimensions>;
  readonly rows: readonly { readonly name: string; readonly cache: KvFormat | KvCacheOptions }[];
}

/** The rule by which each format takes bytes, so that a page can tell them for other dimensions. */
export function kvCachePayload(
  { dimensions, rows }: Sized,
  title: string,
  notes: readonly string[],
): KvCache {
  const { headDim } = dimensions;
  return {
    title,
    ...dimensions,
    formats: rows.map(({ name, cache }) => ({
      name,
      ...sidesOf(kvLayout(cache, headDim), headDim),
    })),
    notes: [...notes],
  };
}
