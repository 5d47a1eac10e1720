import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { single, singleShape } from '../../layers/register';

export interface WrappingArgs {
  readonly name?: string;
  readonly trainable?: boolean;
  readonly layer: tf.layers.Layer;
}

/**
 * A layer around another one of the same name, whose weights come first among its own. It is saved
 * with the model: its JSON holds that of the layer inside.
 */
export abstract class WrappingLayer extends tf.layers.Layer {
  readonly inner: tf.layers.Layer;

  constructor({ layer, name, trainable }: WrappingArgs) {
    super({
      name: name ?? layer.name,
      trainable: trainable ?? layer.trainable,
    });
    this.inner = layer;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    if (!this.inner.built) {
      this.inner.build(singleShape(inputShape));
      this.inner.built = true;
    }
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return this.inner.computeOutputShape(singleShape(inputShape));
  }

  override get trainable(): boolean {
    return super.trainable;
  }
  override set trainable(value: boolean) {
    super.trainable = value;
    // The base class's constructor sets it before there is a layer inside.
    const inner = this.inner as tf.layers.Layer | undefined;
    if (inner !== undefined) inner.trainable = value;
  }

  override get trainableWeights(): tf.LayerVariable[] {
    return [...this.inner.trainableWeights, ...super.trainableWeights];
  }
  override set trainableWeights(weights: tf.LayerVariable[]) {
    super.trainableWeights = weights;
  }
  override get nonTrainableWeights(): tf.LayerVariable[] {
    return [...this.inner.nonTrainableWeights, ...super.nonTrainableWeights];
  }
  override set nonTrainableWeights(weights: tf.LayerVariable[]) {
    super.nonTrainableWeights = weights;
  }

  /** Regularization is the inner layer's. */
  override calculateLosses(): tf.Scalar[] {
    return this.inner.calculateLosses();
  }

  protected callInner(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return single(this.inner.call(single(inputs), kwargs));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const layer = { className: this.inner.getClassName(), config: this.inner.getConfig() };
    return { ...super.getConfig(), layer };
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    type: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const layer = innerLayer(config['layer']);
    return new type({ ...config, layer });
  }
}

/** What tfjs's layer classes have, and its types do not say of them. */
interface LayerClass {
  fromConfig(cls: unknown, config: tf.serialization.ConfigDict): tf.layers.Layer;
}

/** The layer that a wrapping layer's JSON holds, or `value` itself where it is one already. */
function innerLayer(value: unknown): tf.layers.Layer {
  if (value instanceof tf.layers.Layer) return value;
  const { className, config } = value as {
    readonly className: string;
    readonly config: tf.serialization.ConfigDict;
  };
  const [cls] = tf.serialization.SerializationMap.getMap().classNameMap[className] ?? [];
  if (cls === undefined) throw new Error(`the layer class '${className}' is not registered`);
  const known = cls as unknown as LayerClass;
  return known.fromConfig(known, config);
}

/** A layer of the same class and configuration, without the weights' values, and named `name`. */
export function sameLayer(layer: tf.layers.Layer, name: string): tf.layers.Layer {
  const cls = layer.constructor as unknown as LayerClass;
  return cls.fromConfig(cls, { ...layer.getConfig(), name });
}
