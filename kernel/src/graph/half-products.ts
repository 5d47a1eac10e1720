import type { LinearOp } from './quantized-graph';

/** Floats of 16 bits, which hardware multiplies as they are. */
export type HalfFormat = 'fp16' | 'bf16';

/**
 * The 16-bit format that both factors of a product are in, without scales. Such a product is what
 * hardware has of the format, wherever it runs: sums in fp32, the result rounded to the format and
 * saturated, then bias and activation in fp32. Undefined for all other products.
 */
export function halfProduct({ weights, activations }: LinearOp): HalfFormat | undefined {
  if (weights.scales.length > 0 || activations?.scale !== 'none') return undefined;
  const { format } = weights;
  const isHalf = format === 'fp16' || format === 'bf16';
  return isHalf && activations.format === format ? format : undefined;
}
