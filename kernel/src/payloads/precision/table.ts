import * as z from 'zod/mini';
import { count, execution, figure, method, number } from '../wire';
import { claim, claimSource } from './claim';
import { rowTrials, tableTrials } from './trials';

/** A model compared in several number formats: whole and cumulative, SI units in the names. */

const interval = z.tuple([number, number]);
const finiteInterval = z.tuple([z.number(), z.number()]);

/** A paired test of a score against the baseline's, on the same samples. */
const scoreTest = z.object({
  /** McNemar's of hits, mid-p; a bootstrap of mean losses. */
  test: z.enum(['mcnemar', 'bootstrap']),
  /** This row's less the baseline's, in the score's unit. */
  difference: z.number(),
  /** Of the difference, 95%. */
  interval: finiteInterval,
  p: z.number().check(z.gte(0), z.lte(1)),
});

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
    /** 95%: Wilson's of accuracies, Student's of mean losses. */
    scoreInterval: z.optional(finiteInterval),
    /** Missing for the baseline, and where nothing can be tested. */
    scoreTest: z.optional(scoreTest),
    maxError: number,
    sqnrDb: number,
    /** Null. Before claims had sources they stood here, as intervals of unknown origin: they are not shown. */
    literature: z.nullable(
      z.object({
        speedup: interval,
        memorySaved: interval,
        energySaved: interval,
        source: z.string(),
      }),
    ),
    /** What publications claim of the format; missing where nothing is. */
    claims: z.optional(z.array(claim)),
    /** Where the table was measured by trials. */
    trials: z.optional(rowTrials),
    /** A cell's source that puts the notebook's model into this format. */
    next: z.optional(z.string().check(z.maxLength(300))),
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
  /** Where the rows' claims come from, each once. */
  sources: z.optional(z.array(claimSource)),
  trials: z.optional(tableTrials),
});

export type ScoreTest = z.infer<typeof scoreTest>;
export type PrecisionRow = z.infer<typeof precisionRow>;
export type PrecisionTable = z.infer<typeof precisionTable>;
