import { type AffineParams, roundHalfEven } from '../../../integer/affine';
import type { LinearOp, WeightCodes } from '../../../graph/quantized-graph';

const INT32_MAX = 2 ** 31 - 1;

/** The least normal number: kernels may take smaller scales for zero. */
const LEAST_SCALE = 2 ** -126;

/** One scale per output channel, and not one per group of inputs. */
export function hasChannelScales({ weights }: LinearOp): boolean {
  return weights.groupSize >= weights.depth;
}

/**
 * Why a product of rounded activations isn't one of integers, or undefined where it is.
 * @param input The range of activations where it is fixed.
 */
export function whyWide(op: LinearOp, input: AffineParams | undefined): string | undefined {
  if (op.input === 'float' || !hasChannelScales(op)) return undefined;
  const { weights } = op;
  const sums = largestSums(weights);
  if (sums.some((sum) => sum > INT32_MAX)) {
    return `its sums over ${weights.depth} products may exceed 32 bits`;
  }
  if (op.input !== 'static' || input === undefined) return undefined;
  const { codes, scales } = biasCodes(op, input);
  const fits = codes.every((code, c) => {
    const isHeld = code === 0 || (scales[c] ?? 0) >= LEAST_SCALE;
    return isHeld && Math.abs(code) + (sums[c] ?? 0) <= INT32_MAX;
  });
  return fits ? undefined : 'its bias, in steps of its input times its weights, exceeds 32 bits';
}

/** The bias as what is added to integer sums, and what one of them stands for. */
export function biasCodes(
  { bias, weights }: LinearOp,
  input: AffineParams,
): { readonly codes: readonly number[]; readonly scales: Float32Array } {
  const scales = weights.scales.map((scale) => Math.fround(scale * input.scale));
  const codes = Array.from(bias, (value, c) =>
    value === 0 ? 0 : roundHalfEven(value / (scales[c] ?? 1)),
  );
  return { codes, scales };
}

/** By channel: the most that a sum of uint8 activations and these weights can be. */
function largestSums({ codes, channels }: WeightCodes): Float64Array {
  const sums = new Float64Array(channels);
  codes.forEach((code, i) => (sums[i % channels] = (sums[i % channels] ?? 0) + Math.abs(code)));
  return sums.map((sum) => 255 * sum);
}
