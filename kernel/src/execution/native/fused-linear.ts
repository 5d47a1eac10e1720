import { attr } from '../../backend/attributes';
import type { OpAttribute } from '../../backend/contract';
import { DT } from '../../backend/dtypes';
import { deleteHandles, rawOp } from '../../backend/raw';
import { HandleScope, withHandles } from '../../integer/handles';
import type { LinearOp } from '../../graph/quantized-graph';
import { uniqueLayer } from '../../integer/native-kernels';
import { sharedCodes } from '../../integer/packed';
import { outputChannels, weightShape } from '../../integer/product';
import { signedCodes } from '../../graph/weight-bytes';
import type { AffineParams } from '../../integer/affine';
import { channelSums, codeBounds, isPlain, multipliers } from '../arithmetic';
import { firstOf, type NodeKernel } from '../kernel';
import type { Codes, Result, Value } from '../value';
import { clampCodes, reshapeCodes } from './codes';
import { ZeroPointPadding } from './padding';

/**
 * Product, bias, activation and requantization in one oneDNN call, codes in and codes out. A dense
 * layer is a 1x1 convolution over its rows: that op takes a scale per channel, the matrix product's
 * does not. The plain names, without `_Mkl`, compute too slowly or wrongly.
 */
const OPS = {
  conv2d: '_MklQuantizedConv2DWithBiasAndReluAndRequantize',
  depthwise: '_MklQuantizedDepthwiseConv2DWithBiasAndReluAndRequantize',
} as const;

export class FusedLinear implements NodeKernel {
  readonly engine = 'tensorflow' as const;
  readonly execution = 'native' as const;
  readonly kernel: string;
  readonly weightBytes: number;
  readonly #scope = new HandleScope();
  readonly #name: string;
  readonly #attributes: readonly OpAttribute[];
  /** Weights, bias and the ranges of input and weights, in the op's order. */
  readonly #constants: readonly number[];
  readonly #zero: number;
  readonly #top: number;
  readonly #padding: ZeroPointPadding | undefined;
  readonly #clamp: readonly [number, number] | undefined;

  constructor(
    readonly op: LinearOp,
    readonly input: AffineParams,
    readonly output: AffineParams,
    readonly reason: string,
  ) {
    const { geometry, weights } = op;
    const scope = this.#scope;
    const channels = outputChannels(geometry);
    const dense = geometry.kind === 'dense';
    this.#name = OPS[geometry.kind === 'depthwise' ? 'depthwise' : 'conv2d'];
    this.kernel = `${this.#name} (u8 x s8 -> u8${dense ? ', as 1x1' : ''})`;
    const strides = dense ? [1, 1] : geometry.strides;
    const padded = !dense && geometry.padding === 'same';
    const ownPadding = padded && input.zeroPoint === 0;
    if (padded && !ownPadding) {
      const [height, width] = geometry.kernel;
      this.#padding = new ZeroPointPadding(
        [height, width],
        geometry.strides,
        input.zeroPoint,
        scope,
      );
    }
    this.#attributes = [
      ...COMMON,
      attr.string('padding', ownPadding ? 'SAME' : 'VALID'),
      attr.int('strides', [1, ...strides, 1]),
      uniqueLayer(),
    ];
    const shape = weightShape(geometry);
    const filter = sharedCodes(signedCodes(weights), dense ? [1, 1, ...shape] : shape, scope);
    this.#zero = scope.float(0);
    this.#top = scope.float(255 * output.scale);
    this.#constants = [
      filter,
      scope.floats([channels], this.#shiftedBias()),
      this.#zero,
      scope.float(255 * input.scale),
      scope.floats(
        [channels],
        weights.scales.map((scale) => -127 * scale),
      ),
      scope.floats(
        [channels],
        weights.scales.map((scale) => 127 * scale),
      ),
    ];
    const bounds = codeBounds(op.activation, output);
    this.#clamp = isPlain(bounds) ? undefined : [scope.byte(bounds.low), scope.byte(bounds.high)];
    this.weightBytes = weights.codes.byteLength + weights.scales.byteLength + op.bias.byteLength;
  }

  /**
   * The bias with both zero points in it: the input's adds its share to the sums and has to go, the
   * output's is added. The op's own ReLU then clamps at code 0, as uint8 does.
   */
  #shiftedBias(): Float32Array {
    const { op, input, output } = this;
    const factors = multipliers(op.weights, input);
    const sums = channelSums(op.weights);
    return op.bias.map(
      (bias, c) =>
        bias -
        input.zeroPoint * (sums[c] ?? 0) * (factors[c] ?? 0) +
        output.zeroPoint * output.scale,
    );
  }

  run(inputs: readonly Value[]): Result {
    return { kind: 'codes', codes: this.apply(firstOf(inputs).codes()) };
  }

  /** `top`: the real number of code 255, by which the sums are scaled; the output's if left out. */
  apply(codes: Codes, top = this.#top): Codes {
    const { geometry } = this.op;
    return withHandles((scope) => {
      if (geometry.kind !== 'dense') {
        const images = this.#padding?.apply(codes, scope) ?? codes;
        return this.#clamped(this.#product(images.id, top), scope);
      }
      const rows = codes.shape.slice(0, -1);
      const count = rows.reduce((a, b) => a * b, 1);
      const image = scope.own(reshapeCodes(codes.id, [1, 1, count, geometry.inputs], scope));
      const result = this.#clamped(this.#product(image, top), scope);
      const shape = [...rows, geometry.units];
      scope.own(result.id);
      return { id: reshapeCodes(result.id, shape, scope), shape };
    });
  }

  #product(images: number, top: number): Codes {
    const [out, low, high] = rawOp(
      this.#name,
      this.#attributes,
      [images, ...this.#constants, this.#zero, top],
      3,
    );
    if (out === undefined || low === undefined || high === undefined) {
      throw new Error(`${this.#name} returned nothing`);
    }
    deleteHandles(low.id, high.id);
    return { id: out.id, shape: out.shape };
  }

  #clamped(codes: Codes, scope: HandleScope): Codes {
    if (this.#clamp === undefined) return codes;
    return { id: clampCodes(scope.own(codes.id), this.#clamp, scope), shape: codes.shape };
  }

  dispose(): void {
    this.#scope.dispose();
  }
}

const COMMON: readonly OpAttribute[] = [
  attr.type('Tinput', DT.quint8),
  attr.type('Tfilter', DT.qint8),
  attr.type('Tbias', DT.float),
  attr.type('out_type', DT.quint8),
  attr.string('data_format', 'NHWC'),
  attr.int('dilations', [1, 1, 1, 1]),
  attr.int('padding_list', []),
  attr.bool('is_filter_const', true),
  attr.bool('is_bias_const', true),
  attr.string('_kernel', 'QuantizedMklOp'),
];
