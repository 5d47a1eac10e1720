import type { WeightCodes } from '../../../graph/quantized-graph';
import type { WeightTable } from '../../../graph/weight-table';
import { typeCode } from '../proto/attribute';
import { int32Tensor, uint4Tensor, uint8Tensor } from '../proto/tensor';
import type { NodeScope } from '../writer/node-scope';

/**
 * A matrix [depth, channels] as `Gather` from a table by codes of four bits, or eight, with the scale of
 * formats that have one: exactly the numbers that the codes stand for. `DequantizeLinear` knows no tables.
 */
export function lookedUp(scope: NodeScope, weights: WeightCodes, table: WeightTable): string {
  const { depth, channels, groupSize } = weights;
  const isRagged = depth % groupSize !== 0;
  const groups = Math.ceil(depth / groupSize);
  const shape = isRagged ? [depth, channels] : [groups, groupSize, channels];
  const places = Uint8Array.from(weights.codes, (code) => code + table.offset);
  const packed = table.size <= 16 ? uint4Tensor(places, shape) : uint8Tensor(places, shape);
  const codes = scope.op('Cast', [scope.typed('kernel', packed)], { to: typeCode('int32') });
  const values = scope.constant('kernel_table', table.values, [table.values.length]);
  const levels = scope.op('Gather', [values, ownPlaces(scope, codes, weights, table)]);
  return scaledMatrix(scope, levels, weights, !isRagged);
}

/**
 * A matrix [depth, channels] times its scales, where it has some; `isGrouped` where it lies as
 * [groups, size, channels].
 */
export function scaledMatrix(
  scope: NodeScope,
  values: string,
  weights: WeightCodes,
  isGrouped = false,
): string {
  const { depth, channels, groupSize, scales } = weights;
  const groups = Math.ceil(depth / groupSize);
  const matrix = (made: string): string =>
    scope.op('Reshape', [made, scope.indices('kernel_matrix', [depth, channels])]);
  if (scales.length === 0) return isGrouped ? matrix(values) : values;
  if (depth % groupSize !== 0) {
    // Each row has the scales of its block; the last block is shorter.
    const rows = Int32Array.from({ length: depth }, (_, d) => Math.floor(d / groupSize));
    const kept = scope.constant('kernel_scale', scales, [groups, channels]);
    const each = scope.op('Gather', [
      kept,
      scope.typed('kernel_block', int32Tensor(rows, [depth])),
    ]);
    return scope.op('Mul', [values, each]);
  }
  const factors = scope.constant('kernel_scale', scales, [groups, 1, channels]);
  const shape = [groups, groupSize, channels];
  const byGroup = isGrouped
    ? values
    : scope.op('Reshape', [values, scope.indices('kernel_groups', shape)]);
  return matrix(scope.op('Mul', [byGroup, factors]));
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
