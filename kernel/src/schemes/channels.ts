/**
 * Output channels of a weight by its name and shape: the last axis, and of a depthwise kernel
 * `[height, width, in, multiplier]` the last two together. Row-major, a weight is then a matrix
 * `[depth, channels]`.
 */
export function channelCount(name: string, shape: readonly number[]): number {
  const last = shape.at(-1) ?? 1;
  return /depthwise_kernel(_\d+)?$/.test(name) ? last * (shape.at(-2) ?? 1) : last;
}
