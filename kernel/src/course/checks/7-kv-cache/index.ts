import { ATTENTION } from './7-attention';
import { GROUPS } from './7-groups';
import { MEMORY } from './7-memory';

/** The functions of assignment 7, by id. */
export const KV_CACHE = {
  ...MEMORY,
  ...ATTENTION,
  ...GROUPS,
} as const;
