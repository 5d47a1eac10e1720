import * as tf from '@tensorflow/tfjs';
import type { GraphValue, ValueId } from './model-graph';

/** What tfjs's layer classes have, and its types do not say of them. */
interface LayerClass {
  fromConfig(cls: unknown, config: tf.serialization.ConfigDict): tf.layers.Layer;
}

/** A layer of the same class and configuration with copies of the weights, called once. */
export function copyLayer(
  layer: tf.layers.Layer,
  inputs: readonly ValueId[],
  values: ReadonlyMap<ValueId, GraphValue>,
): tf.layers.Layer {
  const cls = layer.constructor as unknown as LayerClass;
  const copy = cls.fromConfig(cls, layer.getConfig());
  const symbols = inputs.map((id) => {
    const { shape = [], dtype = 'float32' } = values.get(id) ?? {};
    return tf.input({ batchShape: [...shape], dtype: dtype as tf.DataType });
  });
  const [first] = symbols;
  if (first !== undefined) copy.apply(symbols.length === 1 ? first : symbols);
  if (layer.weights.length > 0) copy.setWeights(layer.getWeights());
  return copy;
}

/** Frees the weights of a graph's float layers. */
export function disposeLayers(layers: Iterable<tf.layers.Layer>): void {
  for (const layer of new Set(layers)) {
    for (const weight of layer.weights) weight.dispose();
  }
}
