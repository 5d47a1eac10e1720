import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { bitcastHandle, createHandle, deleteHandles, rawOp1 } from '../../backend/raw';
import type { HandleScope } from '../../integer/handles';
import { samePadding } from '../../integer/product';
import type { Codes } from '../value';

const PAD = [attr.type('T', DT.uint8), attr.type('Tpaddings', DT.int32)];

/** Codes with `value` around them, by a [rank, 2] handle of amounts. The caller owns the result. */
export function padCodes(codes: number, amounts: number, value: number): number {
  // PadV2 has no quick kernel for quint8.
  const plain = bitcastHandle(codes, DT.quint8, DT.uint8);
  const padded = rawOp1('PadV2', PAD, [plain, amounts, value]);
  try {
    return bitcastHandle(padded, DT.uint8, DT.quint8);
  } finally {
    deleteHandles(plain, padded);
  }
}

/**
 * Pads images of codes with their zero point, the code of real 0, as TensorFlow pads under `same`.
 * Kernels would pad with code 0.
 */
export class ZeroPointPadding {
  readonly #value: number;
  readonly #amounts = new Map<string, number>();

  constructor(
    private readonly kernel: readonly [number, number],
    private readonly strides: readonly [number, number],
    zeroPoint: number,
    private readonly scope: HandleScope,
  ) {
    this.#value = scope.own(createHandle([], Uint8Array.of(zeroPoint)));
  }

  /** The padded images, owned by `scope`; the input itself where there is nothing to pad. */
  apply(codes: Codes, scope: HandleScope): Codes {
    const [batch = 0, height = 0, width = 0, channels = 0] = codes.shape;
    const rows = samePadding(height, this.kernel[0], this.strides[0]);
    const columns = samePadding(width, this.kernel[1], this.strides[1]);
    if (rows[1] === 0 && columns[1] === 0) return codes;
    return {
      id: scope.own(padCodes(codes.id, this.#handleOf(rows, columns), this.#value)),
      shape: [batch, height + rows[0] + rows[1], width + columns[0] + columns[1], channels],
    };
  }

  #handleOf(rows: readonly number[], columns: readonly number[]): number {
    const key = [...rows, ...columns].join();
    const known = this.#amounts.get(key);
    if (known !== undefined) return known;
    const made = this.scope.ints([4, 2], Int32Array.of(0, 0, ...rows, ...columns, 0, 0));
    this.#amounts.set(key, made);
    return made;
  }
}
