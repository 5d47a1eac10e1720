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

const exponent = z.int().check(z.gte(LEAST_EXPONENT), z.lte(LEAST_EXPONENT + MOST_BINS - 1));
const bins = z.array(count).check(z.maxLength(MOST_BINS));

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
    firstExponent: exponent,
    bins,
  })
  .check(
    z.refine(
      ({ count: all, zero, inf, nan, bins: counts }) =>
        all === counts.reduce((sum, values) => sum + values, zero + inf + nan),
      { error: 'count is the sum of zero, inf, nan and bins', path: ['count'] },
    ),
  );

/** Slots that a payload holds at most: a heatmap is hardly finer. */
export const MOST_SLOTS = 64;

/** Neighboring recorded steps that were counted together. */
const rangeSlot = z.object({
  /** The first and the last of them, by the optimizer steps that were done before since recording began. */
  firstStep: count,
  lastStep: count,
  recordedSteps: count,
  /**
   * The loss scale that they were computed at. Where it was more than one, that of most of them, and the
   * values lie where the format saw them at it.
   */
  scale: number,
});

const bySlot = z.array(count).check(z.maxLength(MOST_SLOTS));

/** The values of a layer slot by slot, as {@link rangeLayer} counts them. */
const slotCounts = z.object({
  zero: bySlot,
  /** Missing where all are 0, as is `nan`. */
  inf: z.optional(bySlot),
  nan: z.optional(bySlot),
  firstExponent: z.array(exponent).check(z.maxLength(MOST_SLOTS)),
  bins: z.array(bins).check(z.maxLength(MOST_SLOTS)),
});

/** The recorded steps one after another: how many values of each layer had which magnitude, and when. */
export const rangeTime = z.object({
  slots: z.array(rangeSlot).check(z.maxLength(MOST_SLOTS)),
  /** One for each of the payload's layers, in their order. */
  layers: z.array(slotCounts),
});

export const gradientRanges = z
  .object({
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
    /** Missing of a single step, of too many layers, and of what was recorded before there was any. */
    time: z.optional(rangeTime),
  })
  .check(
    z.refine(({ time, layers }) => time === undefined || addsUp(time, layers), {
      error: 'each layer has its counts in each slot, which add up to its own',
      path: ['time'],
    }),
  );

function addsUp(
  { slots, layers: timed }: z.infer<typeof rangeTime>,
  layers: readonly z.infer<typeof rangeLayer>[],
): boolean {
  const sum = (values: readonly number[] = []): number => values.reduce((a, b) => a + b, 0);
  return (
    slots.length > 0 &&
    timed.length === layers.length &&
    timed.every(({ zero, inf, nan, firstExponent, bins: counts }, index) => {
      const lists = [zero, inf, nan, firstExponent, counts];
      return (
        lists.every((list) => list === undefined || list.length === slots.length) &&
        layers[index]?.count === sum(zero) + sum(inf) + sum(nan) + sum(counts.map(sum))
      );
    })
  );
}

export type RangeLayer = z.infer<typeof rangeLayer>;
export type GradientRanges = z.infer<typeof gradientRanges>;
export type RangeSlot = z.infer<typeof rangeSlot>;
export type RangeTime = z.infer<typeof rangeTime>;
