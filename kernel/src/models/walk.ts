import * as tf from '@tensorflow/tfjs';
import { innerLayers } from './inner-layers';
import { traitsOf } from './layer-traits';
import { writeWeights } from './weights';

export interface FoundLayer {
  /** With the names of the models it is nested in: `encoder/conv2d_1`. */
  readonly name: string;
  readonly layer: tf.layers.Layer;
  /** The model whose graph the layer is in. */
  readonly model: tf.LayersModel;
}

/** Every layer of a model but its inputs, nested models' layers too, each once, in order. */
export function walkLayers(model: tf.LayersModel): FoundLayer[] {
  const seen = new Set<tf.layers.Layer>();
  const found: FoundLayer[] = [];
  const visit = (inner: tf.LayersModel, prefix: string): void => {
    for (const layer of inner.layers) {
      if (seen.has(layer) || traitsOf(layer).input) continue;
      seen.add(layer);
      if (layer instanceof tf.LayersModel) visit(layer, `${prefix}${layer.name}/`);
      else found.push({ name: prefix + layer.name, layer, model: inner });
    }
  };
  visit(model, '');
  return found;
}

/**
 * A model with the same layers and copies of the weights, which shares nothing with `model`; what is
 * frozen there is frozen here.
 */
export async function cloneModel(model: tf.LayersModel): Promise<tf.LayersModel> {
  const clone = await sameLayers(model);
  writeWeights(clone, model.getWeights());
  return clone;
}

/**
 * The same, but weights are as their initializers draw them now. Layers with nothing to train, frozen ones
 * too, have copies of theirs.
 */
export async function untrainedModel(model: tf.LayersModel): Promise<tf.LayersModel> {
  const copy = await sameLayers(model);
  const copies = walkLayers(copy);
  walkLayers(model).forEach(({ layer }, index) => {
    const isTrained = layer.weights.some(({ trainable }) => trainable);
    if (layer.weights.length > 0 && !isTrained) copies[index]?.layer.setWeights(layer.getWeights());
  });
  return copy;
}

/** The same layers with weights of their own, of which the same are frozen. */
async function sameLayers(model: tf.LayersModel): Promise<tf.LayersModel> {
  const topology = model.toJSON(null, false) as Parameters<typeof tf.models.modelFromJSON>[0];
  const other = await tf.models.modelFromJSON(topology);
  freezeAs(model, other);
  other.weights.forEach((weight, index) => {
    weight.trainable = model.weights[index]?.trainable ?? true;
  });
  return other;
}

/** The description of a model says of its layers whether they are frozen, but not of models and wrappers in it. */
function freezeAs(layer: tf.layers.Layer, clone: tf.layers.Layer): void {
  clone.trainable = layer.trainable;
  const clones = innerLayers(clone);
  innerLayers(layer).forEach((inner, index) => {
    const other = clones[index];
    if (other !== undefined) freezeAs(inner, other);
  });
}
