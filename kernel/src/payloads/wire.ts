import * as z from 'zod/mini';
import { decodeNumber } from '../display/numbers';
import type { WireNumber } from '../display/numbers';
import { METHODS, type Quantity } from '../quantities/quantity';

/** Figures as they travel in JSON, and as a reader has them: as numbers. */

/** A {@link WireNumber}. */
export const number = z.union([
  z.number(),
  z.enum(['NaN', 'Infinity', '-Infinity']),
]) satisfies z.ZodMiniType<WireNumber>;

/** A number, read from a {@link WireNumber}. */
export const decoded = z.pipe(number, z.transform(decodeNumber));

/** How many of something, or how many bytes. */
export const count = z.int().check(z.nonnegative());

/** A measured figure: finite, and of something that is never below zero. */
export const figure = z.number().check(z.nonnegative());

/** Whether the hardware computes in a format, or only its rounding is real. */
export const execution = z.enum(['native', 'simulated']);

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
  samples: count,
  gaps: count,
  resets: count,
  complete: z.boolean(),
}) satisfies z.ZodMiniType<Quantity>;
