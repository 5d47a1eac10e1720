import type * as tf from '@tensorflow/tfjs';
import { modelGraph, type ModelGraph } from '../models/model-graph';
import type { Unsupported } from './linear-layer';
import { type Products, readProducts } from './products';

/** A built model, read once for all that is made of it. */
export interface ReadModel {
  readonly graph: ModelGraph;
  /** A layer as a product. Its weights are copied at the first asking. */
  readonly productsOf: (layer: tf.layers.Layer) => Products | Unsupported;
}

/** Reads a built model's calls now, and its layers' weights when they are asked for. */
export function readModel(model: tf.LayersModel): ReadModel {
  const known = new Map<tf.layers.Layer, Products | Unsupported>();
  return {
    graph: modelGraph(model),
    productsOf: (layer) => {
      const products = known.get(layer) ?? readProducts(layer);
      known.set(layer, products);
      return products;
    },
  };
}
