import * as tf from '@tensorflow/tfjs';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import { castHandle, handleOf, tensorFromHandle } from '../../backend/raw';
import { fromBytes, toBytes } from '../../formats/code-bytes';
import type { CodeArray } from '../../formats/codes';
import type { BlockWeightFormat, FloatWeightFormat } from '../../formats/uses';
import { decodeFloatCodes } from '../../graph/float-codes';
import type { HalfFormat } from '../../graph/half-products';
import { WEIGHT_BITS } from '../../graph/weight-codes';
import { HALF_TYPES, nativeWeights } from '../native/half-weights';
import type { LowBitStore } from './low-bits';

/** Floats of more than 8 bits, packed: as TensorFlow's own where it has the format. */
export function wideStore(
  format: FloatWeightFormat | BlockWeightFormat,
  codes: CodeArray,
  shape: readonly number[],
): LowBitStore {
  if ((format === 'fp16' || format === 'bf16') && hasNativeBackend()) {
    return nativeStore(format, codes, shape);
  }
  const bits = WEIGHT_BITS[format];
  const bytes = toBytes(codes, bits);
  return {
    bytes: bytes.byteLength,
    toFloat: () =>
      tf.tensor(decodeFloatCodes(format, fromBytes(bytes, bits, codes.length)), [...shape]),
    dispose: () => undefined,
  };
}

function nativeStore(format: HalfFormat, codes: CodeArray, shape: readonly number[]): LowBitStore {
  const kept = tf.keep(nativeWeights(format, codes, shape));
  return {
    bytes: 2 * codes.length,
    toFloat: () =>
      tensorFromHandle({
        id: castHandle(handleOf(kept), HALF_TYPES[format], DT.float),
        shape: [...shape],
        dtype: DT.float,
      }),
    dispose: () => {
      kept.dispose();
    },
  };
}
