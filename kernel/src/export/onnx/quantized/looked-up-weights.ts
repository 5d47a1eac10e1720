import type { WeightCodes } from '../../../graph/quantized-graph';
import type { WeightTable } from '../../../graph/weight-table';
import { typeCode } from '../proto/attribute';
import { int32Tensor, uint4Tensor } from '../proto/tensor';
import type { NodeScope } from '../writer/node-scope';

/**
 * A matrix [depth, channels] as `Gather` from a table by codes of four bits, with the scale of formats
 * that have one: exactly the numbers that the codes stand for. `DequantizeLinear` knows no tables.
 */
export function lookedUp(scope: NodeScope, weights: WeightCodes, table: WeightTable): string {
  const { depth, channels, groupSize, scales } = weights;
  const groups = depth / groupSize;
  const shape = [groups, groupSize, channels];
  const places = Uint8Array.from(weights.codes, (code) => code + table.offset);
  const codes = scope.op('Cast', [scope.typed('kernel', uint4Tensor(places, shape))], {
    to: typeCode('int32'),
  });
  const values = scope.constant('kernel_table', table.values, [table.values.length]);
  const levels = scope.op('Gather', [values, ownPlaces(scope, codes, weights, table)]);
  const scaled =
    scales.length === 0
      ? levels
      : scope.op('Mul', [levels, scope.constant('kernel_scale', scales, [groups, 1, channels])]);
  return scope.op('Reshape', [scaled, scope.indices('kernel_matrix', [depth, channels])]);
}

/** Each group and channel has a table of its own, one after another. */
function ownPlaces(
  scope: NodeScope,
  codes: string,
  { depth, channels, groupSize }: WeightCodes,
  { isShared, size }: WeightTable,
): string {
  if (isShared) return codes;
  const groups = depth / groupSize;
  const first = Int32Array.from({ length: groups * channels }, (_, table) => table * size);
  return scope.op('Add', [
    codes,
    scope.typed('kernel_tables', int32Tensor(first, [groups, 1, channels])),
  ]);
}
