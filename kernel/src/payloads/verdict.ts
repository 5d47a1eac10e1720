import * as z from 'zod/mini';
import type { Verdict } from '../display/verdict-type';

/** What a view says first, as its static twin says it. */
export const verdict = z.object({
  sentence: z.string(),
  tone: z.enum(['good', 'caution', 'problem']),
  next: z.optional(z.string()),
});

/** A payload's verdict, as `display` has it. */
export function verdictOf(said: z.infer<typeof verdict>): Verdict {
  const { sentence, tone, next } = said;
  return { sentence, tone, ...(next === undefined ? {} : { next }) };
}
