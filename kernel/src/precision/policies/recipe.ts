import type { layers } from '@tensorflow/tfjs';
import { isKnownLayer, traitsOf } from '../../models/layer-traits';
import { innerLayers } from '../../models/inner-layers';

/**
 * True for layers that have an FP8 recipe: it quantizes the inputs of products, so there is one for
 * each layer that multiplies by a matrix or kernel, or that holds such a layer.
 */
export function hasFp8Recipe(layer: layers.Layer): boolean {
  const inner = innerLayers(layer);
  if (inner.length > 0) return inner.some(hasFp8Recipe);
  const { product, wraps } = traitsOf(layer);
  if (product === 'inputs') return true;
  // Matrices may also be looked up, added or scaled by.
  if (isKnownLayer(layer) && product === undefined && wraps === undefined) return false;
  return layer.weights.some(({ shape }) => shape.length >= 2);
}
