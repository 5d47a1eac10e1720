import type { LinearOp, QuantizedNode, WeightCodes } from '../../../graph/quantized-graph';
import { isFloatFormat } from '../../../graph/weight-codes';
import { blockSizeOf } from '../int4/block-size';
import { DEFAULT_OPSET } from '../proto/builder';
import { uint8Tensor } from '../proto/tensor';
import { inBlocksOf } from '../quantized/blocked-weights';
import { onnxTypeOf } from '../quantized/float-weights';
import { fusedActivation } from '../quantized/fused-activation';
import type { GraphWriter } from '../writer/graph-writer';
import { NodeScope } from '../writer/node-scope';

/** The largest blocks are the fastest; of grouped weights, those that divide a group. */
const BLOCK_SIZES = [128, 64, 32, 16];
const LEAST_BLOCK = 16;
/** Of a code of 8 bits that stands for 0. */
const ZERO_POINT = 128;
/** `MatMulBnb4`'s name for the table of NF4. */
const NF4 = 1;

/**
 * What a step's graph does with a product's codes: `rounded`: multiplies them as they are packed, by
 * activations that are rounded to int8 in blocks; `widened`: makes fp32 of them each time. Undefined where it
 * would keep them in fp32, or in more bytes than they need.
 */
export function productOf(op: LinearOp): 'rounded' | 'widened' | undefined {
  const { geometry, input, weights, activations } = op;
  if (geometry.kind !== 'dense' || input !== 'float') return undefined;
  if (packedBlock(weights) !== undefined) return 'rounded';
  if (activations !== undefined) return undefined;
  const { format } = weights;
  const isTyped = isFloatFormat(format) && onnxTypeOf(format, DEFAULT_OPSET) !== undefined;
  return isTyped || isNf4(weights) ? 'widened' : undefined;
}

/** NF4 in whole blocks, as `MatMulBnb4` has it: there a block may not cross from one channel to the next. */
function isNf4({ format, depth, groupSize }: WeightCodes): boolean {
  return format === 'nf4' && depth % groupSize === 0;
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
 * A dense product of packed weights: by ONNX Runtime's `MatMulNBits`, of 4 bits or 8, in which activations are
 * rounded to int8 where the writer's accuracy level says so, or by its `MatMulBnb4`. False where it has no
 * such product.
 */
export function emitProduct(writer: GraphWriter, node: QuantizedNode): boolean {
  const { op } = node;
  if (op.kind !== 'linear' || op.input !== 'float' || op.geometry.kind !== 'dense') return false;
  const isTable = op.activations === undefined && isNf4(op.weights);
  if (!isTable && packedBlock(op.weights) === undefined) return false;
  const scope = new NodeScope(writer, { ...node, outputs: [node.output] });
  const y = isTable ? byTable(scope, op.weights) : byScales(scope, op);
  const hasBias = op.bias.some((value) => value !== 0);
  const bias = hasBias ? scope.constant('bias', op.bias, [op.bias.length]) : '';
  const sum = hasBias ? scope.op('Add', [y, bias]) : y;
  scope.output(fusedActivation(scope, sum, op.activation));
  return true;
}

function byScales(scope: NodeScope, op: LinearOp): string {
  const block = packedBlock(op.weights) ?? op.weights.depth;
  return op.weights.format === 'int8'
    ? eightBits(scope, op.weights, block)
    : inBlocksOf(scope, scope.input(), op, block);
}

/** Codes channel after channel, two a byte, the first in the high half; a scale for each block of them. */
function byTable(scope: NodeScope, weights: WeightCodes): string {
  const { codes, scales, depth, channels, groupSize } = weights;
  const inputs = [
    scope.input(),
    scope.typed('kernel', {
      type: 'uint8',
      shape: [(depth * channels) / 2],
      bytes: inPairs(turned(codes, depth, channels)),
    }),
    scope.constant('kernel_scales', turned(scales, depth / groupSize, channels), [scales.length]),
  ];
  return scope.runtimeOp('MatMulBnb4', inputs, {
    K: depth,
    N: channels,
    block_size: groupSize,
    quant_type: NF4,
  });
}

/** [rows, columns] as [columns, rows]. */
function turned(values: ArrayLike<number>, rows: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: rows * columns },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0,
  );
}

function inPairs(codes: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(
    { length: codes.length / 2 },
    (_, i) => ((codes[2 * i] ?? 0) << 4) | (codes[2 * i + 1] ?? 0),
  );
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
