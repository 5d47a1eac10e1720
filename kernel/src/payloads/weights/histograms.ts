import * as z from 'zod/mini';
import { count, figure, number } from '../wire';
import { verdict } from '../verdict';

/** Bins of a histogram. */
export const BINS = 64;
/** Layers that a payload has figures of. */
export const MOST_LAYERS = 600;

const real = z.number();
const share = z.number().check(z.gte(0), z.lte(1));
const counts = z.array(count).check(z.maxLength(BINS));

/** Weights before and after they were rounded, in the same bins of equal width. */
export const weightHistogram = z
  .object({
    /** Where the first bin begins and the last one ends. */
    low: real,
    high: real,
    before: counts,
    after: counts,
  })
  .check(
    z.refine(({ before, after }) => before.length > 0 && before.length === after.length, {
      error: 'before and after have the same bins',
      path: ['after'],
    }),
  );

/** What rounding does to the weights of one layer. */
export const weightLayer = z
  .object({
    name: z.string(),
    /** The layer's class: `Dense`, `Conv2D`, ... */
    kind: z.string(),
    format: z.string(),
    weights: count,
    channels: count,
    /** Weights along the depth of a channel that share a scale; 0 where all of the layer do. */
    groupSize: count,
    /** The largest and the root mean square of `after - before`. */
    maxError: figure,
    rmsError: figure,
    /** `10 log10(sum of before^2 / sum of (after - before)^2)`, in dB; infinite without an error. */
    sqnrDb: number,
    /** The smallest and the largest; null of formats without. */
    scale: z.nullable(z.object({ low: figure, high: figure, count })),
    /** Of codes that are multiples of a scale; null of all others. */
    zeroPoint: z.nullable(z.int()),
    /** The part beyond the largest number of the format at its scale; null where there is no largest. */
    saturated: z.nullable(share),
    /** The part that was not zero, and is now. */
    zeroed: share,
    /** The output channel with the least signal to noise. */
    worstChannel: z.object({ index: count, low: real, high: real, sqnrDb: number }),
    /** Null where the payload has room for the figures alone. */
    histogram: z.nullable(weightHistogram),
  })
  .check(
    z.refine(
      ({ weights, histogram }) =>
        histogram === null ||
        [histogram.before, histogram.after].every(
          (bins) => bins.reduce((sum, values) => sum + values, 0) === weights,
        ),
      { error: 'the bins hold all weights', path: ['histogram'] },
    ),
  );

/** The weights of a quantized model before and after rounding, layer by layer. */
export const weightHistograms = z.object({
  model: z.string(),
  verdict,
  layers: z.array(weightLayer).check(z.maxLength(MOST_LAYERS)),
  notes: z.array(z.string()),
});

export type WeightHistogram = z.infer<typeof weightHistogram>;
export type WeightLayer = z.infer<typeof weightLayer>;
export type WeightHistogramsPayload = z.infer<typeof weightHistograms>;
