import type { Tensor } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import {
  bitcastHandle,
  castHandle,
  createHandle,
  deleteHandles,
  handleOf,
  nativeDtype,
  rawOp1,
  tensorFromHandle,
} from '../../backend/raw';

const DROPPED_BITS = 13;
const INTEGER = [attr.type('T', DT.int32)];

/**
 * A new tensor with the fraction rounded from 23 to 10 bits, to nearest even: adds just under half a
 * unit, plus one if the kept part is odd, then clears the dropped bits. Infinities and NaN stay.
 */
export function roundToTf32(tensor: Tensor): Tensor {
  const owned: number[] = [];
  const keep = (id: number): number => {
    owned.push(id);
    return id;
  };
  const integer = (value: number): number => keep(createHandle([], Int32Array.of(value)));
  const binary = (op: string, a: number, b: number): number => keep(rawOp1(op, INTEGER, [a, b]));
  try {
    const code = nativeDtype(tensor);
    const source = handleOf(tensor);
    const float = code === DT.float ? source : keep(castHandle(source, code, DT.float));
    const bits = keep(bitcastHandle(float, DT.float, DT.int32));
    const odd = binary('BitwiseAnd', binary('RightShift', bits, integer(DROPPED_BITS)), integer(1));
    const half = binary('AddV2', odd, integer(2 ** (DROPPED_BITS - 1) - 1));
    const rounded = binary('AddV2', bits, half);
    const cleared = binary('BitwiseAnd', rounded, integer(-(2 ** DROPPED_BITS)));
    const id = bitcastHandle(cleared, DT.int32, DT.float);
    return tensorFromHandle({ id, shape: tensor.shape.slice(), dtype: DT.float });
  } finally {
    deleteHandles(...owned);
  }
}
