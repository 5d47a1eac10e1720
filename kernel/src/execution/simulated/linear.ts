import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { LinearOp, WeightCodes } from '../../graph/quantized-graph';
import { codeStore } from '../../integer/packed';
import { type Geometry, outputChannels, weightShape } from '../../integer/product';
import { type AffineParams, asymmetricParams } from '../../integer/affine';
import { finiteRows, withLost } from '../../integer/finite-rows';
import { isPerChannel, multipliers } from '../arithmetic';
import { activate, inFloat32 } from '../float-nodes';
import { firstOf, type NodeKernel } from '../kernel';
import type { FloatResult, Value } from '../value';
import { quantizeTensor } from './boundary';
import { weightTable } from '../../graph/weight-table';
import { type LowBitFormat, type LowBitStore, lowBitStore } from './low-bits';
import { tableStore } from './table-store';

const PRODUCTS = { dense: 'matMul', conv2d: 'conv2d', depthwise: 'depthwiseConv2d' } as const;

/**
 * A product with weights of any format, in float32 on the integers themselves: equal to the integer
 * result as long as the sums stay below 2^24, and rounded as float32 above.
 */
export class SimulatedLinear implements NodeKernel {
  readonly engine = 'tfjs' as const;
  readonly execution = 'simulated' as const;
  readonly kernel: string;
  readonly weightBytes: number;
  readonly #store: LowBitStore;
  readonly #scales: Tensor;
  readonly #bias: Tensor;

  constructor(
    readonly op: LinearOp,
    /** How the input's codes are to be read where they have a fixed range. */
    private readonly input: AffineParams | undefined,
    readonly reason: string,
  ) {
    const { geometry, weights, bias } = op;
    const { format } = weights;
    const store = storeOf(weights, weightShape(geometry));
    this.#store = store;
    this.#scales = tf.keep(scaleTensor(weights, input));
    this.#bias = tf.keep(tf.tensor1d(bias.slice()));
    const values = op.input === 'float' ? `${format} weights` : `uint8 and ${format} values`;
    this.kernel = `${PRODUCTS[geometry.kind]} in fp32 on ${values}`;
    this.weightBytes = store.bytes + weights.scales.byteLength + bias.byteLength;
  }

  run(inputs: readonly Value[]): FloatResult {
    const input = firstOf(inputs);
    const x = this.op.input === 'static' ? input.integers() : input.float();
    return { kind: 'float', tensor: tf.tidy(() => inFloat32(() => this.#compute(x))([])) };
  }

  #compute(x: Tensor): Tensor {
    const { op } = this;
    const { values, scale, lost } = this.#integers(tf.cast(x, 'float32'));
    const y = this.#product(values);
    const scaled = scale === undefined ? y : tf.mul(y, scale);
    const biased = tf.add(scaled, this.#bias);
    return activate(withLost(biased, lost, this.#leading(x)), op.activation);
  }

  /** The axes that tell rows apart: a convolution's rows are whole images. */
  #leading({ rank }: Tensor): number {
    return this.op.geometry.kind === 'dense' ? rank - 1 : 1;
  }

  #product(values: Tensor): Tensor {
    const { weights, geometry } = this.op;
    // A codebook's values have no scale.
    if (weights.scales.length === 0) return multiply(values, this.#store.toFloat(), geometry);
    return isPerChannel(weights)
      ? tf.mul(multiply(values, this.#store.toFloat(), geometry), this.#scales)
      : multiply(values, this.#groupScaled(), geometry);
  }

  /** What is multiplied with the weights' codes, and the factor that is not in `#scales`. */
  #integers(x: Tensor): {
    readonly values: Tensor;
    readonly scale?: number;
    readonly lost?: readonly boolean[] | undefined;
  } {
    if (this.op.input === 'float') return { values: x };
    if (this.input !== undefined) {
      const { scale, zeroPoint } = this.input;
      const values = tf.sub(x, zeroPoint);
      return isPerChannel(this.op.weights) ? { values } : { values, scale };
    }
    const { x: finite, low, high, lost } = finiteRows(x, this.#leading(x));
    const { scale, zeroPoint } = asymmetricParams(low, high);
    return { values: tf.sub(quantizeTensor(finite, { scale, zeroPoint }), zeroPoint), scale, lost };
  }

  /** The weights with their groups' scales, in the geometry's shape. */
  #groupScaled(): Tensor {
    const { weights, geometry } = this.op;
    const groups = weights.depth / weights.groupSize;
    const codes = tf.reshape(this.#store.toFloat(), [groups, weights.groupSize, weights.channels]);
    const scales = tf.reshape(this.#scales, [groups, 1, weights.channels]);
    return tf.reshape(tf.mul(codes, scales), weightShape(geometry));
  }

  dispose(): void {
    this.#store.dispose();
    this.#scales.dispose();
    this.#bias.dispose();
  }
}

function storeOf(weights: WeightCodes, shape: number[]): LowBitStore {
  const { format, codes } = weights;
  if (format === 'int8') return codeStore(codes, shape);
  const table = weightTable(weights);
  return table === undefined
    ? lowBitStore(codes, format as LowBitFormat, shape)
    : tableStore(weights, table, shape);
}

/** Per channel the input's scale is part of the factor, rounded once, as the kernels have it. */
function scaleTensor(weights: WeightCodes, input: AffineParams | undefined): Tensor {
  if (weights.scales.length === 0) return tf.tensor1d([]);
  if (!isPerChannel(weights)) {
    const groups = weights.depth / weights.groupSize;
    return tf.tensor2d(weights.scales.slice(), [groups, weights.channels]);
  }
  return tf.tensor1d(input === undefined ? weights.scales.slice() : multipliers(weights, input));
}

function multiply(x: Tensor, weights: Tensor, geometry: Geometry): Tensor {
  if (geometry.kind === 'dense') {
    const y = tf.matMul(tf.reshape(x, [-1, geometry.inputs]), weights);
    return tf.reshape(y, [...x.shape.slice(0, -1), outputChannels(geometry)]);
  }
  const convolve = geometry.kind === 'conv2d' ? tf.conv2d : tf.depthwiseConv2d;
  const [vertical, horizontal] = geometry.strides;
  return convolve(x as Tensor4D, weights as Tensor4D, [vertical, horizontal], geometry.padding);
}
