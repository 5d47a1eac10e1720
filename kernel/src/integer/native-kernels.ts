import { attr } from '../backend/attributes';
import type { OpAttribute } from '../backend/contract';
import { DT } from '../backend/dtypes';
import { denseInt8Attributes } from '../backend/int8-op';
import {
  bitcastHandle,
  createHandle,
  deleteHandles,
  rawOp,
  tensorFromHandle,
} from '../backend/raw';
import { type HandleScope, withHandles } from './handles';
import { type Geometry, outputChannels } from './product';

/**
 * TensorFlow's oneDNN kernels for uint8 x int8 products with 32-bit sums. Only the names with
 * `_Mkl` and the label `QuantizedMklOp` compute; the plain names run and return garbage.
 */
export const KERNEL_NAMES = {
  dense: '_MklQuantizedMatMulWithBias',
  conv2d: '_MklQuantizedConv2D',
  depthwise: '_MklQuantizedDepthwiseConv2D',
} as const;

let layers = 0;

/**
 * An attribute that no op has had. TensorFlow keeps the weights' packed copy by the op's attributes,
 * not by its inputs: with those of another product, one would be given its weights.
 */
export function uniqueLayer(): OpAttribute {
  return attr.string('_layer', `halfnote/${++layers}`);
}

/** One integer product of one layer. */
export class IntegerKernel {
  readonly name: string;
  readonly #attributes: readonly OpAttribute[];
  readonly #extra: readonly number[];
  readonly #ranges: readonly number[];

  /**
   * `weights` is a qint8 handle owned by `scope`, of the geometry's weight shape; with a leading
   * `[1, 1]` for a dense product `as1x1`, a convolution over its rows, which may be the faster kernel.
   */
  constructor(
    readonly geometry: Geometry,
    private readonly weights: number,
    scope: HandleScope,
    private readonly as1x1 = false,
  ) {
    this.name = KERNEL_NAMES[as1x1 ? 'conv2d' : geometry.kind];
    const layer = uniqueLayer();
    const label = attr.string('_kernel', 'QuantizedMklOp');
    // The ranges only scale the kernel's own range outputs, which are not used.
    this.#ranges = [scope.float(0), scope.float(255), scope.float(-127), scope.float(127)];
    if (geometry.kind === 'dense' && !as1x1) {
      this.#extra = [scope.floats([geometry.units], new Float32Array(outputChannels(geometry)))];
      this.#attributes = [...DENSE, label, layer];
    } else {
      this.#extra = [];
      const [vertical, horizontal] = geometry.kind === 'dense' ? [1, 1] : geometry.strides;
      const strides = attr.int('strides', [1, vertical, horizontal, 1]);
      this.#attributes = [...CONV, strides, label, layer];
    }
  }

  /**
   * The int32 sums for a quint8 input, which has any padding already, or `[1, 1, rows, inputs]` as
   * 1x1. Caller owns the handle.
   */
  run(input: number): { readonly id: number; readonly shape: readonly number[] } {
    const [sums, low, high] = rawOp(
      this.name,
      this.#attributes,
      [input, this.weights, ...this.#extra, ...this.#ranges],
      3,
    );
    if (sums === undefined || low === undefined || high === undefined) {
      throw new Error(`${this.name} returned nothing`);
    }
    try {
      return { id: bitcastHandle(sums.id, DT.qint32, DT.int32), shape: sums.shape };
    } finally {
      deleteHandles(sums.id, low.id, high.id);
    }
  }

  /**
   * The bare sums of uint8 codes, before any scale: `[rows, inputs]` to `[rows, units]` for dense,
   * images without padding to `[batch, height, width, channels]` for convolutions.
   */
  sumsOf(codes: Uint8Array, shape: readonly number[]): Int32Array {
    return withHandles((scope) => {
      const plain = scope.own(createHandle(this.as1x1 ? [1, 1, ...shape] : shape, codes));
      const { id, shape: sumsShape } = this.run(
        scope.own(bitcastHandle(plain, DT.uint8, DT.quint8)),
      );
      const sums = tensorFromHandle({ id, shape: sumsShape, dtype: DT.int32 });
      try {
        return sums.dataSync<'int32'>().slice();
      } finally {
        sums.dispose();
      }
    });
  }
}

const DENSE = denseInt8Attributes(true);

const CONV: readonly OpAttribute[] = [
  attr.type('Tinput', DT.quint8),
  attr.type('Tfilter', DT.qint8),
  attr.type('out_type', DT.qint32),
  attr.string('padding', 'VALID'),
  attr.int('dilations', [1, 1, 1, 1]),
  attr.bool('is_filter_const', true),
];
