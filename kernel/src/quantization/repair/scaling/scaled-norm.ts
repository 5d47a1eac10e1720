import * as tf from '@tensorflow/tfjs';
import type { FusedNode } from '../../../graph/fused-graph';
import { copyLayer } from '../../../models/copy-layer';
import { traitsOf } from '../../../models/layer-traits';
import type { GraphValue, ValueId } from '../../../models/model-graph';

type Values = ReadonlyMap<ValueId, GraphValue>;

/** Whether a float node is a normalization with a factor for each channel of its output. */
export function canScaleNorm({ op, output }: FusedNode, values: Values): boolean {
  if (op.kind !== 'float') return false;
  const { normalizes } = traitsOf(op.layer);
  if (normalizes === undefined || normalizes === 'group') return false;
  const rank = values.get(output)?.shape.length ?? 0;
  const axes = [op.layer.getConfig()['axis'] ?? -1].flat();
  return axes.length === 1 && (axes[0] === -1 || axes[0] === rank - 1);
}

/** A copy of a normalization whose outputs are divided by `factors`, one a channel. */
export function scaledNorm(
  layer: tf.layers.Layer,
  inputs: readonly ValueId[],
  values: Values,
  factors: Float64Array,
): tf.layers.Layer {
  const config = layer.getConfig();
  const [hasGamma, hasBeta] = [config['scale'] !== false, config['center'] !== false];
  const copy = hasGamma ? copyLayer(layer, inputs, values) : withGamma(layer, inputs, values);
  const old = copy.getWeights();
  const weights = tf.tidy(() => {
    const inverse = tf.tensor1d(Float32Array.from(factors, (factor) => 1 / factor));
    const scaled = hasBeta ? 2 : 1;
    return old.map((weight, i) => (i < scaled ? tf.mul(weight, inverse) : tf.clone(weight)));
  });
  copy.setWeights(weights);
  tf.dispose(weights);
  return copy;
}

/** The layer with a gamma of ones before its other weights. */
function withGamma(
  layer: tf.layers.Layer,
  inputs: readonly ValueId[],
  values: Values,
): tf.layers.Layer {
  const cls = layer.constructor as unknown as {
    fromConfig(cls: unknown, config: tf.serialization.ConfigDict): tf.layers.Layer;
  };
  const copy = cls.fromConfig(cls, {
    ...layer.getConfig(),
    scale: true,
    gammaInitializer: { className: 'Ones', config: {} },
  });
  const { shape = [], dtype = 'float32' } = values.get(inputs[0] ?? '') ?? {};
  copy.apply(tf.input({ batchShape: [...shape], dtype: dtype as tf.DataType }));
  const [gamma] = copy.getWeights();
  if (gamma !== undefined) copy.setWeights([gamma, ...layer.getWeights()]);
  return copy;
}

/**
 * `x / factors` as a layer that every engine and every export knows: batch normalization with mean 0,
 * variance 1 and no epsilon.
 */
export function factorLayer(
  name: string,
  shape: readonly (number | null)[],
  factors: Float64Array,
): tf.layers.Layer {
  const layer = tf.layers.batchNormalization({ name, epsilon: 0, center: false });
  layer.apply(tf.input({ batchShape: [...shape] }));
  const weights = tf.tidy(() => [
    tf.tensor1d(Float32Array.from(factors, (factor) => 1 / factor)),
    tf.zeros([factors.length]),
    tf.ones([factors.length]),
  ]);
  layer.setWeights(weights);
  tf.dispose(weights);
  return layer;
}
