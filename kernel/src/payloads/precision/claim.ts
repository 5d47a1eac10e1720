import * as z from 'zod/mini';

/** What publications claim of a format in a comparison, as it goes over the wire. */

export const CLAIMED = ['speed', 'memory', 'energy'] as const;

export type Claimed = (typeof CLAIMED)[number];

export const claim = z.object({
  quantity: z.enum(CLAIMED),
  /** `1.5–5.5x`, `39–42%`, `no faster`. */
  says: z.string(),
  /** Times as fast, or the fraction saved; of `up to` and `more than` twice their end. Missing: in words only. */
  range: z.optional(z.tuple([z.number(), z.number()])),
  /** The format that it is relative to. */
  against: z.string(),
  /** Missing where it is a matter of bits alone. */
  hardware: z.optional(z.string()),
  /** Network, software, what was done; of what is often claimed, what sources say instead. */
  conditions: z.string(),
  /** A key of the table's `sources`. Missing: often claimed, and no source was found. */
  source: z.optional(z.string()),
  caution: z.optional(z.string()),
});

export const claimSource = z.object({
  /** In BibTeX. */
  key: z.string(),
  /** `PyTorch AMP 2020`. */
  short: z.string(),
  citation: z.string(),
});

export type PrecisionClaim = z.infer<typeof claim>;
export type ClaimSource = z.infer<typeof claimSource>;
