import * as tf from '@tensorflow/tfjs';
import { traitsOf } from './layer-traits';

type Layer = tf.layers.Layer;

export interface ModelLayer {
  /** With the names of the models and wrappers it is in: `encoder/conv2d_1`. */
  readonly path: string;
  readonly layer: Layer;
}

/** Every layer of a model, nested models and the layers in them and in wrappers too, in order. */
export function layersOf(model: tf.LayersModel): ModelLayer[] {
  const found: ModelLayer[] = [];
  const visit = (layers: readonly Layer[], prefix: string): void => {
    for (const layer of layers) {
      if (traitsOf(layer).input) continue;
      const path = `${prefix}${layer.name}`;
      found.push({ path, layer });
      visit(innerLayers(layer), `${path}/`);
    }
  };
  visit(model.layers, '');
  return found;
}

/** The layers of a nested model, or those that a wrapper (time-distributed, bidirectional) wraps. */
export function innerLayers(layer: Layer): readonly Layer[] {
  if (layer instanceof tf.LayersModel) return layer.layers;
  const { layer: wrapped, forwardLayer, backwardLayer } = layer as Layer & Wrapping;
  return [wrapped, forwardLayer, backwardLayer].filter((inner) => inner instanceof tf.layers.Layer);
}

interface Wrapping {
  readonly layer?: unknown;
  readonly forwardLayer?: unknown;
  readonly backwardLayer?: unknown;
}

interface Built {
  readonly model?: tf.LayersModel | null;
  readonly outputs?: readonly unknown[] | null;
}

/** The graph as which a sequential model runs; undefined for others, and while it has no layers. */
export function innerGraph(model: tf.LayersModel): tf.LayersModel | undefined {
  if (!(model instanceof tf.Sequential)) return undefined;
  const sequential = model as unknown as Built;
  if (!sequential.model && sequential.outputs?.length) model.build();
  return sequential.model ?? undefined;
}

/** A sequential model runs as a graph model of its own, which is no layer to the user. */
export function isInnerGraph(layer: Layer, outer: Layer | undefined): boolean {
  return (
    outer instanceof tf.Sequential && (outer as unknown as { model?: unknown }).model === layer
  );
}
