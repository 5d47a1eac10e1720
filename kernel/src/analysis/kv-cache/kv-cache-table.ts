import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { type ByKind, OnnxModel } from '../../export/onnx/onnx-model';
import { kvDimensions, type KvExtent } from '../../generation/kv-cache/dimensions';
import type { KvCacheOptions, KvFormat } from '../../generation/kv-cache/layout';
import type { KvDimensions } from '../../generation/kv-cache/size';
import { type KvCacheTable, kvCacheTableOf } from '../../generation/kv-cache/table';
import { kindOf } from '../../models/examples';
import { type FloatModel, isGraphModel } from '../../models/graph-model';
import { onnxKvDimensions, type OnnxKvExtent } from './onnx-dimensions';

export interface KvCacheTableOptions extends KvExtent {
  /** Default: all. */
  readonly formats?: readonly (KvFormat | KvCacheOptions)[];
}

export type OnnxKvCacheTableOptions = KvCacheTableOptions & OnnxKvExtent;

/**
 * The sizes of KV caches by formula, format by format: of a model of tfjs, of an ONNX model, or of
 * dimensions.
 * @throws HalfnoteError as `kvCacheSize`, `kvDimensions` and {@link onnxKvDimensions}.
 */
export function kvCacheTable<M extends FloatModel | OnnxModel | KvDimensions>(
  target: M,
  options?: ByKind<M, KvCacheTableOptions, OnnxKvCacheTableOptions>,
): ByKind<M, KvCacheTable, Promise<KvCacheTable>>;
export function kvCacheTable(
  target: FloatModel | OnnxModel | KvDimensions,
  options: OnnxKvCacheTableOptions = {},
): KvCacheTable | Promise<KvCacheTable> {
  const { formats, ...extent } = options;
  if (target instanceof OnnxModel) return ofOnnx(target, formats, extent);
  if (extent.data !== undefined) {
    throw new HalfnoteError(
      'invalid-option',
      '`data` is for ONNX models, whose shapes a run tells; this one is read off as it is.',
      'Leave it out.',
    );
  }
  if (target instanceof tf.LayersModel || isGraphModel(target)) {
    return kvCacheTableOf(kvDimensions(target, extent), formats);
  }
  // JavaScript can hand over anything.
  const given: unknown = target;
  if (typeof given !== 'object' || given === null || !('layers' in given)) {
    throw new HalfnoteError(
      'unsupported-model',
      `kvCacheTable() takes a tf.LayersModel, a tf.GraphModel, what loadOnnx() gives, or dimensions, not ${kindOf(given)}.`,
      'Dimensions are { layers, heads, headDim, sequence } and, if you like, kvHeads and batch.',
    );
  }
  return kvCacheTableOf({ batch: 1, kvHeads: target.heads, ...target }, formats);
}

async function ofOnnx(
  model: OnnxModel,
  formats: KvCacheTableOptions['formats'],
  extent: OnnxKvExtent,
): Promise<KvCacheTable> {
  const { dimensions, found } = await onnxKvDimensions(model, extent);
  return kvCacheTableOf(dimensions, formats, [found]);
}
