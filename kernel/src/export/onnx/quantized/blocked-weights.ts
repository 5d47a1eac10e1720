import { packCodes } from '../../../formats/packing';
import type { LinearOp, WeightCodes } from '../../../graph/quantized-graph';
import { blockSizeOf } from '../int4/block-size';
import { type BlockedKernel, blockedProduct } from '../int4/mat-mul-bits';
import type { NodeScope } from '../writer/node-scope';

const ZERO_POINT = 8;

/**
 * A weight-only product of at most four bits by `MatMulNBits`, or undefined where its groups are no
 * multiple of a block that ONNX Runtime has.
 */
export function blockedWeights(scope: NodeScope, x: string, op: LinearOp): string | undefined {
  const blockSize = blockSizeOf(op.weights);
  if (blockSize === undefined) return undefined;
  const { weights } = op;
  const { accuracyLevel } = scope.writer.blocks;
  return blockedProduct(scope, x, {
    name: 'kernel',
    inputs: weights.depth,
    units: weights.channels,
    kernel: blocked(weights, blockSize),
    options: { blockSize, accuracyLevel },
  });
}

/** Codes of four bits in blocks, two a byte. */
export function blocked(weights: WeightCodes, blockSize: number): BlockedKernel {
  const { codes, scales } = inBlocks(weights, blockSize, ZERO_POINT);
  const blocks = Math.ceil(weights.depth / blockSize);
  return { packed: packCodes(codes, 4), scales, blocks };
}

/**
 * Codes [depth, channels] as [channels, blocks, size] with the code added that is to stand for 0; scales
 * [channels, blocks], repeated per block. The last block of a channel is filled up.
 */
export function inBlocks(
  { codes, depth, channels, scales, groupSize }: WeightCodes,
  size: number,
  zeroPoint: number,
): { readonly codes: Uint8Array; readonly scales: Float32Array } {
  const blocks = Math.ceil(depth / size);
  const padded = blocks * size;
  const shifted = new Uint8Array(channels * padded).fill(zeroPoint);
  const blockScales = new Float32Array(channels * blocks);
  for (let c = 0; c < channels; c++) {
    for (let d = 0; d < depth; d++) {
      shifted[c * padded + d] = (codes[d * channels + c] ?? 0) + zeroPoint;
    }
    for (let block = 0; block < blocks; block++) {
      const group = Math.floor((block * size) / groupSize);
      blockScales[c * blocks + block] = scales[group * channels + c] ?? 0;
    }
  }
  return { codes: shifted, scales: blockScales };
}
