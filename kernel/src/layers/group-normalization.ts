import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import {
  baseConfig,
  lastAxis,
  positiveInteger,
  registerLayer,
  single,
  singleShape,
  type LayerOptions,
} from './register';

export interface GroupNormalizationOptions extends LayerOptions {
  /** Divides the number of channels. Keras's default is 32. */
  readonly groups?: number;
  /** Added to the variance; Keras's default is 1e-3, PyTorch's 1e-5. */
  readonly epsilon?: number;
  /** A learned offset per channel. */
  readonly center?: boolean;
  /** A learned factor per channel. */
  readonly scale?: boolean;
}

/**
 * Group normalization (Wu & He 2018) over the last axis: each sample's channels are split into groups,
 * and each group is brought to mean 0 and variance 1 over its channels and all positions. Statistics
 * are fp32 under every policy. Weights: gamma, beta, [channels] each.
 */
export class GroupNormalization extends tf.layers.Layer {
  static readonly className = 'GroupNormalization';
  private readonly groups: number;
  private readonly epsilon: number;
  private readonly center: boolean;
  private readonly scale: boolean;
  private gamma: tf.LayerVariable | undefined;
  private beta: tf.LayerVariable | undefined;

  constructor(options: GroupNormalizationOptions = {}) {
    super(baseConfig(options));
    this.groups = positiveInteger('groupNormalization', 'groups', options.groups ?? 32);
    this.epsilon = options.epsilon ?? 1e-3;
    this.center = options.center ?? true;
    this.scale = options.scale ?? true;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = lastAxis('groupNormalization', singleShape(inputShape));
    if (channels % this.groups !== 0) {
      throw new HalfnoteError(
        'invalid-layer-option',
        `groupNormalization: ${this.groups} groups don't divide ${channels} channels.`,
        `Allowed are the divisors of ${channels}.`,
      );
    }
    const { ones, zeros } = tf.initializers;
    if (this.scale) this.gamma = this.addWeight('gamma', [channels], 'float32', ones());
    if (this.center) this.beta = this.addWeight('beta', [channels], 'float32', zeros());
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = single(inputs);
      const [batch = 0] = input.shape;
      const channels = input.shape.at(-1) ?? 0;
      const grouped = tf.reshape(input, [batch, -1, this.groups, channels / this.groups]);
      const { mean, variance } = tf.moments(grouped, [1, 3], true);
      const centered = tf.sub(grouped, mean);
      const unit = tf.mul(centered, tf.rsqrt(tf.add(variance, this.epsilon)));
      let output = tf.reshape(unit, input.shape);
      if (this.gamma !== undefined) output = tf.mul(output, this.gamma.read());
      if (this.beta !== undefined) output = tf.add(output, this.beta.read());
      return output;
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return singleShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { groups, epsilon, center, scale } = this;
    return { ...super.getConfig(), groups, epsilon, center, scale };
  }
}

registerLayer(GroupNormalization);

/** See {@link GroupNormalization}. */
export function groupNormalization(options?: GroupNormalizationOptions): GroupNormalization {
  return new GroupNormalization(options);
}
