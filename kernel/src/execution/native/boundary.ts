import type { Tensor } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import type { OpAttribute } from '../../backend/contract';
import { DT } from '../../backend/dtypes';
import {
  bitcastHandle,
  castHandle,
  handleOf,
  nativeDtype,
  rawOp,
  rawOp1,
  deleteHandles,
  tensorFromHandle,
} from '../../backend/raw';
import { type HandleScope, withHandles } from '../../integer/handles';
import type { AffineParams } from '../../integer/affine';
import type { Affine, Codes, Result } from '../value';

/**
 * Between float32 and native uint8 codes, exactly as `quantizeValue` and `dequantizeValue` have it.
 * `QuantizeV2` alone would be one pass, but multiplies by the reciprocal and rounds ties away from
 * zero: the quotient is made before, and it is left the conversion.
 */
export class NativeAffine implements Affine {
  readonly #scale: number;
  readonly #zero: number;
  readonly #range: readonly [number, number];
  readonly #zeroToMax: readonly [number, number];
  readonly #oneStep: readonly [number, number] | undefined;

  /** Constants live as long as `scope`. */
  constructor(
    readonly params: AffineParams,
    scope: HandleScope,
  ) {
    const { scale, zeroPoint } = params;
    this.#scale = scope.float(scale);
    this.#zero = scope.float(zeroPoint);
    this.#range = [scope.float(-zeroPoint), scope.float(255 - zeroPoint)];
    this.#zeroToMax = [scope.float(0), scope.float(255)];
    const top = zeroPoint === 0 ? topOf(scale) : undefined;
    this.#oneStep = top === undefined ? undefined : [this.#zeroToMax[0], scope.float(top)];
  }

  quantize(x: Tensor): Result {
    const id = withHandles((scope) => {
      const source = handleOf(x);
      const dtype = nativeDtype(x);
      const input = dtype === DT.float ? source : scope.own(castHandle(source, dtype, DT.float));
      const ratio = scope.own(rawOp1('RealDiv', FLOAT, [input, this.#scale]));
      if (this.params.zeroPoint === 0) return quantizeV2(TO_EVEN, ratio, this.#zeroToMax);
      const rounded = scope.own(rawOp1('Round', FLOAT, [ratio]));
      return quantizeV2(SHIFTED, rounded, this.#range);
    });
    return { kind: 'codes', codes: { id, shape: x.shape } };
  }

  dequantize(result: Result): Tensor {
    if (result.kind !== 'codes') throw new TypeError('native codes are needed');
    const { id, shape } = result.codes;
    const float = withHandles((scope) => {
      if (this.#oneStep !== undefined) return rawOp1('Dequantize', SCALED, [id, ...this.#oneStep]);
      const plain = scope.own(rawOp1('Dequantize', SCALED, [id, ...this.#zeroToMax]));
      const shifted = scope.own(rawOp1('Sub', FLOAT, [plain, this.#zero]));
      return rawOp1('Mul', FLOAT, [shifted, this.#scale]);
    });
    return tensorFromHandle({ id: float, shape, dtype: DT.float });
  }

  toCodes(integers: Tensor): Codes {
    return withHandles((scope) => {
      const plain = scope.own(castHandle(handleOf(integers), DT.float, DT.uint8));
      return { id: bitcastHandle(plain, DT.uint8, DT.quint8), shape: integers.shape };
    });
  }

  toIntegers({ id, shape }: Codes): Tensor {
    const float = rawOp1('Dequantize', SCALED, [id, ...this.#zeroToMax]);
    return tensorFromHandle({ id: float, shape, dtype: DT.float });
  }
}

/** A float32 whose 255th part, rounded to float32 as the kernel does, is the scale itself. */
function topOf(scale: number): number | undefined {
  const top = Math.fround(255 * scale);
  const ulp = 2 ** (Math.floor(Math.log2(top)) - 23);
  return [top, top - ulp, top + ulp].find((value) => Math.fround(value / 255) === scale);
}

function quantizeV2(
  attributes: readonly OpAttribute[],
  x: number,
  range: readonly [number, number],
): number {
  const [codes, low, high] = rawOp('QuantizeV2', attributes, [x, ...range], 3);
  if (codes === undefined || low === undefined || high === undefined) {
    throw new Error('QuantizeV2 returned nothing');
  }
  deleteHandles(low.id, high.id);
  return codes.id;
}

const FLOAT = [attr.type('T', DT.float)];

const QUINT8: readonly OpAttribute[] = [
  attr.type('T', DT.quint8),
  attr.bool('narrow_range', false),
  attr.int('axis', -1),
];
const MODE = (mode: string, round: string): readonly OpAttribute[] => [
  ...QUINT8,
  attr.float('ensure_minimum_range', 0),
  attr.string('mode', mode),
  attr.string('round_mode', round),
];
const TO_EVEN = MODE('SCALED', 'HALF_TO_EVEN');
const SHIFTED = MODE('MIN_FIRST', 'HALF_AWAY_FROM_ZERO');
const SCALED = [...QUINT8, attr.string('mode', 'SCALED'), attr.type('dtype', DT.float)];
