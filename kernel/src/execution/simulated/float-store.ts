import * as tf from '@tensorflow/tfjs';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import {
  bitcastHandle,
  castHandle,
  copyHandle,
  createHandle,
  deleteHandles,
  tensorFromHandle,
} from '../../backend/raw';
import { fromBytes, toBytes } from '../../formats/code-bytes';
import type { CodeArray } from '../../formats/codes';
import type { BlockWeightFormat, FloatWeightFormat } from '../../formats/uses';
import { decodeFloatCodes } from '../../graph/float-codes';
import { WEIGHT_BITS } from '../../graph/weight-codes';
import type { LowBitStore } from './low-bits';

/** Floats that TensorFlow has itself. */
const TYPES: Readonly<Record<string, number>> = { fp16: DT.half, bf16: DT.bfloat16 };

/** Floats of more than 8 bits, packed: as TensorFlow's own where it has the format. */
export function wideStore(
  format: FloatWeightFormat | BlockWeightFormat,
  codes: CodeArray,
  shape: readonly number[],
): LowBitStore {
  const bits = WEIGHT_BITS[format];
  const bytes = toBytes(codes, bits);
  const type = TYPES[format];
  if (type !== undefined && hasNativeBackend()) return nativeStore(bytes, type, shape);
  return {
    bytes: bytes.byteLength,
    toFloat: () =>
      tf.tensor(decodeFloatCodes(format, fromBytes(bytes, bits, codes.length)), [...shape]),
    dispose: () => undefined,
  };
}

function nativeStore(bytes: Uint8Array, type: number, shape: readonly number[]): LowBitStore {
  // The binding shares the array's memory with TensorFlow: copy before the array may go.
  const shared = createHandle([...shape, 2], bytes);
  const own = copyHandle(shared, DT.uint8);
  const kept = bitcastHandle(own, DT.uint8, type);
  deleteHandles(shared, own);
  return {
    bytes: bytes.byteLength,
    toFloat: () =>
      tensorFromHandle({
        id: castHandle(kept, type, DT.float),
        shape: [...shape],
        dtype: DT.float,
      }),
    dispose: () => {
      deleteHandles(kept);
    },
  };
}
