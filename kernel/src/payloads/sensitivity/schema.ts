import * as z from 'zod/mini';
import { verdict } from '../verdict';
import { count, decoded } from '../wire';

/** Of one layer in one format, all else in float. */
const rated = z.object({
  bytes: count,
  relativeNoise: decoded,
  /** NaN for a single value a row. */
  kl: decoded,
  /** Accuracy lost, or loss gained; NaN without labels. */
  drop: decoded,
});

/** What rounding each layer alone does, in each format: all that a choice of formats goes by. */
export const sensitivity = z
  .object({
    title: z.string(),
    metric: z.enum(['sqnr', 'kl', 'accuracy', 'loss']),
    scoreMetric: z.enum(['accuracy', 'loss', 'none']),
    /** Of the float model. */
    score: decoded,
    samples: count,
    /** With the bits of a weight, in blocks with its part of their scale. */
    formats: z.array(z.object({ name: z.string(), bits: z.number().check(z.nonnegative()) })),
    layers: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        weights: count,
        /** What it takes if it stays in float. */
        unfoldedBytes: count,
        formats: z.array(rated),
      }),
    ),
    /** Of weights that stay in float whatever is chosen; null where that isn't known. */
    fixedBytes: z.nullable(count),
    notes: z.array(z.string()),
    verdict: z.optional(verdict),
  })
  .check(
    z.refine(
      ({ formats, layers }) => layers.every((layer) => layer.formats.length === formats.length),
      { error: 'each has figures for all formats', path: ['layers'] },
    ),
  );

export type Sensitivity = z.output<typeof sensitivity>;
export type SensitiveLayer = Sensitivity['layers'][number];
