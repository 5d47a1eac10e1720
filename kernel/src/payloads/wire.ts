import { z } from 'zod';
import { decodeNumber } from '../display/numbers';
import type { WireNumber } from '../display/numbers';
import { METHODS, type Quantity } from '../quantities/quantity';

/** Figures as they travel in JSON, and as a reader has them: as numbers. */

/** A {@link WireNumber}. */
export const number = z.union([
  z.number(),
  z.enum(['NaN', 'Infinity', '-Infinity']),
]) satisfies z.ZodType<WireNumber>;

/** A number, read from a {@link WireNumber}. */
export const decoded = number.transform(decodeNumber);

/** How a figure came about. */
export const method = z.enum(METHODS);

const spread = z.object({ below: decoded, above: decoded });

/** A figure with its interval and how it came about. */
export const quantity = z.object({
  value: decoded,
  low: decoded,
  high: decoded,
  coverage: decoded,
  method,
  statistical: spread,
  systematic: spread,
  samples: z.int().min(0),
  gaps: z.int().min(0),
  resets: z.int().min(0),
  complete: z.boolean(),
}) satisfies z.ZodType<Quantity>;
