import { attr } from '../backend/attributes';
import { DT } from '../backend/dtypes';
import { bitcastHandle, castHandle, rawOp1 } from '../backend/raw';
import type { HandleScope } from './handles';
import type { ActivationScheme, Geometry } from './product';
import { samePadding } from './product';

const FLOAT = [attr.type('T', DT.float)];
const REDUCE = [...FLOAT, attr.type('Tidx', DT.int32), attr.bool('keep_dims', false)];

/**
 * Scale and zero point as native scalars; `zeroPoint` is int32, `zero` the same in float32.
 * `isZero`: the zero point is known to be 0, so that adding and correcting it can be left out.
 */
interface NativeParams {
  readonly scale: number;
  readonly zero: number;
  readonly zeroPoint: number;
  readonly isZero: boolean;
}

/** A quint8 handle with what its integers mean. */
export interface NativeCodes {
  readonly id: number;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly isZero: boolean;
}

/** Turns float32 activations into uint8 codes by TensorFlow ops, without reading them. */
export class NativeActivations {
  readonly #fixed: NativeParams | undefined;
  readonly #low: number;
  readonly #high: number;
  readonly #one: number;

  /** Constants live as long as `scope`. */
  constructor(scheme: ActivationScheme, scope: HandleScope) {
    this.#low = scope.float(0);
    this.#high = scope.float(255);
    this.#one = scope.float(1);
    if (scheme.kind === 'static') {
      const { scale, zeroPoint } = scheme.params;
      this.#fixed = {
        scale: scope.float(scale),
        zero: scope.float(zeroPoint),
        zeroPoint: scope.int(zeroPoint),
        isZero: zeroPoint === 0,
      };
    }
  }

  /** `clamp(round_half_even(x / scale) + zeroPoint)`, padded with the zero point under `same`. */
  quantize(
    x: number,
    shape: readonly number[],
    geometry: Geometry,
    scope: HandleScope,
  ): NativeCodes {
    const params = this.#fixed ?? this.#measure(x, shape.length, scope);
    const ratio = scope.own(rawOp1('RealDiv', FLOAT, [x, params.scale]));
    const rounded = scope.own(rawOp1('Round', FLOAT, [ratio]));
    const shifted = params.isZero
      ? rounded
      : scope.own(rawOp1('AddV2', FLOAT, [rounded, params.zero]));
    const clamped = scope.own(rawOp1('ClipByValue', FLOAT, [shifted, this.#low, this.#high]));
    const bytes = scope.own(castHandle(clamped, DT.float, DT.uint8));
    const padded = pad(bytes, shape, geometry, params.zero, scope);
    const id = scope.own(bitcastHandle(padded, DT.uint8, DT.quint8));
    return { id, scale: params.scale, zeroPoint: params.zeroPoint, isZero: params.isZero };
  }

  /** The batch's own range, as `asymmetricParams` would have it. */
  #measure(x: number, rank: number, scope: HandleScope): NativeParams {
    const axes = scope.ints(
      [rank],
      Int32Array.from({ length: rank }, (_, i) => i),
    );
    const min = scope.own(rawOp1('Min', REDUCE, [x, axes]));
    const max = scope.own(rawOp1('Max', REDUCE, [x, axes]));
    const low = scope.own(rawOp1('Minimum', FLOAT, [min, this.#low]));
    const high = scope.own(rawOp1('Maximum', FLOAT, [max, this.#low]));
    const span = scope.own(rawOp1('Sub', FLOAT, [high, low]));
    const raw = scope.own(rawOp1('RealDiv', FLOAT, [span, this.#high]));
    const some = scope.own(rawOp1('Greater', FLOAT, [raw, this.#low]));
    const scale = scope.own(rawOp1('SelectV2', FLOAT, [some, raw, this.#one]));
    const negated = scope.own(rawOp1('Neg', FLOAT, [low]));
    const ratio = scope.own(rawOp1('RealDiv', FLOAT, [negated, scale]));
    const rounded = scope.own(rawOp1('Round', FLOAT, [ratio]));
    const zero = scope.own(rawOp1('ClipByValue', FLOAT, [rounded, this.#low, this.#high]));
    return {
      scale,
      zero,
      zeroPoint: scope.own(castHandle(zero, DT.float, DT.int32)),
      isZero: false,
    };
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
