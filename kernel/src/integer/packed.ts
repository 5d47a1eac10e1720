import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

import { DT } from '../backend/dtypes';
import { hasNativeBackend } from '../backend/load';
import {
  bitcastHandle,
  castHandle,
  copyHandle,
  createHandle,
  deleteHandles,
  tensorFromHandle,
} from '../backend/raw';
import type { HandleScope } from './handles';

/** int8 codes as a native qint8 tensor with its own memory. The caller owns the handle. */
export function nativeCodes(codes: Int8Array, shape: readonly number[]): number {
  const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
  // The binding shares the array's memory with TensorFlow: copy before the array may go.
  const shared = createHandle(shape, bytes);
  const own = copyHandle(shared, DT.uint8);
  try {
    return bitcastHandle(own, DT.uint8, DT.qint8);
  } finally {
    deleteHandles(shared, own);
  }
}

/**
 * The codes as a native qint8 handle that shares the array's memory where its place allows, and keeps
 * it alive: nothing may write to `codes` from now on. `scope` owns the handle.
 */
export function sharedCodes(
  codes: Int8Array,
  shape: readonly number[],
  scope: HandleScope,
): number {
  const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
  const plain = createHandle(shape, bytes);
  try {
    return scope.own(bitcastHandle(plain, DT.uint8, DT.qint8));
  } finally {
    deleteHandles(plain);
  }
}

/** int8 codes that are kept as one byte each and widened to float32 when used. */
export interface CodeStore {
  readonly bytes: number;
  /** A new float32 tensor with the codes' values. */
  toFloat(): Tensor;
  dispose(): void;
}

export function codeStore(codes: Int8Array, shape: number[]): CodeStore {
  if (!hasNativeBackend()) {
    const kept = codes.slice();
    return {
      bytes: kept.byteLength,
      toFloat: () => tf.tensor(Float32Array.from(kept), shape),
      dispose: () => undefined,
    };
  }
  const packed = nativeCodes(codes, shape);
  return {
    bytes: codes.byteLength,
    toFloat() {
      const plain = bitcastHandle(packed, DT.qint8, DT.int8);
      try {
        const id = castHandle(plain, DT.int8, DT.float);
        return tensorFromHandle({ id, shape, dtype: DT.float });
      } finally {
        deleteHandles(plain);
      }
    },
    dispose() {
      deleteHandles(packed);
    },
  };
}
