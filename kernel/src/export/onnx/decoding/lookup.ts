import type { WeightCodes } from '../../../graph/quantized-graph';
import { toBytes } from '../../../formats/code-bytes';
import type { CodeArray } from '../../../formats/codes';
import { WEIGHT_BITS } from '../../../graph/weight-codes';
import { typeCode } from '../proto/attribute';
import { onnxTypeOf } from '../quantized/float-weights';
import type { NodeScope } from '../writer/node-scope';
import { packedBlock, type PackedCodes } from './packed-codes';

/**
 * The rows of a table that tokens [batch, length] name, in fp32. Only they are widened: of integers by ONNX
 * Runtime's `GatherBlockQuantized`, of 16-bit floats by `Gather` and `Cast`.
 * @param table Codes of [width, rows].
 */
export function emitLookUp(scope: NodeScope, table: WeightCodes, packed: PackedCodes): void {
  const type = scope.writer.type(scope.inputId());
  const given = scope.input();
  const tokens = type === 'int32' ? given : scope.op('Cast', [given], { to: typeCode('int32') });
  const block = packedBlock(table);
  scope.output(
    block === undefined
      ? ofFloats(scope, table, tokens)
      : ofIntegers(scope, table, packed, tokens, block),
  );
}

function ofIntegers(
  scope: NodeScope,
  table: WeightCodes,
  packed: PackedCodes,
  tokens: string,
  size: number,
): string {
  const { codes, scales, bits, block, blocks } = packed.of(scope, table, size);
  // A product has them as [rows, blocks]; they are a few bytes in a hundred.
  const shape = scope.indices('scales_shape', [table.channels, blocks, 1]);
  const each = scope.op('Reshape', [scales, shape]);
  const rows = scope.runtimeOp('GatherBlockQuantized', [codes, tokens, each], {
    bits,
    block_size: block,
    gather_axis: 0,
    quantize_axis: 2,
  });
  const padded = blocks * block;
  const flat = scope.op('Reshape', [rows, scope.indices('rows_shape', [0, 0, padded])]);
  if (padded === table.depth) return flat;
  const [from, to, axis] = [[0], [table.depth], [2]].map((one, i) =>
    scope.indices(`cut_${i}`, one),
  ) as [string, string, string];
  return scope.op('Slice', [flat, from, to, axis]);
}

function ofFloats(scope: NodeScope, table: WeightCodes, tokens: string): string {
  const { format, codes, depth: width, channels: rows } = table;
  const type = onnxTypeOf(format, scope.writer.opset);
  if (type === undefined) throw new Error(`ONNX has no type for embeddings in ${format}`);
  const turned = (codes as CodeArray).slice();
  for (let row = 0; row < rows; row++) {
    for (let d = 0; d < width; d++) turned[row * width + d] = codes[d * rows + row] ?? 0;
  }
  const bytes = toBytes(turned, WEIGHT_BITS[format]);
  const kept = scope.typed('embeddings', { type, shape: [rows, width], bytes });
  return scope.op('Cast', [scope.op('Gather', [kept, tokens])], { to: typeCode('float32') });
}
