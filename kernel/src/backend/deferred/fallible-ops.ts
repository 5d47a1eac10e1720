import { DT } from '../dtypes';
import type { OpEntry, Tape } from './tape';
import { onlyWrites } from './variable-ops';

/** Ops that fail for some values of their inputs, whatever the shapes: indices out of range and the like. Those of GatherV2 tfjs checks itself. */
const BY_VALUE: ReadonlySet<string> = new Set([
  'BatchToSpaceND',
  'Bincount',
  'CropAndResize',
  'DenseBincount',
  'DynamicPartition',
  'GatherNd',
  'ReverseSequence',
  'ScatterNd',
  'SegmentSum',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'SparseToDense',
  'TensorScatterUpdate',
  'UnsortedSegmentSum',
]);

/** Division of integers fails for zeros. */
const DIVISIONS: ReadonlySet<string> = new Set(['Div', 'FloorDiv', 'FloorMod', 'Mod', 'RealDiv']);

/** Whether an op fails for some values of its inputs. */
export function mayFail({ name, attributes }: OpEntry): boolean {
  if (BY_VALUE.has(name)) return true;
  const ofIntegers = attributes.some((one) => one.name === 'T' && one.value === DT.int32);
  return DIVISIONS.has(name) && ofIntegers;
}

/**
 * An op whose failure would come too late: its caller goes on with results that never come, which is
 * harmless only where all that lasts is in variables of TensorFlow's, which keep their values then.
 */
export function failsTooLate({ entries }: Tape): string | undefined {
  const ops = entries.filter((entry) => entry.kind === 'op');
  if (ops.some(({ name }) => onlyWrites(name))) return undefined;
  return ops.find(mayFail)?.name;
}
