import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import { castHandle, createHandle, rawOp1, tensorFromHandle } from '../../backend/raw';
import { fromBytes, toBytes } from '../../formats/code-bytes';
import type { PackedBits } from '../../formats/packing';
import type { LinearWeightFormat } from '../../graph/quantized-graph';
import { HandleScope, withHandles } from '../../integer/handles';

/**
 * What is added to a format's codes so that they start at 0, how far apart they are, and the bits that
 * they then need.
 */
const PACKINGS = {
  int4: { bits: 4, offset: 8, step: 1 },
  int3: { bits: 3, offset: 4, step: 1 },
  int2: { bits: 2, offset: 2, step: 1 },
  ternary: { bits: 2, offset: 1, step: 1 },
  // -1 and 1: one bit says which.
  binary: { bits: 1, offset: 1, step: 2 },
} as const satisfies Readonly<
  Record<
    Exclude<LinearWeightFormat, 'int8'>,
    { readonly bits: PackedBits; readonly offset: number; readonly step: number }
  >
>;

export type LowBitFormat = keyof typeof PACKINGS;

/** Codes in as few bytes as they need. */
export interface LowBitStore {
  readonly bytes: number;
  /** A new float32 tensor of the codes' values, in the given shape. */
  toFloat(): Tensor;
  dispose(): void;
}

/** Packs codes of a format that a scale makes numbers of. */
export function lowBitStore(
  codes: Int8Array,
  format: LowBitFormat,
  shape: readonly number[],
): LowBitStore {
  const { bits, offset, step } = PACKINGS[format];
  const unsigned = Uint8Array.from(codes, (code) => Math.floor((code + offset) / step));
  return packedStore(unsigned, bits, shape, (values) =>
    tf.sub(step === 1 ? values : tf.mul(values, step), offset),
  );
}

/**
 * Packs unsigned codes; natively they are unpacked by TensorFlow's bitwise ops, many threads at once.
 * `decode` makes what they stand for of the codes as float32, in the given shape.
 */
export function packedStore(
  unsigned: Uint8Array,
  bits: PackedBits | 8,
  shape: readonly number[],
  decode: (codes: Tensor) => Tensor,
): LowBitStore {
  const packed = toBytes(unsigned, bits);
  const shaped = [...shape];
  if (hasNativeBackend() && 8 % bits === 0) return new NativeStore(packed, bits, shaped, decode);
  return {
    bytes: packed.byteLength,
    toFloat: () =>
      tf.tidy(() => {
        const values = Float32Array.from(fromBytes(packed, bits, unsigned.length));
        return decode(tf.tensor(values, shaped));
      }),
    dispose: () => undefined,
  };
}

class NativeStore implements LowBitStore {
  readonly bytes: number;
  readonly #scope = new HandleScope();
  readonly #packed: number;
  readonly #shifts: number;
  readonly #mask: number;

  constructor(
    packed: Uint8Array,
    private readonly bits: PackedBits | 8,
    private readonly shape: number[],
    private readonly decode: (values: Tensor) => Tensor,
  ) {
    this.bytes = packed.byteLength;
    this.#packed = this.#scope.own(createHandle([packed.length, 1], packed));
    const shifts = Uint8Array.from({ length: 8 / bits }, (_, i) => i * bits);
    this.#shifts = this.#scope.own(createHandle([1, shifts.length], shifts));
    this.#mask = this.#scope.byte(2 ** bits - 1);
  }

  toFloat(): Tensor {
    return tf.tidy(() => {
      const flat = withHandles((scope) => {
        const shifted = scope.own(rawOp1('RightShift', UINT8, [this.#packed, this.#shifts]));
        const codes = scope.own(rawOp1('BitwiseAnd', UINT8, [shifted, this.#mask]));
        return castHandle(codes, DT.uint8, DT.float);
      });
      const slots = (this.bytes * 8) / this.bits;
      const size = this.shape.reduce((a, b) => a * b, 1);
      const rows = tensorFromHandle({
        id: flat,
        shape: [this.bytes, 8 / this.bits],
        dtype: DT.float,
      });
      const values = slots === size ? rows : tf.slice(tf.reshape(rows, [slots]), [0], [size]);
      return this.decode(tf.reshape(values, this.shape));
    });
  }

  dispose(): void {
    this.#scope.dispose();
  }
}

const UINT8 = [attr.type('T', DT.uint8)];
