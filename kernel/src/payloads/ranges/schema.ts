import * as z from 'zod/mini';
import type { FormatBand } from '../../formats/bands';
import { count, execution, number } from '../wire';

/** Beyond those of any number format that there is. */
const FARTHEST_EXPONENT = 20_000;
const bandExponent = z.int().check(z.gte(-FARTHEST_EXPONENT), z.lte(FARTHEST_EXPONENT));

export const formatBand = z.object({
  id: z.string(),
  label: z.string(),
  minSubnormalExponent: bandExponent,
  minNormalExponent: bandExponent,
  maxExponent: bandExponent,
}) satisfies z.ZodMiniType<FormatBand>;

/** Values are counted in float64 at most: from 2^-1074 up to 2^1023. */
const LEAST_EXPONENT = -1074;
const MOST_BINS = 1023 - LEAST_EXPONENT + 1;

export const rangeLayer = z
  .object({
    name: z.string(),
    /** `activation`: what a layer puts out; `activation-gradient`: the gradient that comes back there. */
    kind: z.enum(['gradient', 'weight', 'activation', 'activation-gradient']),
    shape: z.array(count).check(z.maxLength(32)),
    /** Values counted over all recorded steps; the sum of everything below. */
    count,
    zero: count,
    inf: count,
    nan: count,
    /** `bins[i]` counts values with floor(log2|x|) = firstExponent + i. */
    firstExponent: z.int().check(z.gte(LEAST_EXPONENT), z.lte(LEAST_EXPONENT + MOST_BINS - 1)),
    bins: z.array(count).check(z.maxLength(MOST_BINS)),
  })
  .check(
    z.refine(
      ({ count: all, zero, inf, nan, bins }) =>
        all === bins.reduce((sum, values) => sum + values, zero + inf + nan),
      { error: 'count is the sum of zero, inf, nan and bins', path: ['count'] },
    ),
  );

export const gradientRanges = z.object({
  title: z.string(),
  /** The format the gradients were computed in, which the underflow columns are about. */
  format: z.string(),
  execution,
  step: count,
  recordedSteps: count,
  every: count,
  /** Gradients are recorded unscaled; multiplying by the loss scale moves the bands. */
  lossScale: z.object({
    value: number,
    suggested: number,
    reason: z.string(),
    skippedSteps: count,
    /** The first scale and each change, by the number of steps tried before. */
    history: z.array(z.object({ step: count, scale: number })),
    /** Steps tried up to now: where the history ends. */
    steps: z._default(count, 0),
    /** The latest skipped steps, counted as in the history. */
    skippedAt: z._default(z.array(count), []),
  }),
  formats: z.array(formatBand),
  layers: z.array(rangeLayer),
  /** What must be known to read the figures. */
  notes: z.optional(z.array(z.string())),
});

export type RangeLayer = z.infer<typeof rangeLayer>;
export type GradientRanges = z.infer<typeof gradientRanges>;
