import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { hasNativeBackend } from '../backend/load';
import { withPrecision } from '../precision/scope';
import { type CodeStore, codeStore } from './packed';
import type { ActivationScheme, Geometry, LinearSpec, Product } from './product';
import { outputChannels, weightShape } from './product';

/**
 * The integer product computed in float32 on integer values. It equals the integer result as long
 * as the sums stay below 2^24; above, it rounds as float32 does.
 */
export class SimulatedProduct implements Product {
  readonly execution = 'simulated' as const;
  readonly kernel: string;
  readonly bytes: number;
  readonly #codes: CodeStore;
  readonly #scales: Tensor;
  readonly #bias: Tensor;

  constructor(
    readonly spec: LinearSpec,
    /** `float`: activations are left as they are (weight-only). */
    private readonly scheme: ActivationScheme | { readonly kind: 'float' },
    readonly reason: string,
  ) {
    const { geometry, weights, bias } = spec;
    this.#codes = codeStore(weights.codes, weightShape(geometry));
    this.#scales = tf.keep(tf.tensor1d(weights.scales.slice()));
    this.#bias = tf.keep(tf.tensor1d(bias.slice()));
    const product = geometry.kind === 'dense' ? 'matMul' : CONV_NAMES[geometry.kind];
    this.kernel = `${product} in fp32 on ${scheme.kind === 'float' ? 'int8 weights' : 'int8 values'}`;
    this.bytes = this.#codes.bytes + weights.scales.byteLength + bias.byteLength;
  }

  apply(x: Tensor): Tensor {
    // Integers up to 255 times scales would not survive a 16-bit policy of the session.
    if (!hasNativeBackend()) return this.#apply(x);
    return withPrecision('fp32', () => this.#apply(x));
  }

  #apply(x: Tensor): Tensor {
    return tf.tidy(() => {
      const input = x.dtype === 'float32' ? x : tf.cast(x, 'float32');
      const weights = this.#codes.toFloat();
      if (this.scheme.kind === 'float') {
        const y = multiply(input, weights, this.spec.geometry);
        return tf.add(tf.mul(y, this.#scales), this.#bias);
      }
      const { scale, zero } =
        this.scheme.kind === 'static'
          ? {
              scale: tf.scalar(this.scheme.params.scale),
              zero: tf.scalar(this.scheme.params.zeroPoint),
            }
          : measure(input);
      const codes = tf.clipByValue(tf.add(tf.round(tf.div(input, scale)), zero), 0, 255);
      const sums = multiply(tf.sub(codes, zero), weights, this.spec.geometry);
      return tf.add(tf.mul(sums, tf.mul(this.#scales, scale)), this.#bias);
    });
  }

  dispose(): void {
    this.#codes.dispose();
    this.#scales.dispose();
    this.#bias.dispose();
  }
}

const CONV_NAMES = { conv2d: 'conv2d', depthwise: 'depthwiseConv2d' } as const;

function measure(x: Tensor): { scale: Tensor; zero: Tensor } {
  const low = tf.minimum(tf.min(x), 0);
  const high = tf.maximum(tf.max(x), 0);
  const raw = tf.div(tf.sub(high, low), 255);
  const scale = tf.where(tf.greater(raw, 0), raw, tf.onesLike(raw));
  const zero = tf.clipByValue(tf.round(tf.div(tf.neg(low), scale)), 0, 255);
  return { scale, zero };
}

function multiply(x: Tensor, weights: Tensor, geometry: Geometry): Tensor {
  if (geometry.kind === 'dense') {
    const rows = tf.reshape(x, [-1, geometry.inputs]);
    const y = tf.matMul(rows, weights);
    return tf.reshape(y, [...x.shape.slice(0, -1), outputChannels(geometry)]);
  }
  const convolve = geometry.kind === 'conv2d' ? tf.conv2d : tf.depthwiseConv2d;
  return convolve(
    x as Tensor4D,
    weights as Tensor4D,
    [...geometry.strides] as [number, number],
    geometry.padding,
  );
}
