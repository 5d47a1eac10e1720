import type { LinearOp, QuantizedNode, WeightCodes } from '../../../graph/quantized-graph';
import { blockSizeOf } from '../int4/block-size';
import { uint8Tensor } from '../proto/tensor';
import { inBlocksOf } from '../quantized/blocked-weights';
import { fusedActivation } from '../quantized/fused-activation';
import type { GraphWriter } from '../writer/graph-writer';
import { NodeScope } from '../writer/node-scope';

/** The largest blocks are the fastest; of grouped weights, those that divide a group. */
const BLOCK_SIZES = [128, 64, 32, 16];
const LEAST_BLOCK = 16;
/** Of a code of 8 bits that stands for 0. */
const ZERO_POINT = 128;

/** Whether {@link emitProduct} can write a product. */
export function isPackedProduct({ geometry, input, weights }: LinearOp): boolean {
  return geometry.kind === 'dense' && input === 'float' && packedBlock(weights) !== undefined;
}

/** Inputs that share a scale: where a channel has one, it is repeated. */
function packedBlock(weights: WeightCodes): number | undefined {
  const isNarrow = blockSizeOf(weights) !== undefined;
  if (!isNarrow && weights.format !== 'int8') return undefined;
  const { groupSize, depth } = weights;
  if (groupSize >= depth) return BLOCK_SIZES.find((size) => depth % size === 0) ?? LEAST_BLOCK;
  return BLOCK_SIZES.find((size) => groupSize % size === 0);
}

/**
 * A dense product of packed weights by ONNX Runtime's `MatMulNBits`, of 4 bits or 8: activations are rounded
 * to int8 in it where the writer's accuracy level says so. False where it has no such product.
 */
export function emitProduct(writer: GraphWriter, node: QuantizedNode): boolean {
  const { op } = node;
  if (op.kind !== 'linear' || !isPackedProduct(op)) return false;
  const scope = new NodeScope(writer, { ...node, outputs: [node.output] });
  const block = packedBlock(op.weights) ?? op.weights.depth;
  const bits = op.weights.format === 'int8' ? 8 : 4;
  const y =
    bits === 8 ? eightBits(scope, op.weights, block) : inBlocksOf(scope, scope.input(), op, block);
  const hasBias = op.bias.some((value) => value !== 0);
  const bias = hasBias ? scope.constant('bias', op.bias, [op.bias.length]) : '';
  const sum = hasBias ? scope.op('Add', [y, bias]) : y;
  scope.output(fusedActivation(scope, sum, op.activation));
  return true;
}

function eightBits(scope: NodeScope, weights: WeightCodes, block: number): string {
  const { depth, channels } = weights;
  const blocks = Math.ceil(depth / block);
  const { codes, scales } = inBlocks(weights, block, blocks);
  const inputs = [
    scope.input(),
    scope.typed('kernel', uint8Tensor(codes, [channels, blocks, block])),
    scope.constant('kernel_scales', scales, [channels, blocks]),
  ];
  return scope.runtimeOp('MatMulNBits', inputs, {
    K: depth,
    N: channels,
    bits: 8,
    block_size: block,
    accuracy_level: scope.writer.blocks.accuracyLevel,
  });
}

/** Codes [depth, channels] as [channels, blocks, block] with 128 added; scales repeated per block. */
function inBlocks(
  { codes, depth, channels, scales, groupSize }: WeightCodes,
  size: number,
  blocks: number,
): { readonly codes: Uint8Array; readonly scales: Float32Array } {
  const padded = blocks * size;
  const bytes = new Uint8Array(channels * padded).fill(ZERO_POINT);
  const blockScales = new Float32Array(channels * blocks);
  for (let c = 0; c < channels; c++) {
    for (let d = 0; d < depth; d++) {
      bytes[c * padded + d] = (codes[d * channels + c] ?? 0) + ZERO_POINT;
    }
    for (let block = 0; block < blocks; block++) {
      const group = Math.floor((block * size) / groupSize);
      blockScales[c * blocks + block] = scales[group * channels + c] ?? 0;
    }
  }
  return { codes: bytes, scales: blockScales };
}
