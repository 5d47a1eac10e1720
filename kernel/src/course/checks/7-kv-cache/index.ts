import { ATTENTION } from './attention';
import { GROUPS } from './groups';
import { MEMORY } from './memory';

/** The functions of assignment 7, by id. */
export const KV_CACHE = {
  ...MEMORY,
  ...ATTENTION,
  ...GROUPS,
} as const;
