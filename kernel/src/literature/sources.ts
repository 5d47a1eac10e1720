import type { Source } from './source';
import { DOCUMENTATION } from './sources/documentation';
import { PAPERS } from './sources/papers';
import { REPORTS } from './sources/reports';

/**
 * When the sources were read, in stored copies that may be older: pages without a date may say something
 * else since.
 */
export const SEEN_ON = '2026-11-28';

export const SOURCES = { ...PAPERS, ...DOCUMENTATION, ...REPORTS } as const;

/** Its key in BibTeX. */
export type SourceKey = keyof typeof SOURCES;

export const SOURCE_KEYS = Object.keys(SOURCES) as readonly SourceKey[];

export function isSourceKey(key: string): key is SourceKey {
  return Object.hasOwn(SOURCES, key);
}

export function sourceOf(key: SourceKey): Source {
  return SOURCES[key];
}
