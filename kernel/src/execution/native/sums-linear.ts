import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { castHandle, rawOp1, tensorFromHandle } from '../../backend/raw';
import { HandleScope, withHandles } from '../../integer/handles';
import type { LinearOp } from '../../graph/quantized-graph';
import { IntegerKernel } from '../../integer/native-kernels';
import { sharedCodes } from '../../integer/packed';
import { outputChannels, weightShape } from '../../integer/product';
import { signedCodes } from '../../graph/weight-bytes';
import type { AffineParams } from '../../integer/affine';
import { channelSums, multipliers } from '../arithmetic';
import { firstOf, type NodeKernel } from '../kernel';
import type { Codes, Result, Value } from '../value';
import { reshapeCodes } from './codes';
import { ZeroPointPadding } from './padding';

const ACTIVATIONS = { relu: 'Relu', relu6: 'Relu6' } as const;

/** Codes in, real numbers out: exact 32-bit sums, then scale, bias and activation in float32. */
export class SumsLinear implements NodeKernel {
  readonly engine = 'tensorflow' as const;
  readonly execution = 'native' as const;
  readonly kernel: string;
  readonly weightBytes: number;
  readonly #scope = new HandleScope();
  readonly #integer: IntegerKernel;
  readonly #offsets: number | undefined;
  readonly #factors: number;
  readonly #bias: number;
  readonly #padding: ZeroPointPadding | undefined;

  constructor(
    readonly op: LinearOp,
    readonly input: AffineParams,
    readonly reason: string,
    /** A dense product as a convolution over its rows. */
    private readonly as1x1 = false,
  ) {
    const { geometry, weights, bias } = op;
    const scope = this.#scope;
    const channels = outputChannels(geometry);
    const shape = [...(as1x1 ? [1, 1] : []), ...weightShape(geometry)];
    const codes = sharedCodes(signedCodes(weights), shape, scope);
    this.#integer = new IntegerKernel(geometry, codes, scope, as1x1);
    const zero = input.zeroPoint;
    if (zero !== 0) {
      this.#offsets = scope.ints(
        [channels],
        channelSums(weights).map((sum) => zero * sum),
      );
    }
    this.#factors = scope.floats([channels], multipliers(weights, input));
    this.#bias = scope.floats([channels], bias);
    if (geometry.kind !== 'dense' && geometry.padding === 'same') {
      const [height, width] = geometry.kernel;
      this.#padding = new ZeroPointPadding([height, width], geometry.strides, zero, scope);
    }
    this.kernel = `${this.#integer.name} (u8 x s8 -> s32 -> f32${as1x1 ? ', as 1x1' : ''})`;
    this.weightBytes = weights.codes.byteLength + weights.scales.byteLength + bias.byteLength;
  }

  run(inputs: readonly Value[]): Result {
    const codes = firstOf(inputs).codes();
    const { geometry, activation } = this.op;
    const rows = codes.shape.slice(0, -1);
    return withHandles((scope) => {
      const sums = this.#sums(codes, scope);
      const exact =
        this.#offsets === undefined
          ? sums.id
          : scope.own(rawOp1('Sub', INT32, [sums.id, this.#offsets]));
      const float = scope.own(castHandle(exact, DT.int32, DT.float));
      const scaled = scope.own(rawOp1('Mul', FLOAT, [float, this.#factors]));
      const biased = rawOp1('BiasAdd', BIAS, [scaled, this.#bias]);
      const id =
        activation === 'linear'
          ? biased
          : rawOp1(ACTIVATIONS[activation], FLOAT, [scope.own(biased)]);
      const shape = geometry.kind === 'dense' ? [...rows, geometry.units] : sums.shape;
      // By sizes, not by rank: what a dense layer makes of images as 1x1 has four axes as they have.
      if (shape.join() === sums.shape.join()) {
        return { kind: 'float', tensor: tensorFromHandle({ id, shape, dtype: DT.float }) };
      }
      scope.own(id);
      const target = scope.ints([shape.length], Int32Array.from(shape));
      const reshaped = rawOp1('Reshape', RESHAPE, [id, target]);
      return { kind: 'float', tensor: tensorFromHandle({ id: reshaped, shape, dtype: DT.float }) };
    });
  }

  #sums(codes: Codes, scope: HandleScope): Codes {
    const { geometry } = this.op;
    let input = this.#padding?.apply(codes, scope) ?? codes;
    if (geometry.kind === 'dense' && (this.as1x1 || codes.shape.length !== 2)) {
      const rows = codes.shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const shape = [...(this.as1x1 ? [1, 1] : []), rows, geometry.inputs];
      input = { id: scope.own(reshapeCodes(codes.id, shape, scope)), shape };
    }
    const sums = this.#integer.run(input.id);
    scope.own(sums.id);
    return sums;
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
const BIAS = [...FLOAT, attr.string('data_format', 'NHWC')];
const RESHAPE = [...FLOAT, attr.type('Tshape', DT.int32)];
