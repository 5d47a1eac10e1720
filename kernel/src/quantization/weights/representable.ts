import { FORMATS } from '../../formats/table';
import { limits } from '../../formats/limits';
import { USES } from '../../formats/uses';
import type { WeightCodes } from '../../graph/quantized-graph';
import { isLinearFormat, isSign, WEIGHT_BITS } from '../../graph/weight-codes';
import { isCodebook, weightTable } from '../../graph/weight-table';
import type { IntegerRange } from '../../integer/affine';

/** The smallest and the largest number that codes stand for, before their scale. */
export interface Representable {
  readonly low: number;
  readonly high: number;
}

/**
 * Between which numbers a format rounds; undefined where weights lie beyond by intention: codebooks have
 * means, and signs one size.
 * @param range The codes that are in use; without it all of the format.
 */
export function representable(
  weights: WeightCodes,
  range?: IntegerRange,
): Representable | undefined {
  const { format } = weights;
  if (isCodebook(format) || isSign(format)) return undefined;
  if (isLinearFormat(format)) {
    const half = 2 ** (WEIGHT_BITS[format] - 1);
    return { low: range?.min ?? -half, high: range?.max ?? half - 1 };
  }
  const table = weightTable(weights);
  if (table === undefined) {
    const { max } = limits(FORMATS[USES[format].weights.codes]);
    return { low: -max, high: max };
  }
  const finite = table.values.filter(Number.isFinite);
  return { low: Math.min(...finite), high: Math.max(...finite) };
}
