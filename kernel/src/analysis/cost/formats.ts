import { COMPUTE_FORMATS } from '../../formats/names';
import { FORMATS } from '../../formats/table';
import { HalfnoteError } from '../../errors';
import type { ComputeFormat } from '../../formats/uses';

/** Formats that a model's traffic is known in. */
export type CostFormat = ComputeFormat | 'int8' | 'int4';

export const COST_FORMATS: readonly CostFormat[] = [...COMPUTE_FORMATS, 'int8', 'int4'];

/** Bytes of a number as it lies in memory; tf32 is a way to multiply, and stored as fp32. */
export function widthBytes(format: CostFormat): number {
  if (format === 'tf32') return FORMATS.fp32.bits / 8;
  return FORMATS[format === 'fp8' ? 'e4m3' : format].bits / 8;
}

/** @throws HalfnoteError `unknown-format` */
export function checkCostFormat(format: string): asserts format is CostFormat {
  if ((COST_FORMATS as readonly string[]).includes(format)) return;
  throw new HalfnoteError(
    'unknown-format',
    `format is ${JSON.stringify(format)}; allowed are ${COST_FORMATS.join(', ')}.`,
  );
}
