import type { Tensor } from '@tensorflow/tfjs';
import type { LinearNode } from '../float-graph';
import type { RoundKernel } from '../rounding';
import { withInputFactors } from './apply-scales';
import { outputErrorOf, weightErrors } from './weight-error';

export interface AwqOptions {
  /** So many values of alpha are tried, from 0 to below 1. Default 20. */
  readonly grid?: number;
  /**
   * Also shrinks scales of weights, by up to a half, where the error falls; not one that a tensor shares,
   * nor powers of two. Default true.
   */
  readonly clip?: boolean;
}

/** A product of a group, and `½ H` makes its output error of its weights' errors. */
export interface Measured {
  readonly node: LinearNode;
  /** `[1, depth, depth]`. */
  readonly hessian: Tensor;
}

export interface Searched {
  readonly alpha: number;
  /** One for each input channel; ones at alpha 0. */
  readonly factors: Float64Array;
  /** By product: mean squared output error with the factors, and by rounding to nearest alone. */
  readonly errors: readonly number[];
  readonly nearestErrors: readonly number[];
}

const GRID = 20;
/** As in the published code. */
const LEAST_FACTOR = 1e-4;

/**
 * The factors of AWQ (Lin et al., "AWQ: Activation-aware Weight Quantization", 2023, section 3.2):
 * `mean |x| ^ alpha` of each input channel, divided by the geometric mean of the largest and the
 * smallest; the alpha whose rounded weights make the least output error. It is no alpha for which any of
 * the products would be off by more than without factors.
 */
export function searchFactors(
  group: readonly Measured[],
  meanAbs: Float64Array,
  round: RoundKernel,
  { grid = GRID }: AwqOptions = {},
): Searched {
  const errorsOf = (factors: Float64Array): number[] =>
    group.map(({ node, hessian }) => {
      const rounded = round(withInputFactors(node, factors));
      if (rounded === undefined) throw new Error(`'${node.id}' is not rounded`);
      return outputErrorOf(hessian, weightErrors(node, rounded.weights, factors));
    });
  const units = group.map(({ node }) => node.op.bias.length);
  const total = (errors: readonly number[]): number =>
    errors.reduce((sum, error, i) => sum + error * (units[i] ?? 0), 0);
  const ones = awqFactors(meanAbs, 0);
  const nearestErrors = errorsOf(ones);
  let best: Searched = { alpha: 0, factors: ones, errors: nearestErrors, nearestErrors };
  for (let step = 1; step < grid; step++) {
    const alpha = step / grid;
    const factors = awqFactors(meanAbs, alpha);
    const errors = errorsOf(factors);
    const isWorse = errors.some((error, i) => error > (nearestErrors[i] ?? 0));
    if (!isWorse && total(errors) < total(best.errors)) {
      best = { alpha, factors, errors, nearestErrors };
    }
  }
  return best;
}

/** Channels that were always 0 count as the smallest one that wasn't: other inputs may reach them. */
export function awqFactors(meanAbs: Float64Array, alpha: number): Float64Array {
  const least = meanAbs.reduce((min, x) => (x > 0 ? Math.min(min, x) : min), Infinity);
  if (alpha === 0 || least === Infinity) return new Float64Array(meanAbs.length).fill(1);
  const raw = meanAbs.map((x) => Math.max((x > 0 ? x : least) ** alpha, LEAST_FACTOR));
  const [max, min] = [Math.max(...raw), Math.min(...raw)];
  return raw.map((factor) => factor / Math.sqrt(max * min));
}
