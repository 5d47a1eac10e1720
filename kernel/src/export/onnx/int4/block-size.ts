import type { WeightCodes, WeightFormat } from '../../../graph/quantized-graph';
import { isLinearFormat, WEIGHT_BITS } from '../../../graph/weight-codes';

/** ONNX Runtime's kernels know these sizes; 32 is the one that all of them have. */
const BLOCK_SIZES = [128, 64, 32, 16];
const DEFAULT_BLOCK = 32;

/** True where a code can be one of ONNX's int4. */
export function fitsFourBits(format: WeightFormat): boolean {
  return WEIGHT_BITS[format] <= 4;
}

/**
 * In how large blocks `MatMulNBits` can have weights of at most four bits, a scale each: within their
 * groups, or 32 where a channel has one scale, which is then repeated. Undefined where it can't.
 */
export function blockSizeOf({ format, groupSize, depth }: WeightCodes): number | undefined {
  if (!fitsFourBits(format) || !isLinearFormat(format)) return undefined;
  if (groupSize >= depth) return DEFAULT_BLOCK;
  return BLOCK_SIZES.find((size) => groupSize % size === 0);
}

/** Bytes of codes and scales in these blocks; the last block of a channel is filled up. */
export function blockedBytes({ depth, channels }: WeightCodes, blockSize: number): number {
  const blocks = channels * Math.ceil(depth / blockSize);
  return blocks * (blockSize / 2 + Float32Array.BYTES_PER_ELEMENT);
}
