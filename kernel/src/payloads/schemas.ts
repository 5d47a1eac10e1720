import { z } from 'zod';
import type { FormatBand } from '../formats/bands';
import { rowTrials, tableTrials } from './precision-trials';
import { method, number } from './wire';

/**
 * The payloads of Halfnote's MIME types: whole and cumulative, SI units in the names.
 * The kernel builds them, the extension validates them before it renders.
 */

export const execution = z.enum(['native', 'simulated']);
const interval = z.tuple([number, number]);

export const precisionRow = z.object({
  format: z.string(),
  execution,
  engine: z.string(),
  /** Why it is native or simulated, which layers stayed in float, ... */
  note: z.string(),
  /** Per batch. Null when simulated: a simulated format claims no speed. */
  latencyS: z.object({ median: number, p95: number, runs: z.int() }).nullable(),
  throughputPerS: number.nullable(),
  /** Against the row of `against`; null when simulated. */
  speedup: number.nullable(),
  /** The format that speedup and energy saved are against; the table's baseline where it is missing. */
  against: z.string().optional(),
  weightBytes: z.int(),
  /** Per inference batch; its interval where the meter tells one. */
  energyJ: z
    .object({ value: number, method, source: z.string(), interval: interval.optional() })
    .nullable(),
  co2eG: number.nullable(),
  /** In [0, 1] for classification, else the loss; named by `metric`. */
  score: number.nullable(),
  maxError: number,
  sqnrDb: number,
  literature: z
    .object({
      speedup: interval,
      /** Fractions saved, in [0, 1]. */
      memorySaved: interval,
      energySaved: interval,
      source: z.string(),
    })
    .nullable(),
  /** Where the table was measured by trials. */
  trials: rowTrials.optional(),
});

export const precisionTable = z.object({
  title: z.string(),
  model: z.object({ name: z.string(), parameters: z.int() }),
  device: z.object({ name: z.string(), engine: z.string(), threads: z.int() }),
  batchSize: z.int(),
  samples: z.int(),
  metric: z.enum(['accuracy', 'loss', 'none']),
  baseline: z.string(),
  rows: z.array(precisionRow),
  notes: z.array(z.string()),
  trials: tableTrials.optional(),
});

export const formatBand = z.object({
  id: z.string(),
  label: z.string(),
  minSubnormalExponent: z.int(),
  minNormalExponent: z.int(),
  maxExponent: z.int(),
}) satisfies z.ZodType<FormatBand>;

export const rangeLayer = z.object({
  name: z.string(),
  /** `activation`: what a layer puts out; `activation-gradient`: the gradient that comes back there. */
  kind: z.enum(['gradient', 'weight', 'activation', 'activation-gradient']),
  shape: z.array(z.int()),
  /** Values counted over all recorded steps; the sum of everything below. */
  count: z.int(),
  zero: z.int(),
  inf: z.int(),
  nan: z.int(),
  /** `bins[i]` counts values with floor(log2|x|) = firstExponent + i. */
  firstExponent: z.int(),
  bins: z.array(z.int()),
});

export const gradientRanges = z.object({
  title: z.string(),
  /** The format the gradients were computed in, which the underflow columns are about. */
  format: z.string(),
  execution,
  step: z.int(),
  recordedSteps: z.int(),
  every: z.int(),
  /** Gradients are recorded unscaled; multiplying by the loss scale moves the bands. */
  lossScale: z.object({
    value: number,
    suggested: number,
    reason: z.string(),
    skippedSteps: z.int(),
    /** The first scale and each change, by the number of steps tried before. */
    history: z.array(z.object({ step: z.int(), scale: number })),
    /** Steps tried up to now: where the history ends. */
    steps: z.int().default(0),
    /** The latest skipped steps, counted as in the history. */
    skippedAt: z.array(z.int()).default([]),
  }),
  formats: z.array(formatBand),
  layers: z.array(rangeLayer),
  /** What must be known to read the figures. */
  notes: z.array(z.string()).optional(),
});

export type PrecisionRow = z.infer<typeof precisionRow>;
export type PrecisionTable = z.infer<typeof precisionTable>;
export type RangeLayer = z.infer<typeof rangeLayer>;
export type GradientRanges = z.infer<typeof gradientRanges>;
