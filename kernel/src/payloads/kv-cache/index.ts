/** `halfnote/mime/kv-cache`: what caches of keys and values take, and what fits into a device. */
export { kvCache } from './schema';
export type { KvCache, KvFormatRow } from './schema';
export { cacheBytes, largestBatch, longestSequence } from './size';
export type { KvBytes, KvShape, KvSides } from './size';
