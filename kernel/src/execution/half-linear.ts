import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Execution } from '../backend/contract';
import type { CodeArray } from '../formats/codes';
import { limits } from '../formats/limits';
import { type HalfFormat, halfProduct } from '../graph/half-products';
import type { LinearOp } from '../graph/quantized-graph';
import { weightShape } from '../integer/product';
import { inferIn } from '../precision/scope';
import { activate, computedInFloat32 } from './float-nodes';
import { firstOf, type NodeKernel } from './kernel';
import { multiply, PRODUCTS } from './products';
import { roundTensor } from './simulated/activations';
import { wideStore } from './simulated/float-store';
import type { LowBitStore } from './simulated/low-bits';
import { nativeWeights } from './native/half-weights';
import type { FloatResult, Value } from './value';

/**
 * A product of 16-bit floats: natively by the kernel that autocast has too, on weights that stay in 16
 * bits; or in fp32 on rounded values. A row with NaN or infinity gives NaN.
 */
export class HalfLinear implements NodeKernel {
  readonly engine: 'tensorflow' | 'tfjs';
  readonly kernel: string;
  readonly weightBytes: number;
  readonly #format: HalfFormat;
  readonly #max: number;
  readonly #weights: { readonly native: Tensor } | { readonly stored: LowBitStore };
  readonly #bias: Tensor;

  constructor(
    readonly op: LinearOp,
    readonly execution: Execution,
    readonly reason: string,
  ) {
    const { geometry, weights, bias } = op;
    const format = halfProduct(op);
    if (format === undefined) throw new TypeError('no product of 16-bit floats');
    this.#format = format;
    this.#max = limits(format).max;
    const shape = weightShape(geometry);
    const codes = weights.codes as CodeArray;
    const isNative = execution === 'native';
    this.#weights = isNative
      ? { native: tf.keep(nativeWeights(format, codes, shape)) }
      : { stored: wideStore(format, codes, shape) };
    this.#bias = tf.keep(tf.tensor1d(bias.slice()));
    this.engine = isNative ? 'tensorflow' : 'tfjs';
    this.kernel = isNative
      ? `${PRODUCTS[geometry.kind]} in ${format}, sums in fp32`
      : `${PRODUCTS[geometry.kind]} in fp32 on ${format} weights and activations`;
    this.weightBytes = 2 * codes.length + bias.byteLength;
  }

  run(inputs: readonly Value[]): FloatResult {
    const x = firstOf(inputs).float();
    const tensor = tf.tidy(() => computedInFloat32(() => this.#compute(tf.cast(x, 'float32'))));
    return { kind: 'float', tensor };
  }

  #compute(x: Tensor): Tensor {
    const product = this.product(this.#saturated(x));
    const result = activate(tf.add(product, this.#bias), this.op.activation);
    return tf.add(result, this.#lost(x));
  }

  /** The bare product of numbers within the format's range, as float32: to be called in a `tidy`. */
  product(x: Tensor): Tensor {
    const { geometry } = this.op;
    const weights = this.#weights;
    if ('native' in weights) {
      const y = inferIn(this.#format, () => multiply(x, weights.native, geometry));
      return this.#saturated(y);
    }
    const y = multiply(roundTensor(x, this.#format), weights.stored.toFloat(), geometry);
    return roundTensor(this.#saturated(y), this.#format);
  }

  #saturated(x: Tensor): Tensor {
    return tf.clipByValue(x, -this.#max, this.#max);
  }

  /** 0 for each row whose numbers are finite, else NaN: saturation would hide it. */
  #lost(x: Tensor): Tensor {
    const axes = this.op.geometry.kind === 'dense' ? [-1] : [1, 2, 3];
    return tf.sum(tf.mul(x, 0), axes, true);
  }

  dispose(): void {
    if ('native' in this.#weights) this.#weights.native.dispose();
    else this.#weights.stored.dispose();
    this.#bias.dispose();
  }
}
