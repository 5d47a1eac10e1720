import type { Tensor } from '@tensorflow/tfjs';
import { DT } from '../../backend/dtypes';
import {
  bitcastHandle,
  copyHandle,
  createHandle,
  deleteHandles,
  tensorFromHandle,
} from '../../backend/raw';
import { toBytes } from '../../formats/code-bytes';
import type { CodeArray } from '../../formats/codes';
import type { HalfFormat } from '../../graph/half-products';

/** TensorFlow's types of 16-bit floats. */
export const HALF_TYPES = { fp16: DT.half, bf16: DT.bfloat16 } as const satisfies Readonly<
  Record<HalfFormat, number>
>;

/** A tensor that TensorFlow stores in 16 bits, of the codes of its numbers. */
export function nativeWeights(
  format: HalfFormat,
  codes: CodeArray,
  shape: readonly number[],
): Tensor {
  // The binding shares the array's memory with TensorFlow: copy before the array may go.
  const shared = createHandle([...shape, 2], toBytes(codes, 16));
  const own = copyHandle(shared, DT.uint8);
  const type = HALF_TYPES[format];
  const id = bitcastHandle(own, DT.uint8, type);
  deleteHandles(shared, own);
  return tensorFromHandle({ id, shape: [...shape], dtype: type });
}
