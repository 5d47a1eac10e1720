import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { registerLayer, single } from '../../layers/register';
import { traitsOf } from '../../models/layer-traits';
import type { WeightCodes } from '../../graph/quantized-graph';
import type { FloatWeightFormat } from '../../formats/uses';
import { encodeWeights, isFloatFormat, isSign } from '../../graph/weight-codes';
import { INT8 } from '../../integer/affine';
import { InputRounding, type InputScheme } from './input-rounding';
import { fakeQuantizeKernel, firstLogSteps, scales, type WeightScheme } from './weights';
import { WrappingLayer, type WrappingArgs } from './wrapping-layer';

export interface WeightLayerArgs extends WrappingArgs, WeightScheme {
  /** Training steps without quantization at the start. */
  readonly quantizeFrom: number;
  /** Training steps that were made. */
  readonly steps?: number;
  /** How inputs are rounded; absent where they are not, or by a layer of their own. */
  readonly inputs?: InputScheme;
}

/**
 * A dense, convolution or depthwise layer that computes with its kernel fake-quantized: symmetric,
 * one scale per output channel; and its inputs where they are rounded to floats. Bias and activation
 * are the layer's own.
 *
 * A batch normalization after it is not folded while training, and need not be: folding multiplies
 * a channel of the kernel by one number, and so its scale; the codes of the folded kernel, which
 * Jacob et al. (2018) quantize, are those of the kernel itself (negated where the number is negative).
 */
export class WeightLayer extends WrappingLayer {
  static readonly className = 'FakeQuantizedWeights';
  readonly scheme: WeightScheme;
  readonly quantizeFrom: number;
  /** Of what the layer reads; undefined where that is not rounded here. */
  readonly inputRounding: InputRounding | undefined;
  #steps: number;
  #logSteps: tf.LayerVariable | undefined;

  constructor(args: WeightLayerArgs) {
    super(args);
    const { format, largestCode, rule } = args;
    this.scheme = { format, largestCode, rule };
    this.quantizeFrom = args.quantizeFrom;
    this.#steps = args.steps ?? 0;
    this.inputRounding = args.inputs && new InputRounding(args.inputs);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    super.build(inputShape);
    const { inputRounding } = this;
    if (inputRounding !== undefined) {
      const { zeros } = tf.initializers;
      const shape = [inputRounding.length];
      inputRounding.attach(
        this.addWeight('input_amax', shape, 'float32', zeros(), undefined, false),
      );
    }
    const { format, rule } = this.scheme;
    if (rule !== 'learned' || isSign(format) || isFloatFormat(format)) return;
    this.#logSteps = this.addWeight(
      'log_step',
      [this.channels],
      'float32',
      tf.initializers.zeros(),
    );
  }

  /** Takes the weights of the float layer, and starts learned steps from them. */
  startFrom(weights: tf.Tensor[]): void {
    this.inner.setWeights(weights);
    const first = firstLogSteps(this.kernel.read(), this.channels, this.scheme.largestCode);
    this.#logSteps?.write(first);
    first.dispose();
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const step = kwargs['training'] === true ? this.#steps++ : undefined;
      const isRounding = step === undefined || step >= this.quantizeFrom;
      const x = this.inputRounding?.round(single(inputs), step, isRounding) ?? inputs;
      if (!isRounding) return this.callInner(x, kwargs);
      const { kernel } = this;
      const quantized = this.#quantized();
      // The layer's own code then multiplies by what it reads.
      kernel.read = () => quantized;
      try {
        return this.callInner(x, kwargs);
      } finally {
        Reflect.deleteProperty(kernel, 'read');
      }
    });
  }

  /** The codes that the kernel is trained to be rounded to, row-major `[depth, channels]`. */
  codes(): WeightCodes {
    const { channels, scheme } = this;
    if (isFloatFormat(scheme.format)) return this.#floatCodes(scheme.format);
    const [values, perChannel] = tf.tidy(() => {
      const matrix = tf.reshape(this.kernel.read(), [-1, channels]);
      const scale = this.#logSteps ? tf.exp(this.#logSteps.read()) : scales(matrix, scheme);
      return [this.#quantized().dataSync<'float32'>(), scale.dataSync<'float32'>()];
    });
    const codes = Int8Array.from(values, (value, i) => {
      const scale = perChannel[i % channels] ?? 1;
      return scale > 0 ? Math.round(value / scale) : 0;
    });
    const depth = codes.length / channels;
    const { format } = scheme;
    return { format, codes, depth, channels, scales: perChannel.slice(), groupSize: depth };
  }

  #floatCodes(format: FloatWeightFormat): WeightCodes {
    const matrix = this.kernel.read().dataSync<'float32'>();
    const scheme = { format, granularity: 'per-channel', rule: 'absmax', int8: INT8 } as const;
    return encodeWeights(Float32Array.from(matrix), this.channels, scheme, this.name);
  }

  /** Of the layer inside. */
  get kernel(): tf.LayerVariable {
    const { kernel = 'kernel' } = traitsOf(this.inner);
    return (this.inner as unknown as Record<typeof kernel, tf.LayerVariable>)[kernel];
  }

  private get channels(): number {
    const { shape } = this.kernel;
    const last = Number(shape.at(-1));
    return traitsOf(this.inner).product === 'depthwise' ? Number(shape.at(-2)) * last : last;
  }

  #quantized(): Tensor {
    return fakeQuantizeKernel(
      this.kernel.read(),
      this.channels,
      this.scheme,
      this.#logSteps?.read(),
    );
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { format, largestCode, rule } = this.scheme;
    const { quantizeFrom } = this;
    return {
      ...super.getConfig(),
      format,
      largestCode,
      rule,
      quantizeFrom,
      steps: this.#steps,
      ...(this.inputRounding === undefined ? {} : { inputs: { ...this.inputRounding.scheme } }),
    };
  }
}

registerLayer(WeightLayer);
