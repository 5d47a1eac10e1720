import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { bitcastHandle, rawOp1 } from '../../backend/raw';
import type { HandleScope } from '../../integer/handles';

const QUINT8 = [attr.type('T', DT.quint8)];
const UINT8 = [attr.type('T', DT.uint8)];
const RESHAPE = [...QUINT8, attr.type('Tshape', DT.int32)];

/** A quint8 handle of the same codes in another shape. The caller owns it. */
export function reshapeCodes(id: number, shape: readonly number[], scope: HandleScope): number {
  return rawOp1('Reshape', RESHAPE, [id, scope.ints([shape.length], Int32Array.from(shape))]);
}

/** Codes clamped to bounds given as uint8 scalars. The caller owns the result. */
export function clampCodes(
  id: number,
  [low, high]: readonly [number, number],
  scope: HandleScope,
): number {
  const plain = scope.own(bitcastHandle(id, DT.quint8, DT.uint8));
  const clamped = scope.own(rawOp1('ClipByValue', UINT8, [plain, low, high]));
  return bitcastHandle(clamped, DT.uint8, DT.quint8);
}
