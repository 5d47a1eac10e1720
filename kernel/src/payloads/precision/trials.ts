import * as z from 'zod/mini';
import { METHODS, type Quantity } from '../../quantities/quantity';

/** What trials say of a precision table: figures with their intervals, and which differences they show. */

const spread = z.object({ below: z.number(), above: z.number() });

const quantity = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  coverage: z.number(),
  method: z.enum(METHODS),
  statistical: spread,
  systematic: spread,
  samples: z.int(),
  gaps: z.int(),
  resets: z.int(),
  complete: z.boolean(),
}) satisfies z.ZodMiniType<Quantity>;

/** Welch's test against the row of `against`. Null: nothing bounds it, or it isn't finite. */
const comparison = z.object({
  verdict: z.enum(['lower', 'higher', 'no difference shown']),
  /** This row's figure by the other's. */
  ratio: z.nullable(z.number()),
  interval: z.nullable(z.tuple([z.number(), z.number()])),
  pDifference: z.nullable(z.number()),
  hedgesG: z.nullable(z.number()),
});

export const rowTrials = z.object({
  count: z.int(),
  /** Of one batch. */
  durationS: quantity,
  /** Attributed to the batch; null where nothing tells of energy. */
  energyJ: z.nullable(quantity),
  machineJ: z.nullable(quantity),
  /** Null for the row that others are compared with. */
  against: z.nullable(z.object({ durationS: comparison, energyJ: z.nullable(comparison) })),
});

export const tableTrials = z.object({
  valid: z.boolean(),
  /** `VALID`, or `INVALID because ...`. */
  verdict: z.string(),
  rounds: z.int(),
});

export type TrialComparison = z.infer<typeof comparison>;
export type RowTrials = z.infer<typeof rowTrials>;
export type TableTrials = z.infer<typeof tableTrials>;
