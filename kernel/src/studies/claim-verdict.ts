import { z } from 'zod';

/** A verdict on a claim. It travels in the notebook's output, as a result does. */
export const VERDICT_MIME = 'application/vnd.halfnote.verdict.v1+json';

/** What a study says of a claim. */
export const VERDICTS = ['confirmed', 'not here', 'refuted'] as const;

/** Fewer trials give no verdict that is kept. */
export const LEAST_TRIALS = 5;

export const claimVerdict = z.strictObject({
  claim: z.string(),
  /** Which of several that the study tried: a network, a layer, a width; empty where it tried one. */
  subject: z.string(),
  verdict: z.enum(VERDICTS),
  /** Why it isn't confirmed; empty where it is. */
  because: z.string(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
  coverage: z.number().gt(0).lt(1),
  trials: z.int().min(2),
  unit: z.enum(['x', '%', 'pp', '']),
});

/** A claim's verdict with the figure that gave it. */
export type ClaimVerdict = z.infer<typeof claimVerdict>;
