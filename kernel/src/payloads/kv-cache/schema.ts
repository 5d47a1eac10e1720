import * as z from 'zod/mini';
import { verdict } from '../verdict';
import { count } from '../wire';

/** Dimensions of which products are still exact. */
const MOST = 2 ** 20;
const dimension = z.int().check(z.gte(1), z.lte(MOST));
const bytes = count.check(z.lte(2 ** 32));

const side = z.object({
  step: dimension,
  residual: count.check(z.lte(2 ** 32)),
  codeBytes: bytes,
  scaleBytes: bytes,
});

/** Caches of several formats, as the rule by which each takes bytes. */
export const kvCache = z.object({
  title: z.string(),
  layers: dimension,
  /** Query heads of a layer. */
  heads: dimension,
  kvHeads: dimension,
  headDim: dimension,
  sequence: z.int().check(z.gte(1), z.lte(2 ** 32)),
  batch: dimension,
  formats: z.array(z.object({ name: z.string(), keys: side, values: side })),
  notes: z.array(z.string()),
  verdict: z.optional(verdict),
});

export type KvCache = z.infer<typeof kvCache>;
export type KvFormatRow = KvCache['formats'][number];
