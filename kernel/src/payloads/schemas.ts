import * as z from 'zod/mini';
import type { FormatBand } from '../formats/bands';
import { rowTrials, tableTrials } from './precision-trials';
import { count, figure, method, number } from './wire';

/**
 * The payloads of Halfnote's MIME types: whole and cumulative, SI units in the names.
 * The kernel builds them, the extension validates them before it renders.
 */

export const execution = z.enum(['native', 'simulated']);
const interval = z.tuple([number, number]);

export const precisionRow = z
  .object({
    format: z.string(),
    execution,
    engine: z.string(),
    /** Why it is native or simulated, which layers stayed in float, ... */
    note: z.string(),
    /** Per batch. Null when simulated: a simulated format claims no speed. */
    latencyS: z.nullable(z.object({ median: figure, p95: figure, runs: count })),
    throughputPerS: z.nullable(figure),
    /** Against the row of `against`; null when simulated. */
    speedup: z.nullable(figure),
    /** The format that speedup and energy saved are against; the table's baseline where it is missing. */
    against: z.optional(z.string()),
    weightBytes: count,
    /** Per inference batch; its interval where the meter tells one. Null when simulated. */
    energyJ: z.nullable(
      z.object({
        value: figure,
        method,
        source: z.string(),
        interval: z.optional(z.tuple([figure, figure])),
      }),
    ),
    co2eG: z.nullable(figure),
    /** In [0, 1] for classification, else the loss; named by `metric`. */
    score: z.nullable(number),
    maxError: number,
    sqnrDb: number,
    literature: z.nullable(
      z.object({
        speedup: interval,
        /** Fractions saved, in [0, 1]. */
        memorySaved: interval,
        energySaved: interval,
        source: z.string(),
      }),
    ),
    /** Where the table was measured by trials. */
    trials: z.optional(rowTrials),
  })
  .check(
    z.refine(({ execution, ...row }) => execution === 'native' || claimsNothing(row), {
      error: 'a simulated format has no time, speed, energy or CO2e',
      path: ['execution'],
    }),
  );

/** Whether a row has no figure that only a native run could give. */
function claimsNothing(
  row: Readonly<
    Record<'latencyS' | 'throughputPerS' | 'speedup' | 'energyJ' | 'co2eG', unknown>
  > & {
    readonly trials?: unknown;
  },
): boolean {
  const { latencyS, throughputPerS, speedup, energyJ, co2eG, trials } = row;
  return (
    [latencyS, throughputPerS, speedup, energyJ, co2eG].every((claim) => claim === null) &&
    trials === undefined
  );
}

export const precisionTable = z.object({
  title: z.string(),
  model: z.object({ name: z.string(), parameters: count }),
  device: z.object({ name: z.string(), engine: z.string(), threads: count }),
  batchSize: count,
  samples: count,
  metric: z.enum(['accuracy', 'loss', 'none']),
  baseline: z.string(),
  rows: z.array(precisionRow),
  notes: z.array(z.string()),
  trials: z.optional(tableTrials),
});

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

export type PrecisionRow = z.infer<typeof precisionRow>;
export type PrecisionTable = z.infer<typeof precisionTable>;
export type RangeLayer = z.infer<typeof rangeLayer>;
export type GradientRanges = z.infer<typeof gradientRanges>;
