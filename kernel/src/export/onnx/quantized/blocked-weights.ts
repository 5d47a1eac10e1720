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

/** Codes [depth, channels] as [channels, blocks, blockSize] with 8 added; scales repeated per block. */
export function blocked(weights: WeightCodes, blockSize: number): BlockedKernel {
  const { codes, depth, channels, scales, groupSize } = weights;
  const blocks = Math.ceil(depth / blockSize);
  const padded = blocks * blockSize;
  const nibbles = new Uint8Array(channels * padded).fill(ZERO_POINT);
  const blockScales = new Float32Array(channels * blocks);
  for (let c = 0; c < channels; c++) {
    for (let d = 0; d < depth; d++) {
      nibbles[c * padded + d] = (codes[d * channels + c] ?? 0) + ZERO_POINT;
    }
    for (let block = 0; block < blocks; block++) {
      const group = Math.floor((block * blockSize) / groupSize);
      blockScales[c * blocks + block] = scales[group * channels + c] ?? 0;
    }
  }
  return { packed: packCodes(nibbles, 4), scales: blockScales, blocks };
}
