import type { LinearOp, QuantizedNode, WeightCodes } from '../../../graph/quantized-graph';
import { isFloatFormat } from '../../../graph/weight-codes';
import { DEFAULT_OPSET } from '../proto/builder';
import { onnxTypeOf } from '../quantized/float-weights';
import { fusedActivation } from '../quantized/fused-activation';
import type { GraphWriter } from '../writer/graph-writer';
import { NodeScope } from '../writer/node-scope';
import { packedBlock, type PackedCodes } from './packed-codes';

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

/**
 * A dense product of packed weights: by ONNX Runtime's `MatMulNBits`, of 4 bits or 8, in which activations are
 * rounded to int8 where the writer's accuracy level says so, or by its `MatMulBnb4`. False where it has no
 * such product.
 */
export function emitProduct(
  writer: GraphWriter,
  node: QuantizedNode,
  packed: PackedCodes,
): boolean {
  const { op } = node;
  if (op.kind !== 'linear' || op.input !== 'float' || op.geometry.kind !== 'dense') return false;
  const block = packedBlock(op.weights);
  const isTable = op.activations === undefined && isNf4(op.weights);
  if (!isTable && block === undefined) return false;
  const scope = new NodeScope(writer, { ...node, outputs: [node.output] });
  const y =
    block === undefined ? byTable(scope, op.weights) : byScales(scope, op.weights, packed, block);
  const hasBias = op.bias.some((value) => value !== 0);
  const bias = hasBias ? scope.constant('bias', op.bias, [op.bias.length]) : '';
  const sum = hasBias ? scope.op('Add', [y, bias]) : y;
  scope.output(fusedActivation(scope, sum, op.activation));
  return true;
}

/** Integers: in few bits, or in 8. */
function byScales(
  scope: NodeScope,
  weights: WeightCodes,
  packed: PackedCodes,
  size: number,
): string {
  const { codes, scales, bits, block } = packed.of(scope, weights, size);
  return scope.runtimeOp('MatMulNBits', [scope.input(), codes, scales], {
    K: weights.depth,
    N: weights.channels,
    bits,
    block_size: block,
    accuracy_level: scope.writer.blocks.accuracyLevel,
  });
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
