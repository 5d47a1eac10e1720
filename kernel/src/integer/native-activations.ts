import { attr } from '../backend/attributes';
import { DT } from '../backend/dtypes';
import { bitcastHandle, castHandle, rawOp1 } from '../backend/raw';
import type { AffineParams } from './affine';
import type { HandleScope } from './handles';
import type { Geometry } from './product';
import { samePadding } from './product';

const FLOAT = [attr.type('T', DT.float)];

/**
 * A quint8 handle with what its integers mean, as native scalars: `zeroPoint` is int32. `isZero`: it is
 * 0, so that correcting it can be left out.
 */
export interface NativeCodes {
  readonly id: number;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly isZero: boolean;
}

/** Turns float32 activations into uint8 codes by TensorFlow ops. */
export class NativeActivations {
  readonly #low: number;
  readonly #high: number;

  /** Constants live as long as `scope`. */
  constructor(scope: HandleScope) {
    this.#low = scope.float(0);
    this.#high = scope.float(255);
  }

  /** `clamp(round_half_even(x / scale) + zeroPoint)`, padded with the zero point under `same`. */
  quantize(
    x: number,
    shape: readonly number[],
    { scale, zeroPoint }: AffineParams,
    geometry: Geometry,
    scope: HandleScope,
  ): NativeCodes {
    const isZero = zeroPoint === 0;
    const [step, zero] = [scope.float(scale), scope.float(zeroPoint)];
    const ratio = scope.own(rawOp1('RealDiv', FLOAT, [x, step]));
    const rounded = scope.own(rawOp1('Round', FLOAT, [ratio]));
    const shifted = isZero ? rounded : scope.own(rawOp1('AddV2', FLOAT, [rounded, zero]));
    const clamped = scope.own(rawOp1('ClipByValue', FLOAT, [shifted, this.#low, this.#high]));
    const bytes = scope.own(castHandle(clamped, DT.float, DT.uint8));
    const padded = pad(bytes, shape, geometry, zero, scope);
    const id = scope.own(bitcastHandle(padded, DT.uint8, DT.quint8));
    return { id, scale: step, zeroPoint: scope.int(zeroPoint), isZero };
  }
}

/** Real zeros around the image are zero points among the codes; the kernel would pad with code 0. */
function pad(
  bytes: number,
  shape: readonly number[],
  geometry: Geometry,
  zero: number,
  scope: HandleScope,
): number {
  if (geometry.kind === 'dense' || geometry.padding === 'valid') return bytes;
  const [kernelHeight, kernelWidth] = geometry.kernel;
  const [, height = 0, width = 0] = shape;
  const rows = samePadding(height, kernelHeight, geometry.strides[0]);
  const columns = samePadding(width, kernelWidth, geometry.strides[1]);
  if (rows[1] === 0 && columns[1] === 0) return bytes;
  const amounts = scope.ints([4, 2], Int32Array.of(0, 0, ...rows, ...columns, 0, 0));
  const value = scope.own(castHandle(zero, DT.float, DT.uint8));
  const attributes = [attr.type('T', DT.uint8), attr.type('Tpaddings', DT.int32)];
  return scope.own(rawOp1('PadV2', attributes, [bytes, amounts, value]));
}
