import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { LinearOp, WeightCodes } from '../../graph/quantized-graph';
import { codeStore } from '../../integer/packed';
import { weightShape } from '../../integer/product';
import { type AffineParams, asymmetricParams } from '../../integer/affine';
import { finiteRows, withLost } from '../../integer/finite-rows';
import { isPerChannel, multipliers } from '../arithmetic';
import { activate, inFloat32 } from '../float-nodes';
import { firstOf, type NodeKernel } from '../kernel';
import { multiply, PRODUCTS } from '../products';
import type { FloatResult, Value } from '../value';
import { type ActivationRounder, activationRounder } from './activations';
import { quantizeTensor } from './boundary';
import type { FloatWeightFormat } from '../../formats/uses';
import { signedCodes } from '../../graph/weight-bytes';
import { weightTable } from '../../graph/weight-table';
import { wideStore } from './float-store';
import { type LowBitFormat, type LowBitStore, lowBitStore } from './low-bits';
import { scaleStore } from './scale-store';
import { tableStore } from './table-store';

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
  readonly #scales: LowBitStore;
  readonly #bias: Tensor;
  readonly #rounder: ActivationRounder | undefined;

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
    this.#scales = scaleStore(scalesFor(weights, input), groupsOf(weights));
    this.#bias = tf.keep(tf.tensor1d(bias.slice()));
    const values = op.input === 'float' ? floatValues(op) : `uint8 and ${format} values`;
    this.#rounder = op.activations && activationRounder(op.activations);
    this.kernel = `${PRODUCTS[geometry.kind]} in fp32 on ${values}`;
    this.weightBytes = store.bytes + this.#scales.bytes + bias.byteLength;
  }

  get activationScale(): number | undefined {
    return this.#rounder?.scale;
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
      ? tf.mul(
          multiply(values, this.#store.toFloat(), geometry),
          tf.reshape(this.#scales.toFloat(), [weights.channels]),
        )
      : multiply(values, this.#groupScaled(), geometry);
  }

  /** What is multiplied with the weights' codes, and the factor that is not in `#scales`. */
  #integers(x: Tensor): {
    readonly values: Tensor;
    readonly scale?: number;
    readonly lost?: readonly boolean[] | undefined;
  } {
    if (this.op.input === 'float') {
      if (this.#rounder === undefined) return { values: x };
      const { x: finite, lost } = finiteRows(x, this.#leading(x));
      return { values: this.#rounder.round(finite), lost };
    }
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
    const { depth, channels, groupSize } = weights;
    const groups = groupsOf(weights);
    const values = this.#store.toFloat();
    const scales = this.#scales.toFloat();
    if (depth % groupSize === 0) {
      const codes = tf.reshape(values, [groups, groupSize, channels]);
      const each = tf.reshape(scales, [groups, 1, channels]);
      return tf.reshape(tf.mul(codes, each), weightShape(geometry));
    }
    const rows = Int32Array.from({ length: depth }, (_, d) => Math.floor(d / groupSize));
    const each = tf.gather(scales, tf.tensor1d(rows, 'int32'));
    return tf.reshape(tf.mul(tf.reshape(values, [depth, channels]), each), weightShape(geometry));
  }

  dispose(): void {
    this.#store.dispose();
    this.#scales.dispose();
    this.#bias.dispose();
  }
}

/** Of what a product in float is computed: `fp16 weights`, or `e4m3 weights and activations`. */
function floatValues({ weights: { format }, activations }: LinearOp): string {
  if (activations === undefined) return `${format} weights`;
  return activations.format === format
    ? `${format} weights and activations`
    : `${format} weights and ${activations.format} activations`;
}

function storeOf(weights: WeightCodes, shape: number[]): LowBitStore {
  const { format, codes } = weights;
  if (format === 'int8') return codeStore(signedCodes(weights), shape);
  const table = weightTable(weights);
  if (table !== undefined) return tableStore(weights, table, shape);
  return codes instanceof Int8Array
    ? lowBitStore(codes, format as LowBitFormat, shape)
    : wideStore(format as FloatWeightFormat, codes, shape);
}

/** Per channel the input's scale is part of the factor, rounded once, as the kernels have it. */
function scalesFor(weights: WeightCodes, input: AffineParams | undefined): WeightCodes {
  const isFactor = input !== undefined && weights.scales.length > 0 && isPerChannel(weights);
  return isFactor ? { ...weights, scales: multipliers(weights, input) } : weights;
}

function groupsOf({ depth, groupSize, scales }: WeightCodes): number {
  return scales.length === 0 ? 0 : Math.ceil(depth / groupSize);
}
