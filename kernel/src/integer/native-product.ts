import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { attr } from '../backend/attributes';
import { DT } from '../backend/dtypes';
import { castHandle, handleOf, nativeDtype, rawOp1, tensorFromHandle } from '../backend/raw';
import { type AffineParams, asymmetricParams } from './affine';
import { finiteRows, withLost } from './finite-rows';
import { HandleScope, withHandles } from './handles';
import { IntegerKernel } from './native-kernels';
import { NativeActivations } from './native-activations';
import type { ActivationScheme, LinearSpec, Product } from './product';
import { outputChannels, weightShape } from './product';
import { nativeCodes } from './packed';

/** Integer sums on TensorFlow's oneDNN kernels; scales, zero point and bias in float32. */
export class NativeProduct implements Product {
  readonly execution = 'native' as const;
  readonly kernel: string;
  readonly bytes: number;
  readonly #scope = new HandleScope();
  readonly #integer: IntegerKernel;
  readonly #activations: NativeActivations;
  readonly #sums: number;
  readonly #scales: number;
  readonly #bias: number;

  constructor(
    readonly spec: LinearSpec,
    private readonly scheme: ActivationScheme,
    readonly reason: string,
  ) {
    const { geometry, weights, bias } = spec;
    const channels = outputChannels(geometry);
    const packed = this.#scope.own(nativeCodes(weights.codes, weightShape(geometry)));
    this.#integer = new IntegerKernel(geometry, packed, this.#scope);
    this.#activations = new NativeActivations(this.#scope);
    this.#sums = this.#scope.ints([channels], weights.sums);
    this.#scales = this.#scope.floats([channels], weights.scales);
    this.#bias = this.#scope.floats([channels], bias);
    this.kernel = `${this.#integer.name} (u8 x s8 -> s32)`;
    this.bytes = weights.codes.byteLength + weights.scales.byteLength + bias.byteLength;
  }

  apply(x: Tensor): Tensor {
    const { geometry } = this.spec;
    if (geometry.kind !== 'dense') return this.#run(x);
    const rows = x.rank === 2 ? x : tf.reshape(x, [-1, geometry.inputs]);
    const y = this.#run(rows);
    return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), geometry.units]);
  }

  /** A dense product's rows are its own; a convolution's are whole images. */
  #run(x: Tensor): Tensor {
    const { scheme } = this;
    if (scheme.kind === 'static') return this.#product(x, scheme.params);
    const rows = finiteRows(x, 1);
    try {
      return withLost(this.#product(rows.x, asymmetricParams(rows.low, rows.high)), rows.lost, 1);
    } finally {
      if (rows.x !== x) rows.x.dispose();
    }
  }

  #product(x: Tensor, params: AffineParams): Tensor {
    return withHandles((scope) => {
      const source = handleOf(x);
      const dtype = nativeDtype(x);
      const input = dtype === DT.float ? source : scope.own(castHandle(source, dtype, DT.float));
      const { geometry } = this.spec;
      const codes = this.#activations.quantize(input, x.shape, params, geometry, scope);
      const sums = this.#integer.run(codes.id);
      scope.own(sums.id);
      const exact = codes.isZero ? sums.id : this.#withoutOffset(sums.id, codes.zeroPoint, scope);
      const float = scope.own(castHandle(exact, DT.int32, DT.float));
      const scale = scope.own(rawOp1('Mul', FLOAT, [this.#scales, codes.scale]));
      const scaled = scope.own(rawOp1('Mul', FLOAT, [float, scale]));
      const id = rawOp1(
        'BiasAdd',
        [...FLOAT, attr.string('data_format', 'NHWC')],
        [scaled, this.#bias],
      );
      return tensorFromHandle({ id, shape: sums.shape, dtype: DT.float });
    });
  }

  /** The zero point times each channel's sum of weights is in the sums, and has to go: exactly. */
  #withoutOffset(sums: number, zeroPoint: number, scope: HandleScope): number {
    const offset = scope.own(rawOp1('Mul', INT32, [this.#sums, zeroPoint]));
    return scope.own(rawOp1('Sub', INT32, [sums, offset]));
  }

  /** As {@link IntegerKernel.sumsOf}. */
  integerSums(codes: Uint8Array, shape: readonly number[]): Int32Array {
    return this.#integer.sumsOf(codes, shape);
  }

  dispose(): void {
    this.#scope.dispose();
  }
}

const FLOAT = [attr.type('T', DT.float)];
const INT32 = [attr.type('T', DT.int32)];
