import type { layers } from '@tensorflow/tfjs';
import { innerLayers } from '../../models/inner-layers';

/** Layers that multiply without weights of their own. */
const PRODUCTS_OF_INPUTS: ReadonlySet<string> = new Set(['Dot']);

/** Layers whose matrices are looked up, added or scaled by, not multiplied. */
const NO_PRODUCTS: ReadonlySet<string> = new Set([
  'BatchNormalization',
  'Embedding',
  'GroupNormalization',
  'LayerNormalization',
  'PReLU',
  'PositionEmbedding',
]);

/**
 * True for layers that have an FP8 recipe: it quantizes the inputs of products, so there is one for
 * each layer that multiplies by a matrix or kernel, or that holds such a layer.
 */
export function hasFp8Recipe(layer: layers.Layer): boolean {
  const kind = layer.getClassName();
  if (NO_PRODUCTS.has(kind)) return false;
  if (PRODUCTS_OF_INPUTS.has(kind)) return true;
  const inner = innerLayers(layer);
  if (inner.length > 0) return inner.some(hasFp8Recipe);
  return layer.weights.some(({ shape }) => shape.length >= 2);
}
