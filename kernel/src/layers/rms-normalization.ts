import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import {
  baseConfig,
  lastAxis,
  registerLayer,
  single,
  singleShape,
  type LayerOptions,
} from './register';

export interface RMSNormalizationOptions extends LayerOptions {
  /** Added to the mean square. Default 1e-6, as in Keras and Llama. */
  readonly epsilon?: number;
}

/**
 * Root mean square normalization (Zhang & Sennrich 2019) over the last axis: x / sqrt(mean(x^2) +
 * epsilon) * gain. No mean is taken away, and nothing is added. The mean square is fp32 under every
 * policy. Weight: gain [width], ones at first.
 */
export class RMSNormalization extends tf.layers.Layer {
  static readonly className = 'RMSNormalization';
  readonly epsilon: number;
  private gain: tf.LayerVariable | undefined;

  constructor(options: RMSNormalizationOptions = {}) {
    super(baseConfig(options));
    this.epsilon = options.epsilon ?? 1e-6;
    if (!(Number.isFinite(this.epsilon) && this.epsilon >= 0)) {
      throw new HalfnoteError(
        'invalid-layer-option',
        `rmsNormalization: epsilon is ${String(this.epsilon)}; allowed are numbers from 0.`,
      );
    }
    this.supportsMasking = true;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const width = lastAxis('rmsNormalization', singleShape(inputShape));
    this.gain = this.addWeight('gain', [width], 'float32', tf.initializers.ones());
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = single(inputs);
      if (this.gain === undefined) throw new Error('rmsNormalization was not built');
      const meanSquare = tf.mean(tf.square(input), -1, true);
      const unit = tf.mul(input, tf.rsqrt(tf.add(meanSquare, this.epsilon)));
      return tf.mul(unit, this.gain.read());
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return singleShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}

registerLayer(RMSNormalization);

/** See {@link RMSNormalization}. */
export function rmsNormalization(options?: RMSNormalizationOptions): RMSNormalization {
  return new RMSNormalization(options);
}
