import type { ProductPlan } from '../../graph/build';
import type { LinearOp, WeightCodes } from '../../graph/quantized-graph';
import { outputChannels } from '../../integer/product';
import type { IntegerRange } from '../../integer/affine';
import { codeRange, type CodeScheme, encodeWeights } from '../../graph/weight-codes';
import type { LinearNode } from './float-graph';

/** A kernel's codes, and the codes that its format allows; undefined where they are not one step apart. */
export interface RoundedKernel {
  readonly weights: WeightCodes;
  readonly range: IntegerRange | undefined;
  readonly scheme: CodeScheme;
  /** What the product does with its input: `float` where only weights are rounded. */
  readonly input: LinearOp['input'];
}

/** A kernel whose codes are one step apart. */
export interface NearestRounding extends RoundedKernel {
  readonly range: IntegerRange;
}

/**
 * How `quantize` rounds a layer's kernel to nearest, so that repairs see the errors that it makes.
 * Undefined for layers that stay in float.
 */
export type RoundKernel = (node: LinearNode) => RoundedKernel | undefined;

/** Rounding by each node's scheme; without a word on them, activations stay in float. */
export function nearestRounding(
  schemeOf: (node: LinearNode) => (CodeScheme & Partial<ProductPlan>) | undefined,
): RoundKernel {
  return (node) => {
    const scheme = schemeOf(node);
    if (scheme === undefined) return undefined;
    const { geometry, kernel } = node.op;
    return {
      weights: encodeWeights(kernel, outputChannels(geometry), scheme, node.id),
      range: codeRange(scheme),
      scheme,
      input: scheme.input ?? 'float',
    };
  };
}

/** Each element's scale, in the kernel's order. */
export function elementScales({ codes, channels, groupSize, scales }: WeightCodes): Float32Array {
  return Float32Array.from(codes, (_, i) => {
    const group = Math.floor(Math.floor(i / channels) / groupSize);
    return scales[group * channels + (i % channels)] ?? 1;
  });
}
