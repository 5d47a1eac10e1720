import * as z from 'zod/mini';
import type { NumberFormat } from '../../formats/format';
import { verdict } from '../verdict';
import { count, number } from '../wire';

/** A number in several formats, as its codes: all else follows from these and from what the formats are. */

/** Codes are whole numbers that a double holds, and that bits are toggled in. */
const MOST_BITS = 32;
/** A table has a value for each code. */
const MOST_TABLE_BITS = 8;
const FARTHEST_EXPONENT = 20_000;

const bits = z.int().check(z.gte(1), z.lte(MOST_BITS));

const float = z
  .object({
    kind: z.literal('float'),
    bits,
    precision: bits,
    exponentBias: z.int().check(z.gte(-FARTHEST_EXPONENT), z.lte(FARTHEST_EXPONENT)),
    infinities: z.boolean(),
    nan: z.enum(['ieee', 'all-ones', 'negative-zero', 'none']),
    signed: z.boolean(),
    subnormals: z.boolean(),
  })
  .check(
    z.refine(({ bits: all, precision, signed }) => all - precision + 1 - Number(signed) >= 1, {
      error: 'has no bit left for the exponent',
      path: ['precision'],
    }),
  );

const integer = z.object({ kind: z.literal('integer'), bits, signed: z.boolean() });

const table = z
  .object({
    kind: z.literal('table'),
    bits: z.int().check(z.gte(1), z.lte(MOST_TABLE_BITS)),
    signed: z.boolean(),
    values: z.array(z.number()).check(z.maxLength(2 ** MOST_TABLE_BITS)),
    ties: z.enum(['up', 'down']),
  })
  .check(
    z.refine(({ bits: all, values }) => values.length === 2 ** all, {
      error: 'must have a value for each code',
      path: ['values'],
    }),
  );

const inspectedFormat = z
  .object({
    label: z.string(),
    /** What a code is in. */
    element: z.union([float, integer, table]),
    /** Of formats whose elements share a scale: what an element of 1 stands for. */
    unit: z.nullable(number),
    code: count,
    /** What became of the number in the format. */
    status: z.string(),
  })
  .check(
    z.refine(({ code, element }) => code < 2 ** element.bits, {
      error: 'must be a code of the format',
      path: ['code'],
    }),
  );

export const inspection = z.object({
  title: z.string(),
  value: number,
  formats: z.array(inspectedFormat),
  notes: z.array(z.string()),
  verdict: z.optional(verdict),
});

export type Inspection = z.infer<typeof inspection>;
export type InspectionFormat = z.infer<typeof inspectedFormat>;

/** The format that a payload describes. */
export function formatOf({ label, element }: InspectionFormat): NumberFormat {
  return { id: label, label, ...element };
}
